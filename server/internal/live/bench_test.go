package live

import (
	"fmt"
	"testing"

	"parodywave/eventlog"
	"parodywave/projection"
)

// BenchmarkCountAKeystroke is all that one keystroke costs for the list and the
// feed, with n peers that read.
func BenchmarkCountAKeystroke(b *testing.B) {
	for _, readers := range []int{0, 5, 100} {
		b.Run(fmt.Sprintf("readers=%d", readers), func(b *testing.B) {
			l := newLive(b)
			r := &room{hub: l.hub}
			writer := &peer{l: l, text: true, author: eventlog.AuthorID{1}}
			records := []eventlog.Record{{Kind: kindChanged, Author: writer.author}}
			b.ReportAllocs()
			for b.Loop() {
				l.stats.pushes.Add(1)
				writer.watch.start(l.stats.clock())
				r.count(records)
				writer.Settled("update", true)
				for range 1 + readers {
					l.stats.sent.Add(1)
				}
			}
			if q, n := l.stats.latency.quantiles(l.stats.clock()/1e6, 0.5); n == 0 || q[0] > 1000 {
				b.Fatalf("%d edits were timed at %v µs", n, q)
			}
		})
	}
}

// BenchmarkList makes the list of 1,400 threads, 200 of which it shows: with n
// people in each and one of them typing, or with nobody.
func BenchmarkList(b *testing.B) {
	for _, people := range []int{0, 6} {
		b.Run(fmt.Sprintf("people=%d", people), func(b *testing.B) {
			l := newLive(b)
			for i := range 1400 {
				id := eventlog.Stream(fmt.Sprintf("01J9Z3N8QJ7C0V5R2K4M6T%04d", i))
				l.hub.directory.Put(projection.Summary{Stream: id, Title: "Thread of the day", UpdatedAt: int64(i), Last: "a line of some length, as there are many"})
				r := &room{stream: id}
				for k := range people {
					r.peers = append(r.peers, &peer{l: l, author: eventlog.AuthorID{byte(k + 1)}})
				}
				if people > 0 {
					r.wrote(eventlog.AuthorID{1}, 1, l.stats.clock()+1e9) // types on while this is measured
					l.hub.rooms[id] = r
				}
			}
			b.ReportAllocs()
			for b.Loop() {
				if frame, typing := l.broadcaster.listFrame(); len(frame) < 200*100 || typing != (people > 0) {
					b.Fatal("not the list")
				}
			}
			clear(l.hub.rooms)
		})
	}
}
