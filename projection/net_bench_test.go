package projection_test

import (
	"math"
	"testing"
	"time"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/projection"
	"parodywave/projection/scripts"
)

// inTurns gives the events to two authors, each of whom makes n in a row.
func inTurns(events []event.Event, n int) []event.Event {
	for i := range events {
		if i/n%2 == 1 {
			events[i].Author, events[i].Client = scripts.AuthorID("ben"), eventlog.ClientID{2}
		}
	}
	return events
}

// fourPeople returns random histories of four people, one after the other.
func fourPeople(b *testing.B, n int) (histories [][]event.Event) {
	draw := scripts.Seeded(4)
	for range n {
		l := makeLife(draw, 30, false)
		l.people = 4
		w, err := l.live(anyThread())
		if err != nil {
			b.Fatal(err)
		}
		t := anyThread()
		var events []event.Event
		for i, line := range w.script {
			e, err := scripts.Event(i+1, line, t.Units(0, t.Len()))
			if err == nil {
				_, err = t.Apply(e)
			}
			if err != nil {
				b.Fatal(err)
			}
			events = append(events, e)
		}
		histories = append(histories, events)
	}
	return histories
}

// foldAll folds each history into a thread of its own, and returns the last one.
func foldAll(b *testing.B, histories [][]event.Event) (t *projection.Thread) {
	for _, events := range histories {
		t = anyThread()
		for i := range events {
			if _, err := t.Apply(events[i]); err != nil {
				b.Fatal(err)
			}
		}
	}
	return t
}

// BenchmarkNetLaw measures how many times as long a fold takes, and how many times as
// many bytes a snapshot has, by the net law as by the keystroke rule of before. Folds
// by both alternate; the fastest of each counts.
func BenchmarkNetLaw(b *testing.B) {
	compare := func(name string, histories func(b *testing.B) [][]event.Event) {
		b.Run(name, func(b *testing.B) {
			all := histories(b)
			edits := 0
			for _, events := range all {
				edits += len(events)
			}
			least := [2]time.Duration{math.MaxInt64, math.MaxInt64}
			var size [2]float64
			for b.Loop() {
				for rule := range least {
					undo := func() {}
					if rule == 0 {
						undo = projection.KeystrokeRule()
					}
					began, used := time.Now(), cpuTime()
					t := foldAll(b, all)
					took := cpuTime() - used
					if used == 0 { // it is not known
						took = time.Since(began)
					}
					least[rule] = min(least[rule], took)
					undo()
					size[rule] = float64(len(t.Freeze(nil)))
				}
			}
			b.ReportMetric(float64(least[0].Nanoseconds())/float64(edits), "keystroke-ns/edit")
			b.ReportMetric(float64(least[1].Nanoseconds())/float64(edits), "net-ns/edit")
			b.ReportMetric(float64(least[1])/float64(least[0]), "times-as-long")
			b.ReportMetric(size[1]/size[0], "times-the-snapshot")
		})
	}
	trace := func(turn int) func(b *testing.B) [][]event.Event {
		return func(b *testing.B) [][]event.Event {
			changes, _ := scripts.Trace(b, "automerge-paper.json.gz", 100_000)
			return [][]event.Event{inTurns(scripts.Events(changes), turn)}
		}
	}
	compare("one author", trace(100_000))
	compare("two authors in turns of 500", trace(500))
	compare("two authors in turns of 5", trace(5))
	compare("two people at the same time", func(b *testing.B) [][]event.Event {
		changes, authors := scripts.Concurrent(b, "friendsforever.json.gz")
		events := scripts.Events(changes)
		for i, author := range authors {
			if author == 1 {
				events[i].Author, events[i].Client = scripts.AuthorID("ben"), eventlog.ClientID{2}
			}
		}
		return [][]event.Event{events}
	})
	compare("four people", func(b *testing.B) [][]event.Event { return fourPeople(b, 300) })
}

// BenchmarkKeyInWidePatch measures a key in the middle of a patch that differs from
// the lines before in nearly as many units as it may.
func BenchmarkKeyInWidePatch(b *testing.B) {
	for _, c := range []struct {
		name  string
		lines int
	}{{"of one line", 1}, {"of 1,000 lines", 1000}} {
		b.Run(c.name, func(b *testing.B) {
			t, e := widePatch(b, c.lines)
			at := t.Len() / 2
			s := newStopwatch(b)
			for i := 0; b.Loop(); i++ {
				change := ot.Replace(t.Len(), at, at, []uint16{'x'})
				if i%2 == 1 {
					change = ot.Replace(t.Len(), at, at+1, nil)
				}
				e.Payload = event.Changed{Change: change}
				if _, err := t.Apply(e); err != nil {
					b.Fatal(err)
				}
				e.Revision++
			}
			s.report(1)
		})
	}
}

// widePatch returns a thread in which ben has put other text in place of all of
// the lines of ana, and his next event. One line differs in its last unit alone.
func widePatch(b *testing.B, lines int) (*projection.Thread, event.Event) {
	const wide = 60 << 10
	text := func(u uint16) (all []uint16) {
		for i := range wide {
			switch {
			case lines == 1 && i < wide-1:
				all = append(all, 'a'+uint16(i%7))
			case lines > 1 && i%(wide/lines) == 0:
				all = append(all, '\n')
			default:
				all = append(all, u+uint16(i%7))
			}
		}
		return all
	}
	t := anyThread()
	e := event.Event{Stream: scripts.Stream, Revision: 1, Author: scripts.AuthorID("ana"),
		Payload: event.Changed{Change: ot.Replace(0, 0, 0, text('a'))}}
	apply := func() {
		if _, err := t.Apply(e); err != nil {
			b.Fatal(err)
		}
		e.Revision++
	}
	apply()
	e.Author = scripts.AuthorID("ben")
	e.Payload = event.Changed{Change: ot.Replace(wide, 0, wide, text('n'))}
	apply()
	return t, e
}
