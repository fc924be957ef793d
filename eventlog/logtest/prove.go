package logtest

import (
	"errors"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
)

// checkChain recomputes the chain of a stream from the records that Prove yields after
// a revision, and returns them.
func checkChain(t T, log eventlog.AuditLog, s eventlog.Stream, from eventlog.Revision) []eventlog.Record {
	t.Helper()
	head := must(log.Head(ctx, s))(t, "head")
	c := must(log.ChainAt(ctx, s, from))(t, "chain")
	all := collect(t, "prove", log.Prove(ctx, s, from))
	if len(all) != int(head.Revision-min(from, head.Revision)) {
		t.Fatalf("%s: proved %d records after %d of %d", s, len(all), from, head.Revision)
	}
	for i, r := range all {
		switch {
		case r.Proof == nil:
			t.Fatalf("%s: revision %d has no proof", s, r.Revision)
		case r.Revision != from+eventlog.Revision(i)+1 || r.Stream != s:
			t.Fatalf("%s: record %d after %d is revision %d of %s", s, i+1, from, r.Revision, r.Stream)
		case !r.Proof.Redacted && r.Proof.Commitment != commitmentOf(r):
			t.Fatalf("%s: revision %d: commitment is not to its text", s, r.Revision)
		}
		if c = after(c, r, r.Proof.Commitment); c != r.Proof.Chain {
			t.Fatalf("%s: revision %d: chain value is %v, computed %x", s, r.Revision, r.Proof.Chain, c)
		}
	}
	if c != head.Chain {
		t.Fatalf("%s: chain ends with %v, head says %v", s, c, head.Chain)
	}
	return all
}

func proveChain(t T, log eventlog.AuditLog) {
	grow(t, log, "s", 1)
	grow(t, log, "other", 10, 3)
	grow(t, log, "s", 30, 1, 4)
	if c := must(log.ChainAt(ctx, "s", 0))(t, "chain at 0"); c != startOf("s") {
		t.Fatalf("chain begins with %v", c)
	}
	for _, s := range []eventlog.Stream{"s", "other"} {
		for _, r := range checkChain(t, log, s, 0) {
			if c := must(log.ChainAt(ctx, s, r.Revision))(t, "chain"); c != r.Proof.Chain {
				t.Errorf("%s: chain at %d is %v, proof says %v", s, r.Revision, c, r.Proof.Chain)
			}
			if !same(r, entry(int(r.Revision)-1)) {
				t.Errorf("%s: revision %d is %+v", s, r.Revision, r)
			}
		}
	}
}

func proveAfter(t T, log eventlog.AuditLog) {
	grow(t, log, "s", 20, 3, 1, 5)
	grow(t, log, "other", 3, 3)
	grow(t, log, "s", 3, 3)
	for from := range eventlog.Revision(24) {
		checkChain(t, log, "s", from)
	}
}

func chainAt(t T, log eventlog.AuditLog) {
	head := grow(t, log, "s", 4, 4)
	if c := must(log.ChainAt(ctx, "s", 4))(t, "chain"); c != head.Chain {
		t.Errorf("chain at the head is %v, head says %v", c, head.Chain)
	}
	for _, c := range []struct {
		s  eventlog.Stream
		at eventlog.Revision
	}{{"s", 5}, {"s", 1 << 40}, {"absent", 1}} {
		if d, err := log.ChainAt(ctx, c.s, c.at); !errors.Is(err, eventlog.ErrNotFound) {
			t.Errorf("chain of %s at %d is %v, %v; want an error", c.s, c.at, d, err)
		}
	}
	if c := must(log.ChainAt(ctx, "absent", 0))(t, "chain at 0"); c != startOf("absent") {
		t.Errorf("chain of an absent stream begins with %v", c)
	}
}

func proveSalts(t T, log eventlog.AuditLog) {
	in := entries(0, 1100) // more than a span
	for i := range in {
		in[i].Text = []byte("\x00\x00\x00\x04same")
	}
	must(log.Append(ctx, "s", 0, in...))(t, "append")
	must(log.Append(ctx, "other", 0, in[:50]...))(t, "append")
	seen := map[chain.Salt]bool{{}: true}
	for _, s := range []eventlog.Stream{"s", "other"} {
		for _, r := range checkChain(t, log, s, 0) {
			if seen[r.Proof.Salt] {
				t.Fatalf("%s: revision %d has a salt that another record has, or none", s, r.Revision)
			}
			seen[r.Proof.Salt] = true
		}
	}
}

// imported returns entries with proofs, as an import has them.
func imported(from, n int, redacted func(i int) bool) []eventlog.Record {
	in := entries(from, n)
	for i := range in {
		if len(in[i].Text) == 0 {
			continue
		}
		in[i].Proof = &eventlog.Proof{Salt: chain.Salt{0x5a, byte(from + i), byte((from + i) >> 8)}, Chain: chain.Digest{0xbb}}
		if redacted(i) {
			in[i].Proof.Redacted, in[i].Proof.Commitment = true, chain.Digest{0xcc, byte(i)}
		}
	}
	return in
}

func keptProofs(t T, got, in []eventlog.Record) {
	t.Helper()
	for i, r := range in {
		if r.Proof == nil {
			continue
		}
		p := got[i].Proof
		if p.Salt != r.Proof.Salt || p.Redacted != r.Proof.Redacted || p.Redacted && p.Commitment != r.Proof.Commitment {
			t.Fatalf("revision %d was imported with %+v and comes back with %+v", got[i].Revision, r.Proof, p)
		}
	}
}

func proveImported(t T, log eventlog.AuditLog) {
	never := func(int) bool { return false }
	a, b, c := imported(0, 700, never), entries(700, 100), imported(800, 600, never)
	at := eventlog.Revision(0)
	for _, in := range [][]eventlog.Record{a[:1], a[1:], b, c[:300], c[300:]} {
		at = must(log.Append(ctx, "s", at, in...))(t, "append").Revision
	}
	grow(t, log, "s", 900, 100)
	got := checkChain(t, log, "s", 0)
	keptProofs(t, got[:700], a)
	keptProofs(t, got[800:1400], c)
	seen := map[chain.Salt]bool{}
	for _, r := range got {
		if len(r.Text) > 0 && seen[r.Proof.Salt] {
			t.Fatalf("revision %d has a salt that another record has", r.Revision)
		}
		seen[r.Proof.Salt] = true
	}
}

func proveRedacted(t T, log eventlog.AuditLog) {
	in := imported(0, 40, func(i int) bool { return i%5 == 0 })
	must(log.Append(ctx, "s", 0, in...))(t, "append")
	grow(t, log, "s", 3)
	got := checkChain(t, log, "s", 0)
	keptProofs(t, got, in)
	redacted := 0
	for i, r := range collect(t, "read", log.Read(ctx, "s", 0)) {
		if r.Proof != nil || i < len(in) && !same(r, in[i]) {
			t.Fatalf("read gives %+v for %+v", r, in[i])
		}
		if got[i].Proof.Redacted {
			redacted++
		}
	}
	if redacted == 0 {
		t.Fatalf("no redacted record came back")
	}
}
