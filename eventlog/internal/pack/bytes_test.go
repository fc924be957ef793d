package pack_test

import (
	"fmt"
	"testing"

	"parodywave/eventlog"
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

// BenchmarkBytes says what a keystroke takes.
func BenchmarkBytes(b *testing.B) {
	bodies := trace(b, "automerge-paper.json.gz")
	for _, threads := range []int{1, 100, 1000} {
		records := typed(bodies, threads)
		for _, n := range []int{4 << 10, 16 << 10, 64 << 10} {
			b.Run(fmt.Sprintf("threads=%d/block=%dk", threads, n>>10), func(b *testing.B) {
				var values [][]byte
				for b.Loop() {
					values = blocks(b, records, n)
				}
				bytes, inPages := 0, 0
				for _, v := range values {
					bytes += len(v)
					inPages += pages(v)
				}
				each := func(n int) float64 { return float64(n) / float64(len(records)) }
				b.ReportMetric(each(bytes), "B/edit")
				b.ReportMetric(each(inPages), "pages-B/edit")
				b.ReportMetric(each(inPages+saltKeys(records)), "all-B/edit")
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(records)), "ns/edit")
			})
		}
	}
}
