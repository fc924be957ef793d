//go:build unix

package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/boltlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ndjson"
	"parodywave/eventlog/ot"
	"parodywave/eventlog/seeds"
)

// A stock is all records of a log, with their proofs.
type stock map[eventlog.Stream][]eventlog.Record

// stocked makes a log of some threads, a part of them in a block, and returns what
// is in it.
func stocked(t *testing.T, path string, rnd *rand.Rand) stock {
	t.Helper()
	log, err := boltlog.Open(path, boltlog.Options{Packer: event.Packer{}, NoSync: true, NoSeal: true})
	if err != nil {
		t.Fatal(err)
	}
	heads, lengths := map[eventlog.Stream]eventlog.Revision{}, map[eventlog.Stream]int{}
	put := func(stream eventlog.Stream, author byte, facts ...event.Payload) {
		var records []eventlog.Record
		for _, f := range facts {
			r := event.Encode(f)
			r.Author, r.Time = eventlog.AuthorID{author}, 1_790_000_000_000+int64(len(heads))
			records = append(records, r)
		}
		if _, err := log.Append(t.Context(), stream, heads[stream], records...); err != nil {
			t.Fatal(err)
		}
		heads[stream] += eventlog.Revision(len(records))
	}
	for i := range 120 {
		thread := eventlog.Stream(fmt.Sprintf("01ARZ3NDEKTSV4RRFF%08d", rnd.IntN(7)))
		switch {
		case i < 3:
			put(eventlog.Authors, byte(i+1), event.Named{Name: fmt.Sprint("author ", i+1), Kind: event.Person})
		case i%9 == 0:
			put(eventlog.Connections, 1, event.Connected{Place: event.Place{Node: "main"}})
		case heads[thread] == 0:
			put(thread, 1, event.Opened{Title: "thread"})
		default:
			var facts []event.Payload
			for range 1 + rnd.IntN(5) {
				word, _ := ot.Units(fmt.Sprintf("word %d ", rnd.IntN(1000)))
				facts = append(facts, event.Changed{Change: ot.Replace(lengths[thread], lengths[thread], lengths[thread], word)})
				lengths[thread] += len(word)
			}
			put(thread, byte(1+rnd.IntN(3)), facts...)
		}
		if i == 60 {
			if err := log.Seal(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := log.Close(); err != nil {
		t.Fatal(err)
	}
	return stockOf(t, path)
}

func stockOf(t *testing.T, path string) stock {
	t.Helper()
	log, err := boltlog.Open(path, boltlog.Options{Packer: event.Packer{}, ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	heads, err := log.Streams(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	all := stock{}
	for _, h := range heads {
		for r, err := range log.Prove(t.Context(), h.Stream, 0) {
			if err != nil {
				t.Fatal(err)
			}
			all[h.Stream] = append(all[h.Stream], r)
		}
	}
	return all
}

// sameRecord reports whether two records say the same, wherever they stand in the log.
// With renumbered, also in their stream.
func sameRecord(a, b eventlog.Record, renumbered bool) bool {
	a.Position, b.Position = 0, 0
	if a.Proof, b.Proof = nil, nil; renumbered {
		a.Revision, b.Revision = 0, 0
	}
	return reflect.DeepEqual(a, b)
}

// readable returns, for each thread, how many records from the first on boltlog's
// verifier can read in a damaged file: another program than the one that salvages.
func readable(was stock, path string) map[eventlog.Stream]map[eventlog.Revision]bool {
	found := map[eventlog.Stream]map[eventlog.Revision]bool{}
	boltlog.VerifyFile(context.Background(), path, boltlog.Options{Packer: event.Packer{}, Visit: func(r *eventlog.Record) {
		if all := was[r.Stream]; int(r.Revision) <= len(all) && sameRecord(*r, all[r.Revision-1], false) {
			if found[r.Stream] == nil {
				found[r.Stream] = map[eventlog.Revision]bool{}
			}
			found[r.Stream][r.Revision] = true
		}
	}}, nil)
	return found
}

// wrongRepair returns what a repaired directory lacks of what could be read, and what it
// has that never was there.
func wrongRepair(was, is stock, could map[eventlog.Stream]map[eventlog.Revision]bool, aside map[eventlog.Stream]map[eventlog.Revision]bool) (wrong []string) {
	say := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	for stream, records := range is {
		old := was[stream]
		if !event.IsThread(stream) {
			for _, r := range records { // some of the old ones, in their order
				i := 0
				for i < len(old) && !sameRecord(r, old[i], true) {
					i++
				}
				if i < len(old) {
					old = old[i+1:]
				} else if r.Kind != "named" || !strings.Contains(string(r.Text), "Ada") {
					say("%s has a record that never was: %+v", stream, r)
				}
			}
			continue
		}
		n := 0
		for n < min(len(records), len(old)) && sameRecord(records[n], old[n], false) {
			n++
		}
		// A thread whose newest records are lost without a trace has no mark.
		if rest := records[n:]; len(rest) > 1 || len(rest) == 1 && (rest[0].Kind != "version" || !strings.Contains(string(rest[0].Text), "repaired ")) {
			say("%s has %d of %d records, and after them %d that are not the mark", stream, n, len(old), len(rest))
		}
	}
	for stream, old := range was {
		have := map[eventlog.Revision]bool{}
		for i, r := range is[stream] {
			if i < len(old) && sameRecord(r, old[i], false) {
				have[r.Revision] = true
			}
		}
		maps.Copy(have, aside[stream])
		whole := true
		for _, r := range old {
			whole = whole && could[stream][r.Revision]
			switch {
			case !event.IsThread(stream):
			case whole && (int(r.Revision) > len(is[stream]) || !sameRecord(is[stream][r.Revision-1], r, false)):
				say("%s lacks revision %d, which could be read, as all before it", stream, r.Revision)
			case could[stream][r.Revision] && !have[r.Revision]:
				say("%s: revision %d could be read, and is neither in the log nor aside", stream, r.Revision)
			}
		}
	}
	return wrong
}

// repaired repairs a directory in this process.
func repaired(t *testing.T, data string, step func(string)) (string, error) {
	t.Helper()
	var out bytes.Buffer
	a := &app{options: options{Data: data}, ctx: t.Context(), err: io.Discard, out: bufio.NewWriter(&out), stdout: &out}
	err := (&doctor{app: a, step: step}).repair("Ada")
	a.out.Flush()
	return out.String(), err
}

// asCommand makes the processes that a command in this process starts the program.
func asCommand(t *testing.T) {
	name := os.Args[0]
	os.Args[0] = "parodywave"
	t.Cleanup(func() { os.Args[0] = name })
}

var revisionIn = regexp.MustCompile(`"stream":"([^"]+)","revision":([0-9]+),`)

// checkRepaired checks a directory after its repair, given the damaged file.
func checkRepaired(t *testing.T, what string, was stock, data string, damaged []byte) {
	t.Helper()
	path := filepath.Join(data, "log.db")
	report, err := boltlog.VerifyFile(t.Context(), path, boltlog.Options{Packer: event.Packer{}}, nil)
	if err = errors.Join(err, report.Err()); err != nil {
		t.Errorf("%s: the repaired log: %v", what, err)
		return
	}
	wreck := filepath.Join(t.TempDir(), "wreck.db")
	if err := os.WriteFile(wreck, damaged, 0o600); err != nil {
		t.Fatal(err)
	}
	aside := map[eventlog.Stream]map[eventlog.Revision]bool{}
	dirs, _ := filepath.Glob(filepath.Join(data, asideName+"*"))
	if kept, err := os.ReadFile(path); err != nil || len(dirs) == 0 && !bytes.Equal(kept, damaged) || len(dirs) > 1 {
		t.Errorf("%s: %d directories of what was moved aside", what, len(dirs))
	}
	for _, dir := range dirs {
		if kept, err := os.ReadFile(filepath.Join(dir, "log.db")); err != nil || !bytes.Equal(kept, damaged) {
			t.Errorf("%s: the damaged log was not kept as it was: %v", what, err)
		}
		files, _ := filepath.Glob(filepath.Join(dir, "*.ndjson"))
		for _, name := range files {
			b, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range revisionIn.FindAllStringSubmatch(string(b), -1) {
				n, _ := strconv.ParseUint(m[2], 10, 64)
				stream := eventlog.Stream(m[1])
				if aside[stream] == nil {
					aside[stream] = map[eventlog.Revision]bool{}
				}
				aside[stream][eventlog.Revision(n)] = true
			}
			doc, err := ndjson.Read(bytes.NewReader(b))
			if err != nil { // without a beginning nothing can be imported
				continue
			}
			for _, g := range doc.Gaps {
				for _, r := range g.Records {
					if !sameRecord(r, was[r.Stream][r.Revision-1], false) {
						t.Errorf("%s: %s: what is aside of revision %d never was there", what, r.Stream, r.Revision)
					}
				}
			}
		}
	}
	for _, w := range wrongRepair(was, stockOf(t, path), readable(was, wreck), aside) {
		t.Errorf("%s: %s", what, w)
	}
	if left, _ := filepath.Glob(filepath.Join(data, "*.tmp")); len(left) > 0 {
		t.Errorf("%s: left behind: %q", what, left)
	}
	if _, err := os.Stat(filepath.Join(data, repairName)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%s: %s is left behind", what, repairName)
	}
}

// TestRepairKeepsAllThatVerifies flips random bits of a log and repairs it: every record
// that could be read is there afterwards, and nothing that never was.
func TestRepairKeepsAllThatVerifies(t *testing.T) {
	asCommand(t)
	seed, found, hopeless := seeds.For(t), 0, 0
	rounds := 60
	if testing.Short() {
		rounds = 6
	}
	source := filepath.Join(t.TempDir(), "log.db")
	was := stocked(t, source, rand.New(rand.NewPCG(seed, 0)))
	good, err := os.ReadFile(source)
	if err != nil {
		t.Fatal(err)
	}
	for i := range rounds {
		rnd := rand.New(rand.NewPCG(seed, uint64(i)+1))
		bad := bytes.Clone(good)
		for range []int{1, 4, 40}[i%3] {
			at := rnd.IntN(len(bad))
			for good[at] == 0 { // most of the file was never written
				at = rnd.IntN(len(bad))
			}
			bad[at] ^= 1 << rnd.IntN(8)
		}
		data := t.TempDir()
		path := filepath.Join(data, "log.db")
		if err := os.WriteFile(path, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := repaired(t, data, nil)
		what := fmt.Sprintf("seed %d, round %d", seed, i)
		if status(err) == exitDamaged && err != nil && len(readable(was, path)) == 0 {
			if hopeless++; !strings.Contains(err.Error(), "can be read") {
				t.Errorf("%s: %v", what, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v\n%s", what, err, out)
			continue
		}
		if !strings.Contains(out, "stays as it is") {
			found++
		}
		checkRepaired(t, what, was, data, bad)
	}
	t.Logf("seed %d: of %d damages %d were found and repaired, %d left nothing to read", seed, rounds, found, hopeless)
	if found < rounds/4 {
		t.Errorf("%d of %d damages were found: that proves nothing", found, rounds)
	}
}

// TestRepairThatIgnoresAChecksumIsCaught: the check of the test above has teeth. One
// repair keeps a record in which a bit was flipped; others drop a record that can be
// read, or drop it without a mark.
func TestRepairThatIgnoresAChecksumIsCaught(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log.db")
	was := stocked(t, path, rand.New(rand.NewPCG(seeds.For(t), 0)))
	could := readable(was, path)
	var thread eventlog.Stream
	for stream, records := range was {
		if event.IsThread(stream) && len(records) > 5 {
			thread = stream
		}
	}
	if wrong := wrongRepair(was, was, could, nil); len(wrong) > 0 {
		t.Fatalf("a repair that changes nothing: %q", wrong)
	}
	for name, change := range map[string]func([]eventlog.Record) []eventlog.Record{
		"keeps a flipped bit": func(r []eventlog.Record) []eventlog.Record {
			r[3].Text = bytes.Clone(r[3].Text)
			r[3].Text[len(r[3].Text)-1] ^= 1
			return r
		},
		"drops the last record": func(r []eventlog.Record) []eventlog.Record { return r[:len(r)-1] },
		"invents a record":      func(r []eventlog.Record) []eventlog.Record { return append(r, r[len(r)-1]) },
	} {
		is := stock{}
		for stream, records := range was {
			is[stream] = records
		}
		is[thread] = change(append([]eventlog.Record(nil), was[thread]...))
		if wrong := wrongRepair(was, is, could, nil); len(wrong) == 0 {
			t.Errorf("a repair that %s is not caught", name)
		}
	}
}
