package pack_test

import (
	"fmt"
	"slices"
	"testing"

	"parodywave/eventlog"

	"github.com/klauspost/compress/zstd"
)

// pages is what a value takes in a file of pages of 4 KiB, with the key and the
// headers beside it.
func pages(value []byte) int {
	const page, beside = 4096, 16 + 16 + 8
	return (len(value) + beside + page - 1) / page * page
}

// saltKeys is what the salts' keys take: 110 bytes each stream and 1,024
// revisions.
func saltKeys(records []eventlog.Record) int {
	n := 0
	for i := range records {
		if (records[i].Revision-1)%1024 == 0 {
			n += 110
		}
	}
	return n
}

// BenchmarkBytes says what a keystroke takes: in blocks, in their pages, and with
// the salts' keys; and how long sealing it takes.
func BenchmarkBytes(b *testing.B) {
	for _, c := range []struct {
		trace   string
		threads int
	}{
		{"automerge-paper.json.gz", 1},
		{"automerge-paper.json.gz", 100},
		{"automerge-paper.json.gz", 1000},
		{"sveltecomponent.json.gz", 1},
	} {
		records := typed(trace(b, c.trace), c.threads)
		report := func(b *testing.B, values [][]byte, beside int) {
			bytes, inPages := beside, beside
			for _, v := range values {
				bytes += len(v)
				inPages += pages(v)
			}
			each := func(n int) float64 { return float64(n) / float64(len(records)) }
			b.ReportMetric(each(bytes), "B/edit")
			b.ReportMetric(each(inPages), "pages-B/edit")
			b.ReportMetric(each(inPages+saltKeys(records)), "all-B/edit")
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(records)), "ns/edit")
		}
		name := fmt.Sprintf("%.5s/threads=%d/", c.trace, c.threads)
		for _, n := range []int{4 << 10, 16 << 10, 64 << 10} {
			b.Run(fmt.Sprintf("%sblock=%dk", name, n>>10), func(b *testing.B) {
				var values [][]byte
				for b.Loop() {
					values = blocks(b, records, n)
				}
				report(b, values, 0)
			})
		}
		b.Run(name+"alone", func(b *testing.B) {
			var values [][]byte
			order := 0
			for b.Loop() {
				values, order = alone(b, records)
			}
			report(b, values, order)
		})
	}
}

// alone seals each stream by itself, all of it, and tells beside them which came
// when: what blocks of single streams would take.
func alone(b *testing.B, records []eventlog.Record) (values [][]byte, order int) {
	streams := map[eventlog.Stream][]eventlog.Record{}
	index := map[eventlog.Stream]int{}
	var low, high []byte
	for _, r := range records {
		i, ok := index[r.Stream]
		if !ok {
			i = len(index)
			index[r.Stream] = i
		}
		low, high = append(low, byte(i)), append(high, byte(i>>8))
		r.Position = eventlog.Position(1 + len(streams[r.Stream]))
		streams[r.Stream] = append(streams[r.Stream], r)
	}
	for _, s := range streams {
		values = append(values, blocks(b, s, 64<<10)...)
	}
	z, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithAllLitEntropyCompression(true))
	if err != nil {
		b.Fatal(err)
	}
	for _, plane := range [][]byte{low, high} {
		for part := range slices.Chunk(plane, 64<<10) {
			order += min(len(part), len(z.EncodeAll(part, nil)))
		}
	}
	return values, order
}
