package projection

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"slices"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
)

// A Hit is text that matched a pattern, from the record that completed it until
// the one after which it matched no more. It is the same hit as long as some of
// its characters are in a match, whatever is written around them, and wherever
// their line moves, is split or joined; of several matches that have some, the
// one that has most. Text that is replaced in one change by text with the same
// match stays a hit, too.
//
// Matches that appear in one line at one revision, and vanish at one, are one
// Hit.
type Hit struct {
	Line    LineID // that it appeared in
	Number  int    // the index that the line had then
	Text    string // what the line read when the hit appeared
	Matches [][2]int
	// Full is what the line read at its longest from then on, while nobody else
	// changed the line, who completed the match made no pause there of more than
	// half a minute, and the match stood.
	Full     string
	Appeared Moment
	Vanished Moment // zero: it is there
	Now      int    // index of the line that it is in; -1 where it vanished
}

// A Search is all that ever matched in a thread.
type Search struct {
	Thread *Thread
	Hits   []*Hit // by revision and, at one, by line
}

// ReplaySearch folds the records of a stream, up to a revision or, where at is
// 0, to the head. It returns an error that wraps eventlog.ErrNotFound when there
// is no such stream or revision. Of a line, what is looked at after an edit is
// as much as the pattern can reach, or the whole line where it looks around or
// may match without end.
func ReplaySearch(ctx context.Context, log eventlog.Log, stream eventlog.Stream, p *Pattern, at eventlog.Revision) (*Search, error) {
	s := newSearcher(NewThread(stream), p)
	if err := s.advance(log.Read(ctx, stream, 0), at); err != nil {
		return nil, err
	}
	if s.t.Revision < max(at, 1) {
		return nil, fmt.Errorf("revision %d of thread %s, which ends at %d: %w", max(at, 1), stream, s.t.Revision, eventlog.ErrNotFound)
	}
	return &Search{s.t, s.hits()}, nil
}

// A searcher follows a thread and keeps where its lines match.
type searcher struct {
	t    *Thread
	p    *Pattern
	open map[LineID][]found // in order
	all  []*Hit

	// Of the event that is being applied.
	edits   []edit
	redacts bool // they black out
	was     []wasFound
	units   []uint16
	next    []stretch
}

// A found is a match that stands, in units of its line.
type found struct {
	stretch
	hit *Hit
	// at is when its line was last changed by who completed it, in Unix
	// milliseconds; settled says that its Full is no more looked for.
	at      int64
	settled bool
	full    int // units of Full
}

// A wasFound is a line as it was before the event, with what matched in it.
type wasFound struct {
	id    LineID
	start int
	found []found
	units []uint16 // where text is replaced
}

func newSearcher(t *Thread, p *Pattern) *searcher {
	return &searcher{t: t, p: p, open: map[LineID][]found{}}
}

func (s *searcher) advance(records iter.Seq2[eventlog.Record, error], at eventlog.Revision) error {
	return s.t.advance(records, at, s.before, s.after)
}

// before takes the matches out of the lines that e touches.
func (s *searcher) before(e *event.Event) {
	s.edits, s.was = s.edits[:0], s.was[:0]
	c := changeOf(e)
	f, redacts := e.Payload.(event.Redacted)
	if s.redacts = redacts; redacts {
		c = &f.Change
	}
	if c == nil || c.Len() != s.t.text.length { // which Apply refuses
		return
	}
	author, known := s.t.numbers[e.Author]
	if !known {
		author = uint32(len(s.t.authors))
	}
	next := 0
	for ed := range c.Edits() {
		s.edits = append(s.edits, ed)
		if !s.t.Written || len(s.open) == 0 {
			continue
		}
		last, _ := s.t.lines.byPos(ed.ToA)
		first, _ := s.t.lines.byPos(ed.FromA)
		for i := first; i <= last; i++ {
			if i >= next {
				s.note(i)
			}
			s.settle(i, ed, int(author), e.Time)
		}
		next = max(next, last+1)
	}
}

func (s *searcher) note(i int) {
	ln, start := s.t.lines.byIndex(i)
	if all := s.open[ln.id]; len(all) > 0 {
		delete(s.open, ln.id)
		s.was = append(s.was, wasFound{id: ln.id, start: start, found: all})
	}
}

// settle sees to it that the matches in line i know what the line read, and
// that those of others look for nothing longer.
func (s *searcher) settle(i int, ed edit, author int, at int64) {
	ln, start := s.t.lines.byIndex(i)
	if len(s.was) == 0 || s.was[len(s.was)-1].id != ln.id {
		return
	}
	w := &s.was[len(s.was)-1]
	if ed.FromA < ed.ToA && len(ed.Insert) > 0 && w.units == nil {
		w.units = s.t.text.peek(nil, start, start+int(ln.length))
	}
	full, read := "", false
	for k := range w.found {
		f := &w.found[k]
		if f.settled {
			continue
		}
		f.settled = f.hit.Appeared.Author != author || at-f.at > passagePause
		touches := ed.FromA <= start+f.to && ed.ToA >= start+f.from
		if f.at = at; (f.settled || touches || ed.FromA < ed.ToA) && f.full < int(ln.length) {
			if !read {
				s.units = s.t.text.peek(s.units[:0], start, start+int(ln.length))
				full, read = ot.String(s.units), true
			}
			f.hit.Full, f.full = full, int(ln.length)
		}
	}
}

// after looks for matches in what e touched.
func (s *searcher) after(e *event.Event) {
	if len(s.edits) == 0 {
		return
	}
	if changeOf(e) != nil && len(s.edits) == 1 && len(s.t.effect.Hunks) == 0 && s.within() && (s.p.reach > 0 || s.p.in != nil) {
		s.around(e)
		return
	}
	var lines []int
	var now []stretch
	next := 0
	for _, ed := range s.edits {
		first, _ := s.t.lines.byPos(ed.FromB)
		last, _ := s.t.lines.byPos(ed.ToB)
		for i := max(first, next); i <= last; i++ {
			ln, start := s.t.lines.byIndex(i)
			s.units = s.t.text.peek(s.units[:0], start, start+int(ln.length))
			s.next = s.p.find(s.next[:0], s.units)
			for _, m := range s.next {
				lines, now = append(lines, i), append(now, stretch{start + m.from, start + m.to})
			}
		}
		next = max(next, last+1)
	}
	was := s.taken()
	for k, f := range s.relate(e, was, now) {
		ln, start := s.t.lines.byIndex(lines[k])
		f.stretch = stretch{now[k].from - start, now[k].to - start}
		if f.hit == nil {
			f.hit, f.full = s.appear(e, lines[k], ln, start, f.stretch), int(ln.length)
		}
		s.open[ln.id] = append(s.open[ln.id], f)
	}
}

// within reports whether the one edit is in one line, before and after.
func (s *searcher) within() bool {
	ed := s.edits[0]
	i, start := s.t.lines.byPos(ed.FromB)
	ln, _ := s.t.lines.byIndex(i)
	return ed.ToB <= start+int(ln.length) && len(s.t.effect.Touched) == 1 && s.t.effect.Touched[0] == i && len(s.was) <= 1
}

// A taken is a match that was there before the event, at its old position.
type taken struct {
	found
	abs   stretch
	units []uint16 // where text is replaced
}

func (s *searcher) taken() (all []taken) {
	for i := range s.was {
		for _, f := range s.was[i].found {
			all = append(all, s.was[i].take(f))
		}
	}
	return all
}

func (w *wasFound) take(f found) taken {
	t := taken{found: f, abs: stretch{w.start + f.from, w.start + f.to}}
	if w.units != nil {
		t.units = w.units[f.from:f.to]
	}
	return t
}

func (s *searcher) moment(e *event.Event) Moment {
	return Moment{e.Revision, int(s.t.lastNumber), e.Time}
}

// appear begins a hit in line i.
func (s *searcher) appear(e *event.Event, i int, ln *line, start int, m stretch) *Hit {
	h := &Hit{Line: ln.id, Number: i, Matches: [][2]int{{m.from, m.to}}, Appeared: s.moment(e), Now: -1}
	if n := len(s.all); n > 0 && s.all[n-1].Line == h.Line && s.all[n-1].Appeared == h.Appeared {
		h.Text = s.all[n-1].Text
	} else {
		s.units = s.t.text.peek(s.units[:0], start, start+int(ln.length))
		h.Text = ot.String(s.units)
	}
	h.Full = h.Text
	s.all = append(s.all, h)
	return h
}

// hits returns all of them as they stand at the end.
func (s *searcher) hits() []*Hit {
	if len(s.open) > 0 {
		start := 0
		for i, ln := range s.t.lines.all {
			for _, f := range s.open[ln.id] {
				f.hit.Now = i
				if !f.settled && f.full < int(ln.length) {
					f.hit.Full = ot.String(s.t.text.appendUnits(nil, start, start+int(ln.length)))
				}
			}
			start += int(ln.length) + 1
		}
	}
	slices.SortStableFunc(s.all, func(a, b *Hit) int {
		return cmp.Or(cmp.Compare(a.Appeared.Revision, b.Appeared.Revision), cmp.Compare(a.Number, b.Number),
			cmp.Compare(vanishing(a), vanishing(b)), cmp.Compare(a.Now, b.Now), cmp.Compare(a.Matches[0][0], b.Matches[0][0]))
	})
	out := s.all[:0]
	for _, h := range s.all {
		if n := len(out); n > 0 && out[n-1].Line == h.Line && out[n-1].Appeared == h.Appeared && out[n-1].Vanished == h.Vanished && out[n-1].Now == h.Now {
			last := out[n-1]
			last.Matches = append(last.Matches, h.Matches[0])
			if len(h.Full) > len(last.Full) {
				last.Full = h.Full
			}
			continue
		}
		out = append(out, h)
	}
	return out
}

// vanishing puts what is still there last.
func vanishing(h *Hit) eventlog.Revision {
	return h.Vanished.Revision - 1 // of 0: the greatest
}
