package main

import (
	"context"
	"runtime"
	"slices"
	"syscall"
	"testing"
	"time"

	"parodywave/eventlog"
	"parodywave/projection"
)

// replays folds a thread from the file to its text and blame, on one core.
func replays(b *testing.B, l *lab) {
	measure(b, "paper", func(b *testing.B) {
		p := l.papered(b)
		fold(b, p.data, p.threads[0], p.keystrokes, p.end)
	})
	measure(b, "random", func(b *testing.B) {
		data := l.dir(b)
		n := scaled(200_000)
		stream, end := scattered(b, data, 1<<20, n)
		l.rested(b, data)
		fold(b, data, stream, n, end)
	})
}

// fold replays a stream five times and reports edits a second of processor time.
func fold(b *testing.B, data string, stream eventlog.Stream, edits int, end string) {
	source, err := (&app{options: options{Data: data}, ctx: context.Background()}).openLog()
	if err != nil {
		b.Fatal(err)
	}
	defer source.Close()
	const times = 5
	var cpu time.Duration
	for range times {
		runtime.GC() // what came before is not to be paid for here
		before := used(syscall.RUSAGE_SELF)
		th, err := projection.Replay(context.Background(), source.Source, stream, 0)
		rows := 0
		if err == nil {
			for range th.Rows() {
				rows++
			}
		}
		cpu += used(syscall.RUSAGE_SELF) - before
		if err != nil || th.Text() != end || rows == 0 {
			b.Fatalf("the text is not what was typed: %v", err)
		}
	}
	b.ReportMetric(times*float64(edits)/cpu.Seconds(), "edits/cpu-s")
}

// scattered types at random places of a text of that many units.
func scattered(b *testing.B, data string, units, edits int) (eventlog.Stream, string) {
	b.Helper()
	w := newTypewriter(7, 1)
	const line = "the quick brown fox jumps over the lazy dog\n"
	text := make([]byte, 0, units+edits)
	for len(text)+len(line) <= units {
		text = append(text, line...)
	}
	records := []eventlog.Record{w.open("A megabyte")}
	add := func(s keystroke) {
		r, err := w.keystroke(s)
		if err != nil {
			b.Fatal(err)
		}
		records = append(records, r)
	}
	add(keystroke{insert: string(text)})
	for i := range edits {
		s := keystroke{pos: w.r.IntN(len(text))}
		switch i % 8 {
		case 6:
			s.del = 1
		case 7:
			s.insert = "\n"
		default:
			s.insert = "x"
		}
		add(s)
		text = slices.Replace(text, s.pos, s.pos+s.del, []byte(s.insert)...)
	}
	log := asServed(b, data)
	introduce(b, log, w.authors)
	put(b, log, streamOf("S", 0), 0, records, 1024)
	if err := log.Close(); err != nil {
		b.Fatal(err)
	}
	return streamOf("S", 0), string(text)
}
