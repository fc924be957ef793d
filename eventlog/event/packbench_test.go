package event_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
)

// typedRecords is a text typed with a mistake now and then.
func typedRecords(n int) []eventlog.Record {
	rnd := rand.New(rand.NewPCG(1, 2))
	length, at := 40_000, 20_000
	records := make([]eventlog.Record, 0, n)
	for len(records) < n {
		c := ot.Replace(length, at, at, []uint16{uint16('a' + rnd.IntN(26))})
		d := 1
		switch rnd.IntN(40) {
		case 0:
			at = rnd.IntN(length)
			c = ot.Replace(length, at, at, []uint16{'\n'})
		case 1, 2, 3:
			c, d = ot.Replace(length, at-1, at, nil), -1
		}
		length, at = length+d, at+d
		r := record(event.Changed{Change: c})
		r.Stream, r.Revision, r.Seq = "s", eventlog.Revision(5+len(records)), uint64(1+len(records))
		records = append(records, r)
	}
	return records
}

func BenchmarkPacked(b *testing.B) {
	records := typedRecords(16 << 10)
	each := func(b *testing.B) {
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(records)), "ns/record")
	}
	b.Run("pack", func(b *testing.B) {
		columns := make([][]byte, event.Packer{}.Columns())
		for b.Loop() {
			for i := range columns {
				columns[i] = columns[i][:0]
			}
			event.Packer{}.Pack(columns, records)
		}
		each(b)
	})
	b.Run("unpack", func(b *testing.B) {
		columns, out := pack(records), slices.Clone(records)
		b.ReportAllocs()
		for b.Loop() {
			if err := (event.Packer{}).Unpack(columns, out); err != nil {
				b.Fatal(err)
			}
		}
		each(b)
	})
	b.Run("runs", func(b *testing.B) {
		seg := packedSegment(records, 0)
		var d event.SegmentDecoder
		units := 0
		b.ReportAllocs()
		for b.Loop() {
			if err := d.Decode(seg, func(r *event.Run) error {
				units += len(r.Insert)
				return nil
			}); err != nil {
				b.Fatal(err)
			}
		}
		each(b)
	})
}
