package ndjson

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
	"parodywave/eventlog/seeds"
)

// wrecked returns a thread's records with random ones missing and the chain values and
// salts behind that partly unknown.
func wrecked(t *testing.T, rnd *rand.Rand) []Gap {
	t.Helper()
	var records []eventlog.Record
	for r, err := range logOf(t, sample(rnd.Uint64(), 20, 0)).Prove(ctx, thread, 0) {
		if err != nil {
			t.Fatal(err)
		}
		records = append(records, r)
	}
	runs := []Gap{{From: 1}}
	next := eventlog.Revision(1)
	for _, r := range records {
		if rnd.IntN(9) == 0 {
			continue
		}
		if r.Revision != next {
			runs = append(runs, Gap{From: next, To: r.Revision - 1, Why: "a \"reason\"\n"})
		}
		run := &runs[len(runs)-1]
		if len(runs) > 1 && len(run.Records) < 3 && rnd.IntN(2) == 0 {
			p := *r.Proof
			p.Chain, p.Salt = chain.Digest{}, chain.Salt{}
			r.Proof = &p
		}
		run.Records = append(run.Records, r)
		next = r.Revision + 1
	}
	if last := records[len(records)-1].Revision; next <= last {
		runs = append(runs, Gap{From: next, To: last, Why: "cut off"})
	}
	if len(runs[0].Records) == 0 {
		runs = runs[1:]
	}
	return runs
}

func salvaged(t *testing.T, runs []Gap) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Salvage(&b, thread, runs, names); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestSalvagedExportLosesNothing: what is before the first gap can be imported, and
// what is behind it is in the file as it was in the log.
func TestSalvagedExportLosesNothing(t *testing.T) {
	seed := seeds.For(t)
	headless, gaps, forged := 0, 0, 0
	for i := range uint64(20) {
		rnd := rand.New(rand.NewPCG(seed, i))
		runs := wrecked(t, rnd)
		b := salvaged(t, runs)
		doc, err := Read(bytes.NewReader(b))
		if runs[0].From != 1 || !runs[0].Empty() {
			var refused *Error
			if headless++; !errors.As(err, &refused) || !strings.Contains(refused.Reason, "revision 1 of thread") {
				t.Errorf("seed %d, %d: without a beginning: %v", seed, i, err)
			}
			continue
		}
		if err != nil {
			t.Fatalf("seed %d, %d: %v\n%s", seed, i, err, b)
		}
		rest := runs[1:]
		if len(rest) == 0 {
			rest = nil
		}
		if !equal(doc.Records, runs[0].Records) || len(doc.Gaps) != len(rest) {
			t.Fatalf("seed %d, %d: %d records and %d gaps, want %d and %d", seed, i, len(doc.Records), len(doc.Gaps), len(runs[0].Records), len(rest))
		}
		for j, g := range doc.Gaps {
			gaps++
			if g.From != rest[j].From || g.To != rest[j].To || g.Why != rest[j].Why || !equal(g.Records, rest[j].Records) {
				t.Errorf("seed %d, %d: gap %+v, want %+v", seed, i, g, rest[j])
			}
		}
		forged += forge(t, b)
	}
	if headless == 0 || gaps == 0 || forged == 0 {
		t.Errorf("%d without a beginning, %d gaps, %d forged records: that proves nothing", headless, gaps, forged)
	}
}

// equal compares records, whose positions no export has, and of whose proofs a salt
// counts only beside a text.
func equal(a, b []eventlog.Record) bool {
	plain := func(r eventlog.Record) eventlog.Record {
		p := *r.Proof
		if r.Position = 0; len(r.Text) == 0 {
			r.Text, p.Salt = nil, chain.Salt{}
		}
		if p.Commitment = (chain.Digest{}); true {
			r.Proof = &p
		}
		return r
	}
	for i := range a {
		if i >= len(b) || !reflect.DeepEqual(plain(a[i]), plain(b[i])) {
			return false
		}
	}
	return len(a) == len(b)
}

// forge changes the time of each record of a salvaged export. Read must find that, if
// a chain value proves the record. It returns how many are proved.
func forge(t *testing.T, b []byte) (proved int) {
	t.Helper()
	lines := strings.SplitAfter(string(b), "\n")
	known := true // the chain value before
	for i, line := range lines {
		if strings.Contains(line, `"gap":true`) {
			known = false
		}
		if !strings.Contains(line, `"revision":`) {
			continue
		}
		has := !strings.Contains(line, `"chain":""`)
		if known && has {
			proved++
			bad := append([]string(nil), lines...)
			bad[i] = strings.Replace(line, `,"seq":`, `,"seq":1`, 1)
			if _, err := Read(strings.NewReader(strings.Join(bad, ""))); !errors.Is(err, ErrRefused) {
				t.Errorf("a forged record is accepted: %s", bad[i])
			}
		}
		known = has
	}
	for i := range lines[:len(lines)-1] { // no line may be left out
		if _, err := Read(strings.NewReader(strings.Join(append(lines[:i:i], lines[i+1:]...), ""))); err == nil && !strings.Contains(lines[i], `"name":`) {
			t.Errorf("without line %d of %d it is accepted: %s", i+1, len(lines), lines[i])
		}
	}
	return proved
}
