package boltlog

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"go.etcd.io/bbolt"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
	"parodywave/eventlog/seeds"
)

// smallSizes make blocks small enough for a test to have many.
var smallSizes = sealSizes{records: 100, bytes: 1 << 20, packed: 1 << 20, tail: 1 << 20, least: 10, sweep: 7, busy: 1 << 30}

// told is what a reader is given of a log, in every way.
func told(l *Log) (string, error) {
	var b bytes.Buffer
	heads, err := l.Streams(ctx)
	if err != nil {
		return "", err
	}
	p, c := l.End()
	fmt.Fprintln(&b, heads, p, c)
	for r, err := range l.Scan(ctx, 0) {
		if err != nil {
			return "", err
		}
		tell(&b, &r)
	}
	for _, h := range heads {
		for _, after := range []eventlog.Revision{0, 1, h.Revision / 2, h.Revision - 1} {
			for r, err := range l.Read(ctx, h.Stream, after) {
				if err != nil {
					return "", err
				}
				tell(&b, &r)
			}
			for r, err := range l.Prove(ctx, h.Stream, after) {
				if err != nil {
					return "", err
				}
				tell(&b, &r)
			}
		}
	}
	r, err := l.Verify(ctx, nil)
	return b.String(), errors.Join(err, r.Err())
}

// TestSealingChangesNothingThatIsRead appends, seals, prunes and reopens at
// random, and holds a log that seals against one that does not.
func TestSealingChangesNothingThatIsRead(t *testing.T) {
	t.Parallel()
	seed := seeds.For(t)
	for round := range seeds.Rounds(6) {
		rng := rand.New(rand.NewPCG(seed, uint64(round)))
		o := Options{NoSync: true, sealAt: smallSizes}
		if round%2 == 0 {
			o.Packer = bodies{7}
		}
		plainPath, path := newPath(t), newPath(t)
		plain := open(t, plainPath, Options{NoSync: true, NoSeal: true})
		l := open(t, path, o)
		var steps []string
		for i := range 40 {
			step := randomStep(rng, i, plain, l)
			k := rng.IntN(6)
			switch {
			case k == 0:
				step += ", seal"
				if err := l.Seal(ctx); err != nil {
					t.Fatalf("seed %d, round %d: %v\nafter %v", seed, round, err, steps)
				}
			case k == 1:
				step += ", reopen"
				l.Close()
				l = open(t, path, o)
			}
			steps = append(steps, step)
			if k > 1 && i%4 > 0 && i < 39 {
				continue // nothing is sealed now but in the background, and the next comparison sees that
			}
			want, err := told(plain)
			if err != nil {
				t.Fatalf("seed %d, round %d: %v\nafter %v", seed, round, err, steps)
			}
			if have, err := told(l); err != nil || have != want {
				t.Fatalf("seed %d, round %d: %v: the sealed log tells\n%.3000s\nthe other\n%.3000s\nafter %q", seed, round, err, have, want, steps)
			}
		}
		if len(l.blocks) < 2 || len(l.blocks) > 40 {
			t.Errorf("seed %d, round %d: %d blocks", seed, round, len(l.blocks))
		}
		l.Close()
		if r, err := VerifyFile(ctx, path, o, nil); err != nil || !r.OK() {
			t.Fatalf("seed %d, round %d: %v %v", seed, round, err, r.Err())
		}
		if err := CheckStructure(path); err != nil {
			t.Fatalf("seed %d, round %d: %v", seed, round, err)
		}
	}
}

// randomStep appends the same to some logs, or prunes them.
func randomStep(rng *rand.Rand, i int, logs ...*Log) string {
	if head, _ := logs[0].Head(ctx, pruneStream); i%7 == 6 && head.Revision > prunedThrough(logs[0]) {
		to := prunedThrough(logs[0]) + 1 + eventlog.Revision(rng.Uint64N(uint64(head.Revision-prunedThrough(logs[0]))))
		for _, l := range logs {
			if err := l.Prune(ctx, to, eventlog.Record{Kind: "pruned", Shape: []byte("{}")}); err != nil {
				return err.Error()
			}
		}
		return fmt.Sprintf("prune through %d of %d", to, head.Revision)
	}
	s := []eventlog.Stream{pruneStream, "a", "a", "b", "c"}[rng.IntN(5)]
	head, _ := logs[0].Head(ctx, s)
	records := make([]eventlog.Record, 1+rng.IntN(1+rng.IntN(90)))
	for i := range records {
		r := changed(int(head.Revision) + i)
		r.Time = head.Stamp(r.Time)
		r.Author[3] = byte(rng.IntN(3))
		r.Proof = &eventlog.Proof{Salt: chain.Salt{byte(i), byte(rng.Uint32())}, Redacted: rng.IntN(9) == 0, Commitment: chain.Digest{byte(i)}}
		if rng.IntN(8) == 0 {
			r.Text, r.Proof = nil, nil
		}
		records[i] = r
	}
	for _, l := range logs {
		if _, err := l.Append(ctx, s, head.Revision, records...); err != nil {
			return err.Error()
		}
	}
	return fmt.Sprintf("append %d to %s", len(records), s)
}

func prunedThrough(l *Log) eventlog.Revision {
	if s := l.streams[pruneStream]; s != nil {
		return s.start.through
	}
	return 0
}

// Many runs that each append a little must leave few blocks, and must not write
// what is old again and again.
func TestSmallBlocksAreMerged(t *testing.T) {
	t.Parallel()
	path, written, sealed := newPath(t), uint64(0), 0
	sizes := smallSizes
	sizes.records = 4000
	const each = 20
	runs := seeds.Rounds(300)
	for i := range runs {
		l := open(t, path, Options{NoSync: true, sealAt: sizes, OnSeal: func(n uint64, _ int, err error) {
			if err != nil {
				t.Error(err)
			}
			written += n
			sealed++
		}})
		appendN(t, l, "s", each)
		l.Close()
		if n := len(l.blocks); n > 12 {
			t.Fatalf("%d blocks after %d runs", n, i+1)
		}
	}
	if again := float64(written) / float64(runs*each); again > 8 || sealed > runs+runs/10 {
		t.Errorf("sealed %d times; each record was written %.1f times", sealed, again)
	}
	t.Logf("each record was written %.1f times", float64(written)/float64(runs*each))
}

func TestCloseLeavesAFewRecordsInTheTail(t *testing.T) {
	path := newPath(t)
	l := open(t, path, Options{NoSync: true})
	appendN(t, l, "s", 100)
	l.Close()
	if l := open(t, path, Options{ReadOnly: true}); len(l.blocks) != 0 {
		t.Errorf("%d blocks", len(l.blocks))
	}
}

// The background seals by itself, and removes what it has sealed.
func TestFullTailIsSealedBesideAppends(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	l := open(t, path, Options{NoSync: true, sealAt: smallSizes})
	appendN(t, l, "s", 1000)
	waitFor(t, func() bool {
		l.mu.RLock()
		defer l.mu.RUnlock()
		return l.sealed.position >= 900 && !l.remnants
	})
	groups := 0
	l.db.View(func(tx *bbolt.Tx) error {
		groups = tx.Bucket([]byte(bucketTail)).Stats().KeyN
		return nil
	})
	if groups > 100 || l.tailBytes < 0 || l.tailBytes > 100*300 {
		t.Errorf("%d groups are left, %d bytes in the tail", groups, l.tailBytes)
	}
}

// Sealing keeps out of the way of many appends, but not indefinitely: it waits while
// a record comes in each tenth of a second, until the tail has 500 records.
func TestSealingWaitsWhileMuchIsAppended(t *testing.T) {
	// The first block that a process reads makes the decompressor of all: other tests
	// cannot use one that was made in a bubble.
	if _, err := VerifyFile(ctx, sample(t, 300), Options{}, nil); err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		sizes := smallSizes
		sizes.busy, sizes.longest, sizes.heaviest = 1, 500, 1<<30
		l := open(t, newPath(t), Options{NoSync: true, sealAt: sizes})
		appendEach := func(n int, pause time.Duration) {
			for range n {
				appendN(t, l, "s", 10)
				time.Sleep(pause)
				synctest.Wait()
			}
		}
		if appendEach(49, 50*time.Millisecond); l.blocked() {
			t.Error("sealed beside appends")
		}
		if appendEach(5, 50*time.Millisecond); !l.blocked() {
			t.Error("it is not sealed while appends come")
		}

		l = open(t, newPath(t), Options{NoSync: true, sealAt: sizes})
		if appendEach(11, 50*time.Millisecond); l.blocked() {
			t.Error("sealed beside appends")
		}
		if appendEach(1, time.Second); !l.blocked() {
			t.Error("it is not sealed when no more appends come")
		}
	})
}

// blocked tells whether there is a block.
func (l *Log) blocked() bool {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return len(l.blocks) > 0
}
