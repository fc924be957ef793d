package pack_test

import (
	"fmt"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/internal/pack"
)

// BenchmarkFold reads blocks as a fold does: every stream's runs, by one core.
func BenchmarkFold(b *testing.B) {
	bodies := trace(b, "automerge-paper.json.gz")
	for _, threads := range []int{1, 100, 1000} {
		records := typed(bodies, threads)
		values := blocks(b, records, 64<<10)
		b.Run(fmt.Sprintf("threads=%d", threads), func(b *testing.B) {
			in := pack.BlockDecoder{Packer: event.Packer{}}
			var d event.SegmentDecoder
			var seg eventlog.Segment
			edits, runs := 0, 0
			b.ReportAllocs()
			for b.Loop() {
				for _, v := range values {
					block, err := in.Open(v)
					if err != nil {
						b.Fatal(err)
					}
					for part := range block.Parts {
						if err := block.Segment(part, &seg); err != nil {
							b.Fatal(err)
						}
						if err := d.Decode(&seg, func(r *event.Run) error {
							edits += len(r.Times)
							runs++
							return nil
						}); err != nil {
							b.Fatal(err)
						}
					}
				}
			}
			if edits != b.N*len(records) {
				b.Fatalf("%d edits of %d", edits, b.N*len(records))
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(edits), "ns/edit")
			b.ReportMetric(float64(edits)/float64(runs), "edits/run")
		})
	}
}

// BenchmarkSegment opens one thread of a hundred that lie in the same block.
func BenchmarkSegment(b *testing.B) {
	records := typed(trace(b, "automerge-paper.json.gz"), 100)
	value := blocks(b, records[:64<<10], 64<<10)[0]
	in := pack.BlockDecoder{Packer: event.Packer{}}
	var seg eventlog.Segment
	for b.Loop() {
		block, err := in.Open(value)
		if err != nil {
			b.Fatal(err)
		}
		if err := block.Segment(50, &seg); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkAll reads a block's records in log order.
func BenchmarkAll(b *testing.B) {
	records := typed(trace(b, "automerge-paper.json.gz"), 100)[:64<<10]
	value := blocks(b, records, 64<<10)[0]
	in := pack.BlockDecoder{Packer: event.Packer{}}
	b.ReportAllocs()
	for b.Loop() {
		block, err := in.Open(value)
		if err != nil {
			b.Fatal(err)
		}
		for _, err := range block.All() {
			if err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(records)), "ns/record")
}

// BenchmarkOpen reads a block's directory, as a start does.
func BenchmarkOpen(b *testing.B) {
	records := typed(trace(b, "automerge-paper.json.gz"), 1000)[:64<<10]
	value := blocks(b, records, 64<<10)[0]
	in := pack.BlockDecoder{Packer: event.Packer{}}
	for b.Loop() {
		if _, err := in.Open(value); err != nil {
			b.Fatal(err)
		}
	}
}
