package boltlog

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
	"parodywave/eventlog/seeds"
)

// A lossyDisk is a copy of a log's file in which pages are put back to what they were
// before a commit: each alone, and some together.
type lossyDisk struct {
	t             *testing.T
	rng           *rand.Rand
	path          string
	before, after []byte
	states, named int
	meta          int // states without the newer meta page
	lost          int // states that the twin accepts although records are missing
}

// commit tries all pages that have changed since the last call.
func (d *lossyDisk) commit(log string) {
	d.t.Helper()
	d.before = d.after
	var err error
	if d.after, err = os.ReadFile(log); err != nil {
		d.t.Fatal(err)
	}
	if d.before == nil {
		return
	}
	f, err := os.OpenFile(d.path, os.O_CREATE|os.O_RDWR|os.O_TRUNC, 0o600)
	if err != nil {
		d.t.Fatal(err)
	}
	defer f.Close()
	f.WriteAt(d.after, 0)
	want := d.read(Options{})
	if want.problem != "" {
		d.t.Fatal(want.problem)
	}
	var changed []int
	was := func(page int) []byte {
		if at := page * pageSize; at < len(d.before) {
			return d.before[at : at+pageSize]
		}
		return make([]byte, pageSize)
	}
	back := func(page int) { f.WriteAt(was(page), int64(page)*pageSize) }
	forth := func(page int) { f.WriteAt(d.after[page*pageSize:][:pageSize], int64(page)*pageSize) }
	for page := range len(d.after) / pageSize {
		if bytes.Equal(d.after[page*pageSize:][:pageSize], was(page)) {
			continue
		}
		changed = append(changed, page)
		back(page)
		d.page(page, want)
		forth(page)
	}
	for i := range 3 { // all of them, then any of them; never the meta pages
		for _, p := range changed {
			if p > 1 && (i == 0 || d.rng.IntN(2) == 0) {
				back(p)
			}
		}
		d.page(2, want)
		for _, p := range changed {
			forth(p)
		}
	}
}

// page tries one state.
func (d *lossyDisk) page(page int, want readLog) {
	d.t.Helper()
	d.states++
	have := d.read(Options{})
	switch {
	case page < 2: // the commit never happened, as far as the file can tell
		d.meta++
		return
	case have.problem != "":
		d.named++
	case have != want:
		d.t.Fatalf("page %d as it was before: verified and opened as %+v, was %+v", page, have, want)
	}
	if twin := d.read(Options{noMarks: true}); twin.problem == "" && twin != want {
		d.lost++
	}
}

// readLog is what a reader makes of a file.
type readLog struct {
	problem string // first that opening names
	records uint64
	last    eventlog.Position
	log     chain.Digest
	heads   string
}

func (d *lossyDisk) read(o Options) readLog {
	d.t.Helper()
	o.ReadOnly = true
	l, err := Open(d.path, o)
	if err != nil {
		return readLog{problem: err.Error()}
	}
	l.Close()
	r, err := VerifyFile(ctx, d.path, o, nil)
	if err != nil || !r.OK() {
		if !o.noMarks {
			d.t.Fatalf("opening accepts what verify does not: %v %v", err, r.Err())
		}
		return readLog{problem: fmt.Sprint(err, r.Err())}
	}
	return readLog{"", r.Records, r.Last, r.Chain, fmt.Sprint(r.Heads)}
}

// A disk that drops one page write leaves the page as it was, often a valid page of
// an older state. Opening names that, or nothing is missing. The twin does not look
// at the marks, and loses records without a word.
func TestDroppedPageWriteIsNamed(t *testing.T) {
	t.Parallel()
	seed := seeds.For(t)
	rng := rand.New(rand.NewPCG(seed, 0))
	path := newPath(t)
	sizes := smallSizes
	sizes.sweep = 3
	l := open(t, path, Options{NoSync: true, NoSeal: true, sealAt: sizes})
	d := &lossyDisk{t: t, rng: rng, path: newPath(t)}
	for i := range seeds.Rounds(400) {
		switch {
		case i%25 == 24:
			if err := l.Seal(ctx); err != nil {
				t.Fatal(err)
			}
		case i%60 == 50:
			h, _ := l.Head(ctx, eventlog.Connections)
			if err := l.Prune(ctx, h.Revision/2+1, eventlog.Record{Kind: "pruned", Shape: []byte("1")}); err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
		case i%7 == 3:
			appendN(t, l, eventlog.Connections, 1)
		default:
			name := eventlog.Stream(fmt.Sprintf("thread-%d", rng.IntN(5)))
			head, _ := l.Head(ctx, name)
			batch := make([]eventlog.Record, 1+rng.IntN(1+rng.IntN(20)))
			for i := range batch {
				batch[i] = changed(int(head.Revision) + i + 1)
			}
			if _, err := l.Append(ctx, name, head.Revision, batch...); err != nil {
				t.Fatal(err)
			}
		}
		d.commit(path)
	}
	if d.lost == 0 || d.named == 0 {
		t.Fatalf("seed %d: of %d states %d were named, and the twin lost records in %d", seed, d.states, d.named, d.lost)
	}
	t.Logf("seed %d: %d states: %d named, %d without the meta page, the others complete; without marks, %d lose records in silence", seed, d.states, d.named, d.meta, d.lost)
}
