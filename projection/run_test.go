package projection_test

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/eventlog/seeds"
	"parodywave/projection"
	"parodywave/projection/scripts"
)

// A packedLog gives the records of a log in segments, some of them packed.
type packedLog struct {
	eventlog.AuditLog
	records map[eventlog.Stream][]eventlog.Record
	streams []eventlog.Stream
	draw    scripts.Source
	most    int // records in a segment
}

// packed puts records, of any streams, into a log.
func packed(tb testing.TB, draw scripts.Source, most int, records []eventlog.Record) *packedLog {
	tb.Helper()
	p := &packedLog{eventlog.NewMemory(), map[eventlog.Stream][]eventlog.Record{}, nil, draw, most}
	for _, r := range records {
		if _, err := p.Append(tb.Context(), r.Stream, r.Revision-1, r); err != nil {
			tb.Fatal(err)
		}
		if p.records[r.Stream] == nil {
			p.streams = append(p.streams, r.Stream)
		}
		p.records[r.Stream] = append(p.records[r.Stream], r)
	}
	return p
}

func (p *packedLog) Segments(_ context.Context, stream eventlog.Stream, after eventlog.Revision) iter.Seq2[eventlog.Segment, error] {
	return func(yield func(eventlog.Segment, error) bool) {
		p.cut(p.records[stream], after, func(s eventlog.Segment) bool { return yield(s, nil) })
	}
}

// cut makes segments of records, and leaves out those that end before after.
func (p *packedLog) cut(all []eventlog.Record, after eventlog.Revision, yield func(eventlog.Segment) bool) bool {
	for from := 0; from < len(all); {
		to := min(from+1+p.draw(p.most), len(all))
		part := all[from:to]
		from = to
		if part[len(part)-1].Revision <= after {
			continue
		}
		seg := eventlog.Segment{Stream: part[0].Stream, First: part[0].Revision}
		if after >= part[0].Revision {
			seg.Skip = int(after - part[0].Revision + 1)
		}
		if p.draw(5) == 0 {
			seg.Records = part
		} else {
			pack(&seg, part)
		}
		if !yield(seg) {
			return false
		}
	}
	return true
}

func pack(seg *eventlog.Segment, records []eventlog.Record) {
	seg.Packer = event.Packer{}.ID()
	seg.Columns = make([][]byte, event.Packer{}.Columns())
	event.Packer{}.Pack(seg.Columns, records)
	for _, r := range records {
		seg.Times = append(seg.Times, r.Time)
		m := eventlog.Origin{N: 1, Author: r.Author, Client: r.Client, Seq: r.Seq, Kind: r.Kind, Schema: r.Schema}
		if n := len(seg.Origins); n > 0 {
			was := seg.Origins[n-1]
			if was.Seq > 0 {
				was.Seq += uint64(was.N)
			}
			if was.N = 1; was == m {
				seg.Origins[n-1].N++
				continue
			}
		}
		seg.Origins = append(seg.Origins, m)
	}
}

// A session makes up a history as people make one: runs of typing, of Backspace
// and of Delete, over breaks, with other things in between.
type session struct {
	draw   scripts.Source
	text   []uint16
	events []event.Event
	at     int
	who    int
	seq    [3]uint64
	time   int64
}

func (s *session) put(from, to int, insert []uint16) {
	s.add(event.Changed{Change: ot.Replace(len(s.text), from, to, insert)})
}

func (s *session) add(f event.Payload) {
	s.time += int64(s.draw(300))
	e := event.Event{
		Stream: scripts.Stream, Revision: eventlog.Revision(len(s.events) + 1), Time: s.time,
		Author: scripts.AuthorID([]string{"ana", "ben", "cem"}[s.who]), Client: eventlog.ClientID{byte(s.who + 1)}, Payload: f,
	}
	switch s.who {
	case 0:
		s.seq[0]++
	case 1:
		s.seq[1] += 1 + uint64(s.draw(20)/19)
	case 2:
		e.Client = eventlog.ClientID{} // a command
	}
	e.Seq = s.seq[s.who]
	s.events = append(s.events, e)
	if c, ok := f.(event.Changed); ok {
		s.text = mustApply(c.Change, s.text)
	}
}

func mustApply(c ot.Change, text []uint16) []uint16 {
	out, err := c.Apply(text)
	if err != nil {
		panic(err)
	}
	return out
}

// goOn makes some records more.
func (s *session) goOn() {
	if s.draw(3) == 0 {
		s.who = s.draw(3)
	}
	if s.draw(4) == 0 {
		s.at = s.draw(len(s.text) + 1)
	}
	n := 1 + s.draw(30)
	switch s.draw(8) {
	case 0, 1, 2:
		for range n {
			if s.draw(40) == 0 {
				s.who = s.draw(3)
			}
			s.put(s.at, s.at, []uint16{[]uint16{'a', 'b', ' ', '\n', 'é', 'c', 'd', 'e'}[s.draw(8)]})
			s.at++
		}
	case 3, 4:
		for range min(n, s.at) {
			s.at--
			s.put(s.at, s.at+1, nil)
		}
	case 5:
		for range min(n, len(s.text)-s.at) {
			s.put(s.at, s.at+1, nil)
		}
	case 6:
		to := min(len(s.text), s.at+s.draw(6))
		insert := scripts.Units([]string{"x", "two words", "a\nline", "\n", ""}[s.draw(5)])
		s.put(s.at, to, insert)
		s.at += len(insert)
	case 7:
		line := scripts.NextLine(s.draw, s.text, len(s.text) > 0)
		e, err := scripts.Event(1, line, s.text)
		if err != nil {
			panic(err)
		}
		s.add(e.Payload)
		s.at = min(s.at, len(s.text))
	}
}

// encode returns the records that say what events say.
func encode(events []event.Event) []eventlog.Record {
	records := make([]eventlog.Record, len(events))
	for i, e := range events {
		r := event.Encode(e.Payload)
		r.Stream, r.Revision, r.Time, r.Author, r.Client, r.Seq = e.Stream, e.Revision, e.Time, e.Author, e.Client, e.Seq
		records[i] = r
	}
	return records
}

// everything says everything that a thread knows.
func everything(t *projection.Thread) string {
	return fmt.Sprintf("%+v\n%+v\n%q", tell(t), t.Summary(), t.Freeze(nil))
}

// oneByOne folds as live edits are folded.
func oneByOne(t *testing.T, events []event.Event) *projection.Thread {
	t.Helper()
	th := projection.NewThread(scripts.Stream)
	for _, e := range events {
		if _, err := th.Apply(e); err != nil {
			t.Fatal(err)
		}
	}
	return th
}

// Law 5 for runs: folded at once, also from and to the middle of one, they make
// the thread that their records make one by one.
func TestRunsEqualTheirRecords(t *testing.T) {
	draw := scripts.Seeded(seeds.For(t))
	n := seeds.Rounds(400)
	for range n {
		s := session{draw: draw}
		if draw(3) > 0 {
			s.add(event.Opened{Title: "one"})
		}
		for range 1 + draw(25) {
			s.goOn()
		}
		records := encode(s.events)
		log := packed(t, draw, 1+draw(200), records)
		head := len(s.events)
		if head == 0 {
			continue
		}
		through := 1 + draw(head)
		th := projection.NewThread(scripts.Stream)
		for _, at := range []int{through, through + draw(head-through+1), head} {
			if err := th.Follow(t.Context(), projection.NewSource(log, log, nil), eventlog.Revision(at)); err != nil {
				t.Fatalf("to %d of %d: %v", at, head, err)
			}
			if got, want := everything(th), everything(oneByOne(t, s.events[:at])); got != want {
				t.Fatalf("to %d, then %d of %d records:\n%.3000s\none by one:\n%.3000s\n%v", through, at, head, got, want, changes(s.events[:at]))
			}
		}
		again := projection.NewThread(scripts.Stream)
		if err := again.Advance(log.Read(t.Context(), scripts.Stream, 0), 0); err != nil || everything(again) != everything(th) {
			t.Fatalf("advanced by records, %v:\n%.3000s\nby runs:\n%.3000s", err, everything(again), everything(th))
		}
		// The negative control: one record told otherwise is seen.
		e := slices.Clone(s.events)
		if last := &e[len(e)-1]; draw(2) == 0 {
			last.Time++
		} else {
			last.Author = scripts.AuthorID("dan")
		}
		if everything(oneByOne(t, e)) == everything(th) {
			t.Fatal("another last record is not seen")
		}
	}
}

// changes lists a history so that it can be pasted into a script.
func changes(events []event.Event) (s script) {
	for _, e := range events {
		what := event.Kind(e.Payload)
		if c, ok := e.Payload.(event.Changed); ok {
			what = c.Change.String()
		}
		s = append(s, scripts.AuthorName(e.Author)+" "+what)
	}
	return s
}

// A record that cannot follow is refused in its place, in a run or not.
func TestRunsThatCannotFollowAreDamage(t *testing.T) {
	s := session{draw: scripts.Seeded(1), text: nil}
	for range 20 {
		s.put(len(s.text), len(s.text), []uint16{'a'})
	}
	for name, spoil := range map[string]func(r []eventlog.Record) []eventlog.Record{
		"a gap":            func(r []eventlog.Record) []eventlog.Record { return append(r[:9:9], r[10:]...) },
		"another text":     func(r []eventlog.Record) []eventlog.Record { r[10] = reshaped(r[10], "[[0,1],3]"); return r },
		"a foreign record": func(r []eventlog.Record) []eventlog.Record { r[10].Kind, r[10].Text = "connected", nil; return r },
	} {
		records := spoil(encode(s.events))
		seg := eventlog.Segment{Stream: scripts.Stream, First: 1}
		pack(&seg, records)
		th := projection.NewThread(scripts.Stream)
		err := th.Follow(t.Context(), projection.NewSource(nil, segmentLog{[]eventlog.Segment{seg}}, nil), 0)
		if name == "a gap" {
			// Segments number their records, so one that is missing shows in the text.
			if err == nil {
				t.Errorf("%s is not seen", name)
			}
			continue
		}
		if err == nil || th.Revision != 10 {
			t.Errorf("%s: %v at revision %d, want an error after 10", name, err, th.Revision)
		}
	}
}

func reshaped(r eventlog.Record, shape string) eventlog.Record {
	r.Shape = []byte(shape)
	return r
}

// A segmentLog has these segments and nothing else.
type segmentLog struct {
	segments []eventlog.Segment
}

func (l segmentLog) Segments(ctx context.Context, _ eventlog.Stream, _ eventlog.Revision) iter.Seq2[eventlog.Segment, error] {
	return l.AllSegments(ctx)
}

func (l segmentLog) AllSegments(context.Context) iter.Seq2[eventlog.Segment, error] {
	return func(yield func(eventlog.Segment, error) bool) {
		for _, s := range l.segments {
			if !yield(s, nil) {
				return
			}
		}
	}
}

func (p *packedLog) AllSegments(context.Context) iter.Seq2[eventlog.Segment, error] {
	return func(yield func(eventlog.Segment, error) bool) {
		for _, stream := range p.streams {
			if !p.cut(p.records[stream], 0, func(s eventlog.Segment) bool { return yield(s, nil) }) {
				return
			}
		}
	}
}
