package server

import (
	"fmt"
	"testing"

	"parodywave/eventlog"
	"parodywave/projection"
)

// BenchmarkCountAKeystroke is all that one keystroke costs for the list's and
// the activity's sake, with so many others who read.
func BenchmarkCountAKeystroke(b *testing.B) {
	for _, readers := range []int{0, 5, 100} {
		b.Run(fmt.Sprintf("readers=%d", readers), func(b *testing.B) {
			s, _ := start(b, eventlog.NewMemory())
			r := &room{}
			writer := &peer{s: s, text: true, author: eventlog.AuthorID{1}}
			peers := []*peer{writer}
			for range readers {
				peers = append(peers, &peer{s: s, text: true, author: eventlog.AuthorID{2}})
			}
			records := []eventlog.Record{{Kind: kindChanged, Author: writer.author}}
			b.ReportAllocs()
			for b.Loop() {
				s.activity.pushes.Add(1)
				writer.watch.start(s.clock())
				r.note(s, records)
				writer.Settled("update", true)
				for range peers {
					s.activity.sent.Add(1)
				}
			}
			if q, n := s.activity.latency.quantiles(s.clock()/1e6, 0.5); n == 0 || q[0] > 1000 {
				b.Fatalf("%d edits were timed at %v µs", n, q)
			}
		})
	}
}

// BenchmarkList makes the list of 1,400 threads, 200 of which it shows: with
// so many people in each and one who types, or with nobody.
func BenchmarkList(b *testing.B) {
	for _, people := range []int{0, 6} {
		b.Run(fmt.Sprintf("people=%d", people), func(b *testing.B) {
			s, _ := start(b, eventlog.NewMemory())
			for i := range 1400 {
				id := eventlog.Stream(fmt.Sprintf("01J9Z3N8QJ7C0V5R2K4M6T%04d", i))
				s.hub.directory.Put(projection.Summary{Stream: id, Title: "Thread of the day", UpdatedAt: int64(i), Last: "a line of some length, as there are many"})
				r := &room{stream: id}
				for k := range people {
					r.peers = append(r.peers, &peer{s: s, author: eventlog.AuthorID{byte(k + 1)}})
				}
				if people > 0 {
					r.wrote(eventlog.AuthorID{1}, 1, s.clock()+1e9) // types on while this is measured
					s.hub.rooms[id] = r
				}
			}
			b.ReportAllocs()
			for b.Loop() {
				if frame, typing := s.list(); len(frame) < 200*100 || typing != (people > 0) {
					b.Fatal("not the list")
				}
			}
			clear(s.hub.rooms)
		})
	}
}
