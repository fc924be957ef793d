package boltlog

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"sync"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
	"parodywave/eventlog/seeds"
)

const pruneStream = eventlog.Connections

// TestPruneKeepsTheRest prunes, appends and reopens at random, and holds the log
// against what was appended.
func TestPruneKeepsTheRest(t *testing.T) {
	t.Parallel()
	seed := seeds.For(t)
	for round := range seeds.Rounds(12) {
		rng := rand.New(rand.NewPCG(seed, uint64(round)))
		path := newPath(t)
		l := open(t, path, Options{NoSync: true})
		var steps []string
		fatal := func(f string, args ...any) {
			t.Helper()
			t.Fatalf("seed %d, round %d: %s\nafter %v", seed, round, fmt.Sprintf(f, args...), steps)
		}
		chains := map[eventlog.Revision]chain.Digest{}
		through, records := eventlog.Revision(0), uint64(0)
		for range 30 {
			switch k := rng.IntN(8); {
			case k < 5:
				s := []eventlog.Stream{pruneStream, pruneStream, "thread"}[rng.IntN(3)]
				n := 1 + rng.IntN(1+rng.IntN(700))
				head, _ := l.Head(ctx, s)
				in := make([]eventlog.Record, n)
				for i := range in {
					in[i] = changed(int(head.Revision) + i)
					in[i].Time = head.Stamp(in[i].Time)
				}
				steps = append(steps, fmt.Sprintf("append %d to %s", n, s))
				if _, err := l.Append(ctx, s, head.Revision, in...); err != nil {
					fatal("%v", err)
				}
				records += uint64(n)
			case k < 7:
				head, _ := l.Head(ctx, pruneStream)
				if head.Revision == through {
					continue
				}
				to := through + 1 + eventlog.Revision(rng.Uint64N(uint64(head.Revision-through)))
				if rng.IntN(4) == 0 {
					to = head.Revision
				}
				steps = append(steps, fmt.Sprintf("prune through %d of %d", to, head.Revision))
				if err := l.Prune(ctx, to, eventlog.Record{Kind: "pruned", Shape: []byte("{}")}); err != nil {
					fatal("%v", err)
				}
				through = to
				records++
			default:
				steps = append(steps, "reopen")
				if err := l.Close(); err != nil {
					fatal("%v", err)
				}
				l = open(t, path, Options{NoSync: true})
			}
			if err := checkPruned(l, through, records, chains); err != nil {
				fatal("%v", err)
			}
		}
		l.Close()
		if r, err := VerifyFile(ctx, path, Options{}, nil); err != nil || !r.OK() {
			fatal("%v, %v", err, r.Err())
		}
		if err := CheckStructure(path); err != nil {
			fatal("%v", err)
		}
	}
}

// checkPruned checks all reads of a log whose stream was pruned. It keeps the
// chain values that it sees and compares those it has seen before.
func checkPruned(l *Log, through eventlog.Revision, records uint64, chains map[eventlog.Revision]chain.Digest) error {
	head, _ := l.Head(ctx, pruneStream)
	for _, from := range []eventlog.Revision{0, through, through + 1, (through + head.Revision) / 2} {
		next := max(from, through) + 1
		for r, err := range l.Prove(ctx, pruneStream, from) {
			if err != nil {
				return err
			}
			if c, ok := chains[r.Revision]; r.Revision != next || ok && c != r.Proof.Chain {
				return fmt.Errorf("proved revision %d, want %d; chain %v, was %v", r.Revision, next, r.Proof.Chain, c)
			}
			chains[r.Revision] = r.Proof.Chain
			next++
		}
		if next != max(head.Revision, from)+1 {
			return fmt.Errorf("proved up to %d of %d", next-1, head.Revision)
		}
		next = max(from, through) + 1
		for r, err := range l.Read(ctx, pruneStream, from) {
			if err != nil || r.Revision != next {
				return fmt.Errorf("read revision %d, want %d: %v", r.Revision, next, err)
			}
			next++
		}
	}
	if c, err := l.ChainAt(ctx, pruneStream, through); through > 0 && (err != nil || c != chains[through]) {
		return fmt.Errorf("chain at %d is %v, %v; was %v", through, c, err, chains[through])
	}
	if _, err := l.ChainAt(ctx, pruneStream, through-1); through > 1 && !errors.Is(err, eventlog.ErrNotFound) {
		return fmt.Errorf("chain of a pruned revision: %v", err)
	}
	n, last := uint64(0), eventlog.Position(0)
	for r, err := range l.Scan(ctx, 0) {
		if err != nil || r.Position <= last {
			return fmt.Errorf("scan: position %d after %d: %v", r.Position, last, err)
		}
		n, last = n+1, r.Position
	}
	end, _ := l.End()
	if uint64(end) != records || n != records-uint64(through) {
		return fmt.Errorf("log ends at %d and %d were appended; scan gives %d, and %d were pruned", end, records, n, through)
	}
	r, err := l.Verify(ctx, nil)
	if err == nil && (r.Records != n || r.Removed != uint64(through)) {
		err = fmt.Errorf("verified %d records and %d holes", r.Records, r.Removed)
	}
	return errors.Join(err, r.Err())
}

func TestPruneRefusesWhatIsNotThere(t *testing.T) {
	l := open(t, newPath(t), Options{NoSync: true})
	note := eventlog.Record{Kind: "pruned"}
	if err := l.Prune(ctx, 1, note); !errors.Is(err, eventlog.ErrNotFound) {
		t.Fatal(err)
	}
	appendN(t, l, pruneStream, 3)
	for _, c := range []struct {
		through eventlog.Revision
		note    eventlog.Record
		want    error
	}{{0, note, eventlog.ErrInvalid}, {4, note, eventlog.ErrNotFound}, {2, eventlog.Record{}, eventlog.ErrInvalid}, {2, note, nil},
		{2, note, eventlog.ErrInvalid}, {1, note, eventlog.ErrInvalid}, {4, note, nil}, {5, note, nil}} {
		if err := l.Prune(ctx, c.through, c.note); !errors.Is(err, c.want) {
			t.Fatalf("prune through %d: %v, want %v", c.through, err, c.want)
		}
	}
	if n := count(t, l, pruneStream, 5); n != 1 {
		t.Fatalf("%d records are left", n)
	}
}

func TestPrunedGroupsTakeNoRoom(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	l := open(t, path, Options{NoSync: true})
	appendN(t, l, pruneStream, 2000)
	for through := eventlog.Revision(300); through <= 1800; through += 300 {
		if err := l.Prune(ctx, through, eventlog.Record{Kind: "pruned"}); err != nil {
			t.Fatal(err)
		}
	}
	l.Close()
	groups := 0
	for _, r := range values(t, path) {
		if r.bucket == bucketTail {
			groups++
		}
	}
	if groups > 250 { // 206 records are left, and one group of holes
		t.Fatalf("%d groups", groups)
	}
	raw, _ := os.ReadFile(path)
	if !bytes.Contains(raw, []byte("pruned")) {
		t.Fatal("the file does not hold what it must")
	}
}

func TestReadersSurvivePrunes(t *testing.T) {
	t.Parallel()
	l := open(t, newPath(t), Options{NoSync: true})
	appendN(t, l, pruneStream, 500)
	var wg sync.WaitGroup
	stop := make(chan struct{})
	read := func(name string, f func() error) {
		wg.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
					if err := f(); err != nil {
						t.Errorf("%s: %v", name, err)
						return
					}
				}
			}
		})
	}
	read("read", func() error {
		last := eventlog.Revision(0)
		for r, err := range l.Read(ctx, pruneStream, 0) {
			if err != nil || r.Revision <= last {
				return fmt.Errorf("revision %d after %d: %w", r.Revision, last, err)
			}
			last = r.Revision
		}
		return nil
	})
	read("prove", func() error {
		for _, err := range l.Prove(ctx, pruneStream, 0) {
			if err != nil {
				return err
			}
		}
		return nil
	})
	read("scan", func() error {
		for _, err := range l.Scan(ctx, 0) {
			if err != nil {
				return err
			}
		}
		return nil
	})
	read("verify", func() error {
		r, err := l.Verify(ctx, nil)
		return errors.Join(err, r.Err())
	})
	n := eventlog.Revision(seeds.Rounds(99))
	for through := 500 / (n + 1); through < 500; through += 500 / (n + 1) {
		if err := l.Prune(ctx, through, eventlog.Record{Kind: "pruned"}); err != nil {
			t.Error(err)
		}
		appendN(t, l, "thread", 1)
	}
	close(stop)
	wg.Wait()
}
