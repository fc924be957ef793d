package boltlog

import (
	"fmt"
	"testing"

	"parodywave/eventlog"
)

// BenchmarkSalvage reads a log of 100 sealed blocks of 16,384 records stream by stream, as
// doctor does with the damaged ones; each of the 500 streams has records in each block.
func BenchmarkSalvage(b *testing.B) {
	path := newPath(b)
	sizes := usualSizes
	sizes.records = 16_384
	l := open(b, path, Options{NoSync: true, NoSeal: true, sealAt: sizes})
	const blocks, streams, batch = 100, 500, 32
	heads := map[eventlog.Stream]eventlog.Head{}
	for i := range blocks * int(sizes.records) / batch {
		s := eventlog.Stream(fmt.Sprintf("thread-%04d", i*7%streams))
		records := make([]eventlog.Record, batch)
		for j := range records {
			records[j] = changed(int(heads[s].Revision) + j)
		}
		h, err := l.Append(ctx, s, heads[s].Revision, records...)
		if err != nil {
			b.Fatal(err)
		}
		heads[s] = h
	}
	if err := l.Seal(ctx); err != nil {
		b.Fatal(err)
	}
	b.Logf("%d blocks", len(l.blocks))
	l.Close()
	s, err := OpenSalvage(ctx, path, Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	b.Run("streams", func(b *testing.B) {
		for b.Loop() {
			n := 0
			for _, name := range s.Streams() {
				for p, err := range s.Pieces(ctx, name) {
					if n += len(p.Records); err != nil || p.Damage != nil {
						b.Fatal(err, p.Damage)
					}
				}
			}
			if n != blocks*int(sizes.records) {
				b.Fatal(n, "records")
			}
		}
	})
}
