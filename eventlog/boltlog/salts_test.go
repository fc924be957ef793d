package boltlog

import (
	"fmt"
	"runtime"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
)

// TestImportedSaltsAreNotKeptInMemory: an import brings a salt for each record,
// 16 KiB for the last thousand of a thread, and there may be many threads.
func TestImportedSaltsAreNotKeptInMemory(t *testing.T) {
	heap := func() int64 {
		runtime.GC()
		runtime.GC() // the first one leaves pools
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	const streams, each = 200, 1000
	l := open(t, newPath(t), Options{NoSync: true, NoSeal: true})
	before := heap()
	for i := range streams {
		s, head := eventlog.Stream(fmt.Sprint("s", i)), eventlog.Head{}
		records := make([]eventlog.Record, each)
		for k := range records {
			records[k] = changed(k)
			records[k].Time = 0
			records[k].Proof = &eventlog.Proof{Salt: chain.Salt{byte(k), byte(k >> 8), 7}}
		}
		for _, part := range [][]eventlog.Record{records[:300], records[300:]} { // what comes later finds the span's key again
			var err error
			if head, err = l.Append(ctx, s, head.Revision, part...); err != nil {
				t.Fatal(err)
			}
		}
	}
	if n := (heap() - before) / streams; n > 8<<10 {
		t.Errorf("%d bytes of memory for each of %d imported streams", n, streams)
	}
	r := changed(0)
	r.Time = 0
	if _, err := l.Append(ctx, "s0", each, r); err != nil {
		t.Fatal(err)
	}
	for rec, err := range l.Prove(ctx, "s0", 0) {
		if err != nil {
			t.Fatal(err)
		}
		k := int(rec.Revision) - 1
		if want := (chain.Salt{byte(k), byte(k >> 8), 7}); k < each && rec.Proof.Salt != want {
			t.Fatalf("revision %d has another salt than it came with", rec.Revision)
		}
	}
	if r, err := l.Verify(ctx, nil); err != nil || !r.OK() {
		t.Error(err, r.Err())
	}
}
