package boltlog

import (
	"bytes"
	"context"
	"errors"
	"testing"

	"go.etcd.io/bbolt"

	"parodywave/eventlog"
	"parodywave/eventlog/internal/pack"
)

func TestRemnantsAreIgnoredCheckedAndSwept(t *testing.T) {
	path := newPath(t)
	l := open(t, path, Options{NoSync: true, NoSeal: true})
	appendN(t, l, "s", 50)
	appendN(t, l, pruneStream, 5)
	want, err := told(l)
	if err != nil {
		t.Fatal(err)
	}
	var groups []stored
	if groups, err = l.page("test", 1); err != nil {
		t.Fatal(err)
	}
	if err := l.Seal(ctx); err != nil {
		t.Fatal(err)
	}
	l.Close()
	putBack := func(change func(i int, v []byte) []byte) {
		tamper(t, path, func(tail, _ *bbolt.Bucket) error {
			for i, g := range groups[20:30] {
				if err := tail.Put(positionKey(g.key), change(i, bytes.Clone(g.value))); err != nil {
					return err
				}
			}
			return nil
		})
	}
	putBack(func(_ int, v []byte) []byte { return v })
	l = open(t, path, Options{ReadOnly: true})
	if have, err := told(l); err != nil || have != want || !l.remnants {
		t.Fatalf("%v: with remnants it tells\n%s\nwithout\n%s", err, have, want)
	}
	l.Close()
	if r, err := VerifyFile(ctx, path, Options{}, nil); err != nil || !r.OK() || r.Records != 55 {
		t.Fatal(err, r.Err(), r.Records)
	}
	putBack(func(i int, v []byte) []byte {
		if i == 3 {
			v[len(v)/2] ^= 4
		}
		return v
	})
	if r, err := VerifyFile(ctx, path, Options{}, nil); err != nil || r.OK() || r.Problems[0].Position != groups[23].key {
		t.Fatal("damage in a remnant is not named", err, r.Err())
	}
	if _, err := Open(path, Options{ReadOnly: true}); !errors.Is(err, eventlog.ErrDamaged) {
		t.Fatal("damage in a remnant is not seen", err)
	}
	putBack(func(_ int, v []byte) []byte { return v })
	l = open(t, path, Options{NoSync: true})
	waitFor(t, func() bool {
		l.mu.RLock()
		defer l.mu.RUnlock()
		return !l.remnants
	})
	if have, err := told(l); err != nil || have != want {
		t.Fatal(err, have)
	}
	l.Close()
	for _, r := range values(t, path) {
		if r.bucket == bucketTail {
			t.Fatal("a remnant is left")
		}
	}
}

func TestRecordTooLargeForABlockIsKeptAsItIs(t *testing.T) {
	if testing.Short() {
		t.Skip("a record of 32 MiB")
	}
	t.Parallel()
	path := newPath(t)
	l := open(t, path, Options{NoSync: true, NoSeal: true})
	appendN(t, l, "s", 20)
	large := changed(21)
	large.Text = make([]byte, pack.MaxBlockBytes+1)
	if _, err := l.Append(ctx, "s", 20, large); err != nil {
		t.Fatal(err)
	}
	appendN(t, l, "t", 20)
	if err := l.Seal(ctx); err != nil {
		t.Fatal(err)
	}
	p, c := l.End()
	if len(l.blocks) != 3 || l.sealed != (mark{p, c}) {
		t.Errorf("blocks %+v, end %d", l.blocks, p)
	}
	if n := count(t, l, "s", 0) + count(t, l, "t", 0); n != 41 {
		t.Errorf("%d records", n)
	}
	l.Close()
	l = open(t, path, Options{ReadOnly: true})
	if q, d := l.End(); q != p || d != c {
		t.Error("it ends elsewhere")
	}
}

func TestDamagedTailIsNotSealed(t *testing.T) {
	path := newPath(t)
	l := open(t, path, Options{NoSync: true, NoSeal: true})
	appendN(t, l, "s", 6)
	l.Close()
	tamper(t, path, func(tail, _ *bbolt.Bucket) error {
		return rewrite(tail, 3, func(r []eventlog.Record) []eventlog.Record { r[0].Text[4] = '!'; return r })
	})
	var failure error
	l = open(t, path, Options{NoSync: true, sealAt: sealSizes{records: 5, bytes: 1 << 20, packed: 1 << 20, tail: 1 << 20, least: 1, sweep: 9, busy: 1 << 30},
		OnSeal: func(_ uint64, _ int, err error) { failure = err }})
	if err := l.Seal(ctx); !errors.Is(err, eventlog.ErrDamaged) {
		t.Fatal(err)
	}
	appendN(t, l, "s", 1) // and appends go on
	l.Close()
	if !errors.Is(failure, eventlog.ErrDamaged) {
		t.Error("no caller got the damage:", failure)
	}
	if r, err := VerifyFile(ctx, path, Options{}, nil); err != nil || r.OK() || r.Problems[0].Position != 3 {
		t.Error("the damage is not named any more", err, r.Err())
	}
}

func TestSealWaitsForNothingWhenItMayNot(t *testing.T) {
	l := open(t, newPath(t), Options{NoSync: true, sealAt: smallSizes})
	appendN(t, l, "s", 50)
	c, cancel := context.WithCancel(ctx)
	cancel()
	if err := l.Seal(c); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	ro := newPath(t)
	open(t, ro, Options{}).Close()
	if err := open(t, ro, Options{ReadOnly: true}).Seal(ctx); !errors.Is(err, eventlog.ErrUnavailable) {
		t.Error(err)
	}
	l.moving.RLock() // as Verify does
	appendN(t, l, "s", 100)
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	l.moving.RUnlock()
	if err := l.Seal(ctx); !errors.Is(err, eventlog.ErrClosed) {
		t.Error(err)
	}
}

// TestBlockReadBeforeAPruneIsNotPutIn: a block that was made of what a prune has
// removed since would bring it back.
func TestBlockReadBeforeAPruneIsNotPutIn(t *testing.T) {
	l := open(t, newPath(t), Options{NoSync: true, NoSeal: true})
	appendN(t, l, pruneStream, 20)
	appendN(t, l, "s", 20)
	s := &l.sealer
	p := s.plan(l.last)
	value, err := s.make(ctx, &p)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Prune(ctx, 10, eventlog.Record{Kind: "pruned"}); err != nil {
		t.Fatal(err)
	}
	if err := s.submit(ctx, s.commit(&p, value)); !errors.Is(err, errBusy) {
		t.Errorf("block of before the prune: %v", err)
	}
	if _, err := told(l); err != nil {
		t.Error(err)
	}
}
