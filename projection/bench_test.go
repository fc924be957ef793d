package projection_test

import (
	"context"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/projection"
	"parodywave/projection/scripts"

	"github.com/oklog/ulid/v2"
)

// typing is what somebody does who writes a text from its beginning to its
// end, with a word taken back now and then and a line put in further up.
func typing(n int) []ot.Change {
	rnd := rand.New(rand.NewPCG(1, 1))
	length, at := 0, 0
	changes := make([]ot.Change, 0, n)
	for i := range n {
		switch {
		case i%97 == 96 && at > 5: // Backspace
			changes = append(changes, ot.Replace(length, at-1, at, nil))
			length, at = length-1, at-1
			continue
		case i%4001 == 4000:
			at = rnd.IntN(length + 1)
		}
		u := []uint16{'a' + uint16(i%26)}
		if i%40 == 39 {
			u[0] = '\n'
		}
		changes = append(changes, ot.Replace(length, at, at, u))
		length, at = length+1, at+1
	}
	return changes
}

// scattered edits a text of a megabyte at random positions.
func scattered(n int) []ot.Change {
	rnd := rand.New(rand.NewPCG(2, 2))
	text := scripts.Units(strings.Repeat("the quick brown fox jumps over the lazy dog\n", 1<<20/44))
	changes := []ot.Change{ot.Replace(0, 0, 0, text)}
	length := len(text)
	for i := range n - 1 {
		at := rnd.IntN(length)
		switch i % 8 {
		case 6:
			changes = append(changes, ot.Replace(length, at, at+1, nil))
			length--
		case 7:
			changes = append(changes, ot.Replace(length, at, at, []uint16{'\n'}))
			length++
		default:
			changes = append(changes, ot.Replace(length, at, at, []uint16{'x'}))
			length++
		}
	}
	return changes
}

// A stopwatch measures edits by the clock and by what they took of the cores.
type stopwatch struct {
	b   *testing.B
	cpu time.Duration
}

func newStopwatch(b *testing.B) *stopwatch {
	b.ReportAllocs()
	b.ResetTimer()
	return &stopwatch{b, cpuTime()}
}

// report says how many edits a second were made, b.N times edits in all.
func (s *stopwatch) report(edits int) {
	all := float64(edits) * float64(s.b.N)
	s.b.ReportMetric(all/s.b.Elapsed().Seconds(), "edits/s")
	if used := cpuTime() - s.cpu; used > 0 {
		s.b.ReportMetric(all/used.Seconds(), "edits/cpu-s")
	}
}

func benchmarkReplay(b *testing.B, changes []ot.Change, end string) {
	check := func(b *testing.B, s *stopwatch, th *projection.Thread) {
		s.report(len(changes))
		if end != "" && th.Text() != end {
			b.Fatal("the text is not what it should be in the end")
		}
	}
	b.Run("apply", func(b *testing.B) {
		events := scripts.Events(changes)
		var th *projection.Thread
		s := newStopwatch(b)
		for range b.N {
			th = projection.NewThread(scripts.Stream)
			for i := range events {
				if _, err := th.Apply(events[i]); err != nil {
					b.Fatal(err)
				}
			}
		}
		check(b, s, th)
	})
	b.Run("decode+apply", func(b *testing.B) {
		records := scripts.Records(changes)
		var th *projection.Thread
		s := newStopwatch(b)
		for range b.N {
			th = projection.NewThread(scripts.Stream)
			for i := range records {
				e, err := event.Decode(records[i])
				if err != nil {
					b.Fatal(err)
				}
				if _, err := th.Apply(e); err != nil {
					b.Fatal(err)
				}
			}
		}
		check(b, s, th)
	})
	b.Run("runs", func(b *testing.B) {
		var log segmentLog
		for part := range slices.Chunk(scripts.Records(changes), 8192) {
			seg := eventlog.Segment{Stream: scripts.Stream, First: part[0].Revision}
			pack(&seg, part)
			log.segments = append(log.segments, seg)
		}
		var th *projection.Thread
		s := newStopwatch(b)
		for range b.N {
			th = projection.NewThread(scripts.Stream)
			if err := th.Follow(b.Context(), projection.NewSource(nil, log, nil), 0); err != nil {
				b.Fatal(err)
			}
		}
		check(b, s, th)
	})
	b.Run("records", func(b *testing.B) {
		log := segmentLog{segments: []eventlog.Segment{{Stream: scripts.Stream, First: 1, Records: scripts.Records(changes)}}}
		var th *projection.Thread
		s := newStopwatch(b)
		for range b.N {
			th = projection.NewThread(scripts.Stream)
			if err := th.Follow(b.Context(), projection.NewSource(nil, log, nil), 0); err != nil {
				b.Fatal(err)
			}
		}
		check(b, s, th)
	})
}

// A manyLog is threads that were typed at the same time, sealed in blocks.
type manyLog struct {
	eventlog.AuditLog
	segmentLog
	heads []eventlog.Head
}

func (l manyLog) Streams(context.Context) ([]eventlog.Head, error) { return l.heads, nil }

// BenchmarkReplayAll folds 500 threads of 2,000 edits each; a segment
// has 64 threads.
func BenchmarkReplayAll(b *testing.B) {
	const threads, edits, size = 500, 2000, 64
	changes, _ := scripts.Trace(b, "automerge-paper.json.gz", 0)
	records := scripts.Records(changes[:edits])
	var log manyLog
	for part := range slices.Chunk(records, size) {
		for i := range threads {
			stream := eventlog.Stream(ulid.ULID{byte(i >> 8), byte(i)}.String())
			seg := eventlog.Segment{Stream: stream, First: part[0].Revision}
			pack(&seg, part)
			log.segments = append(log.segments, seg)
			if len(log.heads) < threads {
				log.heads = append(log.heads, eventlog.Head{Stream: stream, Revision: edits})
			}
		}
	}
	s := newStopwatch(b)
	for range b.N {
		o, err := projection.ReplayAll(b.Context(), projection.NewSource(log, log, nil), projection.ReplayOptions{})
		if err != nil || o.Directory.Len() != threads {
			b.Fatal(o.Directory.Len(), err)
		}
	}
	s.report(threads * edits)
}

func BenchmarkReplayTyping(b *testing.B) { benchmarkReplay(b, typing(200_000), "") }

func BenchmarkReplayScattered(b *testing.B) { benchmarkReplay(b, scattered(50_000), "") }

// BenchmarkScattered times edits at random positions only, one an operation: not
// how the text of a megabyte came, nor reading a history that is larger than it.
func BenchmarkScattered(b *testing.B) {
	const round = 400_000
	var change ot.Replacer
	var c event.Changed
	var th *projection.Thread
	e := scripts.Events(scattered(1))[0]
	rnd := rand.New(rand.NewPCG(2, 2))
	inserts := [8][]uint16{{'a'}, {'b'}, {'c'}, {'d'}, {'e'}, {'f'}, nil, {'\n'}}
	s := newStopwatch(b)
	for i := range b.N {
		if i%round == 0 {
			used := cpuTime()
			b.StopTimer()
			th, e = projection.NewThread(scripts.Stream), scripts.Events(scattered(1))[0]
			if _, err := th.Apply(e); err != nil {
				b.Fatal(err)
			}
			e.Payload = &c
			runtime.GC()
			b.StartTimer()
			s.cpu += cpuTime() - used
		}
		at, insert := rnd.IntN(th.Len()), inserts[i%8]
		to := at
		if insert == nil {
			to++
		}
		change.Replace(&c.Change, th.Len(), at, to, insert)
		e.Revision++
		e.Seq++
		if _, err := th.Apply(e); err != nil {
			b.Fatal(err)
		}
	}
	s.report(1)
}

func BenchmarkReplayTrace(b *testing.B) {
	changes, end := scripts.Trace(b, "automerge-paper.json.gz", 0)
	benchmarkReplay(b, changes, end)
}
