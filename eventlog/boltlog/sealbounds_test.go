package boltlog

import (
	"bytes"
	"fmt"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/internal/pack"
)

// TestSealsMoreStreamsThanABlockHolds: a log of many threads that were opened and
// never written in has more streams in a row than a block may have.
func TestSealsMoreStreamsThanABlockHolds(t *testing.T) {
	if testing.Short() {
		t.Skip("70,000 streams")
	}
	const streams = pack.MaxBlockParts + 5000
	path := newPath(t)
	l := open(t, path, Options{NoSync: true, NoSeal: true})
	var last *request
	for i := range streams {
		last = &request{stream: eventlog.Stream(fmt.Sprint("s", i)), records: []eventlog.Record{changed(0)}, done: make(chan struct{})}
		if err := l.queue.put(last); err != nil {
			t.Fatal(err)
		}
	}
	<-last.done
	if err := l.Seal(ctx); err != nil {
		t.Fatal(err)
	}
	if end, _ := l.End(); end != streams || l.sealed.position != end {
		t.Fatalf("sealed through position %d of %d, %d records were appended", l.sealed.position, end, streams)
	}
	for _, i := range []int{0, pack.MaxBlockParts - 1, pack.MaxBlockParts, streams - 1} {
		if n := count(t, l, eventlog.Stream(fmt.Sprint("s", i)), 0); n != 1 {
			t.Errorf("stream %d has %d records", i, n)
		}
	}
	if r, err := l.Verify(ctx, nil); err != nil || !r.OK() {
		t.Error(err, r.Err())
	}
}

// TestNoRecordIsSealedManyTimes seals long records that are small when compressed, so
// that few make a block: such blocks must not be taken up again by each sealing
// that follows, nor be read for it, all of them.
func TestNoRecordIsSealedManyTimes(t *testing.T) {
	sizes := usualSizes
	sizes.bytes, sizes.tail, sizes.busy = 64<<10, 64<<10, 1<<30
	written, sealed := uint64(0), 0
	l := open(t, newPath(t), Options{NoSync: true, NoSeal: true, sealAt: sizes, OnSeal: func(n uint64, _ int, err error) {
		if err != nil {
			t.Error(err)
		}
		written += n
		sealed++
	}})
	text, total := bytes.Repeat([]byte("again "), 700), uint64(0)
	for range 20 { // sealings
		head, _ := l.Head(ctx, "a")
		for range 30 { // 126 kB
			r := changed(0)
			r.Text, r.Time = text, head.Stamp(0)
			var err error
			if head, err = l.Append(ctx, "a", head.Revision, r); err != nil {
				t.Fatal(err)
			}
			total++
		}
		if err := l.Seal(ctx); err != nil {
			t.Fatal(err)
		}
		p := l.sealer.plan(l.last + 100)
		if n := uint64(l.last+1) - uint64(p.from); n > 60 {
			t.Fatalf("the next block would be made of %d records that are sealed, of %d", n, total)
		}
	}
	if written > 3*total {
		t.Errorf("%d records were sealed %d times in %d blocks", total, written, sealed)
	}
}
