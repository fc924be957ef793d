package projection_test

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/projection"

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
	text := units(strings.Repeat("the quick brown fox jumps over the lazy dog\n", 1<<20/44))
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

// trace reads a recorded history of single-section edits, whose positions are
// code points; it must be ASCII.
func trace(tb testing.TB, name string) (changes []ot.Change, end string) {
	tb.Helper()
	dir := os.Getenv("PARODYWAVE_TRACES")
	if dir == "" {
		dir = "../../shared/traces"
	}
	f, err := os.Open(filepath.Join(dir, name))
	if os.IsNotExist(err) {
		tb.Skipf("no trace %s in %s: set PARODYWAVE_TRACES", name, dir)
	}
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		tb.Fatal(err)
	}
	var data struct {
		StartContent, EndContent string
		Txns                     []struct{ Patches [][3]any }
	}
	if err := json.NewDecoder(z).Decode(&data); err != nil {
		tb.Fatal(err)
	}
	changes = append(changes, ot.Replace(0, 0, 0, units(data.StartContent)))
	length := ot.Len(data.StartContent)
	for _, txn := range data.Txns {
		for _, p := range txn.Patches {
			at, deleted, inserted := int(p[0].(float64)), int(p[1].(float64)), units(p[2].(string))
			changes = append(changes, ot.Replace(length, at, at+deleted, inserted))
			length += len(inserted) - deleted
		}
	}
	return changes, data.EndContent
}

func eventsOf(changes []ot.Change) []event.Event {
	events := make([]event.Event, len(changes))
	for i, c := range changes {
		events[i] = event.Event{
			Stream: testStream, Revision: eventlog.Revision(i + 1), Time: 1_700_000_000_000 + int64(i)*200,
			Author: authorID("ana"), Client: eventlog.ClientID{1}, Seq: uint64(i + 1), Payload: event.Changed{Change: c},
		}
	}
	return events
}

func recordsOf(changes []ot.Change) []eventlog.Record {
	records := make([]eventlog.Record, len(changes))
	for i, e := range eventsOf(changes) {
		r := event.Encode(e.Payload)
		r.Stream, r.Revision, r.Time, r.Author, r.Client, r.Seq = e.Stream, e.Revision, e.Time, e.Author, e.Client, e.Seq
		records[i] = r
	}
	return records
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
		events := eventsOf(changes)
		var th *projection.Thread
		s := newStopwatch(b)
		for range b.N {
			th = projection.NewThread(testStream)
			for i := range events {
				if _, err := th.Apply(events[i]); err != nil {
					b.Fatal(err)
				}
			}
		}
		check(b, s, th)
	})
	b.Run("decode+apply", func(b *testing.B) {
		records := recordsOf(changes)
		var th *projection.Thread
		s := newStopwatch(b)
		for range b.N {
			th = projection.NewThread(testStream)
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
		for part := range slices.Chunk(recordsOf(changes), 8192) {
			seg := eventlog.Segment{Stream: testStream, First: part[0].Revision}
			pack(&seg, part)
			log.segments = append(log.segments, seg)
		}
		var th *projection.Thread
		s := newStopwatch(b)
		for range b.N {
			th = projection.NewThread(testStream)
			if err := th.Follow(b.Context(), log, 0); err != nil {
				b.Fatal(err)
			}
		}
		check(b, s, th)
	})
	b.Run("records", func(b *testing.B) {
		log := segmentLog{segments: []eventlog.Segment{{Stream: testStream, First: 1, Records: recordsOf(changes)}}}
		var th *projection.Thread
		s := newStopwatch(b)
		for range b.N {
			th = projection.NewThread(testStream)
			if err := th.Follow(b.Context(), log, 0); err != nil {
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

// BenchmarkReplayAll folds 500 threads of 2,000 edits each, of which a segment
// has 64.
func BenchmarkReplayAll(b *testing.B) {
	const threads, edits, size = 500, 2000, 64
	changes, _ := trace(b, "automerge-paper.json.gz")
	records := recordsOf(changes[:edits])
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
		o, err := projection.ReplayAll(b.Context(), log, projection.ReplayOptions{})
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
	e := eventsOf(scattered(1))[0]
	rnd := rand.New(rand.NewPCG(2, 2))
	inserts := [8][]uint16{{'a'}, {'b'}, {'c'}, {'d'}, {'e'}, {'f'}, nil, {'\n'}}
	s := newStopwatch(b)
	for i := range b.N {
		if i%round == 0 {
			used := cpuTime()
			b.StopTimer()
			th, e = projection.NewThread(testStream), eventsOf(scattered(1))[0]
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
	changes, end := trace(b, "automerge-paper.json.gz")
	benchmarkReplay(b, changes, end)
}
