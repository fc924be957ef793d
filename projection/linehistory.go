package projection

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
)

// A LineHistory is what happened to the lines of a line's Lineage.
type LineHistory struct {
	Line     LineID // in which the queried one lives on
	Revision eventlog.Revision
	Authors  []eventlog.AuthorID // of the thread
	// Passages are sorted by the last revision of each, the newest first.
	Passages []*Passage
	// Next is the Before of a query for older passages, 0 if there are none.
	Next eventlog.Revision
}

// A LineQuery selects a part of a line's history.
type LineQuery struct {
	Line   LineID            // also one that is dead or was joined into another
	At     eventlog.Revision // the last revision; 0: the head
	Before eventlog.Revision // only passages that ended before it; 0: all
	Limit  int               // at least 1; exceeded only by passages that end at the same revision
}

// ReplayLine folds the history of a line from the records of a stream. It takes two
// passes, since the lineage of a line is known only at the end. It returns an error that
// wraps eventlog.ErrNotFound when there is no such stream, revision or line.
func ReplayLine(ctx context.Context, log eventlog.Log, stream eventlog.Stream, q LineQuery) (*LineHistory, error) {
	t, kin := NewThread(stream), NewFamily()
	err := t.Fold(log.Read(ctx, stream, 0), q.At, nil, func(_ *event.Event, effect *Effect) { kin.Add(t, effect) })
	switch {
	case err != nil:
		return nil, err
	case t.Revision == 0 || t.Revision < q.At:
		return nil, fmt.Errorf("revision %d of thread %s: %w", max(q.At, 1), stream, eventlog.ErrNotFound)
	case !kin.Knows(q.Line):
		return nil, fmt.Errorf("line %s of thread %s at revision %d: %w", q.Line, stream, t.Revision, eventlog.ErrNotFound)
	}
	if q.Before == 0 {
		q.Before = t.Revision + 1
	}
	h := &LineHistory{Line: t.Resolve(q.Line), Revision: t.Revision, Authors: t.Authors()}
	w := newLineWatch(NewThread(stream), kin.Of(h.Line), q)
	if err := w.t.Fold(log.Read(ctx, stream, 0), h.Revision, w.before, w.after); err != nil {
		return nil, err
	}
	h.Passages, h.Next = w.page()
	return h, nil
}

// A lineWatch follows a thread and collects the passages of a lineage.
type lineWatch struct {
	t      *Thread
	lines  Lineage
	births map[eventlog.Revision]bool // of lines of the lineage
	query  LineQuery
	open   map[LineID]*Passage
	closed []*Passage

	// Of the event that is being applied.
	edits []edit
	was   []wasLine
}

// A wasLine is a line of the lineage as it was before an event. It has its units
// only if a passage may begin with the event.
type wasLine struct {
	id LineID
	stretch
	units []uint16
}

func newLineWatch(t *Thread, lines Lineage, q LineQuery) *lineWatch {
	w := &lineWatch{t: t, lines: lines, births: map[eventlog.Revision]bool{}, query: q, open: map[LineID]*Passage{}}
	for id := range lines {
		w.births[id.Revision] = true
	}
	return w
}

// before notes where the lines are that the next event may touch.
func (w *lineWatch) before(e *event.Event) {
	w.edits, w.was = w.edits[:0], w.was[:0]
	c := w.t.Change(e)
	if c == nil {
		return
	}
	next := 0
	for ed := range c.Edits() {
		w.edits = append(w.edits, ed)
		if !w.t.Written {
			continue
		}
		last, _ := w.t.lines.byPos(ed.ToA)
		first, _ := w.t.lines.byPos(ed.FromA)
		for i := max(first, next); i <= last; i++ {
			w.note(e, i)
		}
		next = last + 1
	}
}

func (w *lineWatch) note(e *event.Event, i int) {
	ln, start := w.t.lines.byIndex(i)
	if !w.lines.Has(ln.id, e.Revision) && !w.lines.Has(ln.id, e.Revision-1) {
		return
	}
	was := wasLine{id: ln.id, stretch: stretch{start, start + int(ln.length)}}
	author, known := w.t.numbers[e.Author]
	if w.births[e.Revision] || !known || !w.open[ln.id].goesOn(int(author), e.Time) {
		was.units = w.t.Units(was.from, was.to)
	}
	w.was = append(w.was, was)
}

func (w *lineWatch) find(id LineID) *wasLine {
	i := slices.IndexFunc(w.was, func(l wasLine) bool { return l.id == id })
	if i < 0 {
		return nil
	}
	return &w.was[i]
}

// after adds what the event did.
func (w *lineWatch) after(e *event.Event, _ *Effect) {
	t := w.t
	if len(t.effect.Hunks) == 0 { // nearly always
		for _, i := range t.effect.Touched {
			w.line(e, i, nil)
		}
		return
	}
	kin := w.kinship()
	touched := slices.Clone(t.effect.Touched)
	for _, h := range t.effect.Hunks {
		for i := range h.New {
			touched = append(touched, h.NewAt+i)
		}
	}
	slices.Sort(touched)
	for _, i := range slices.Compact(touched) {
		w.line(e, i, kin)
	}
	for _, h := range t.effect.Hunks {
		for _, id := range h.Old {
			w.gone(e, id)
		}
	}
}

// kinship returns "split" for each line that the event split and "joined" for each
// line that it joined another into.
func (w *lineWatch) kinship() map[LineID][]string {
	kin := map[LineID][]string{}
	for _, h := range w.t.effect.Hunks {
		for i, id := range h.New {
			if ln, _ := w.t.lines.byIndex(h.NewAt + i); id.Revision == w.t.Revision && !ln.splitFrom.IsZero() {
				kin[ln.splitFrom] = append(kin[ln.splitFrom], "split")
			}
		}
	}
	for _, h := range w.t.effect.Hunks {
		for _, id := range h.Old {
			if into := w.t.Resolve(id); into != id {
				kin[into] = append(kin[into], "joined")
			}
		}
	}
	return kin
}

// line adds what the event did to the line with index i.
func (w *lineWatch) line(e *event.Event, i int, kin map[LineID][]string) {
	ln, start := w.t.lines.byIndex(i)
	if !w.lines.Has(ln.id, e.Revision) {
		return
	}
	now, was, kinds := stretch{start, start + int(ln.length)}, w.find(ln.id), kin[ln.id]
	switch e.Payload.(type) {
	case event.Submitted:
		w.passage(e, ln.id, nil, now, "submitted")
		return
	case event.Redacted: // the log no longer has the text: show no earlier one
		if p := w.open[ln.id]; p != nil {
			p.sealed = true
		}
		w.passage(e, ln.id, nil, now, "redacted")
		w.open[ln.id].sealed = true
		return
	}
	switch {
	case ln.id.Revision != e.Revision:
		switch hunks := w.t.effect.Hunks; {
		case len(hunks) == 0:
		case Moved(ln.id, hunks):
			kinds = append(kinds, "moved")
		case Returned(ln.id, hunks):
			kinds = append(kinds, "returned")
		}
	case ln.splitFrom.IsZero():
		was, kinds = &wasLine{}, append(kinds, "born")
	default:
		was, kinds = w.find(ln.splitFrom), append(kinds, "split")
	}
	if ln.changed != e.Revision {
		was = nil
	} else if len(kinds) == 0 {
		kinds = []string{"edited"}
	}
	if len(kinds) > 0 {
		w.passage(e, ln.id, was, now, kinds...)
	}
}

// gone adds the end of a line, if it is dead.
func (w *lineWatch) gone(e *event.Event, id LineID) {
	if !w.lines.Has(id, e.Revision) || w.t.Resolve(id) != id {
		return
	}
	for _, h := range w.t.effect.Hunks {
		if slices.Contains(h.New, id) {
			return
		}
	}
	w.passage(e, id, w.find(id), stretch{}, "deleted")
}

// passage adds to the open passage of a line, or begins one. was is nil if the text
// of the line is unchanged.
func (w *lineWatch) passage(e *event.Event, id LineID, was *wasLine, now stretch, kinds ...string) {
	p := w.open[id]
	if author := int(w.t.lastNumber); !p.goesOn(author, e.Time) {
		w.close(p)
		p = &Passage{Line: id, From: e.Revision, Start: e.Time, Author: author}
		if was != nil {
			p.before = was.units
		} else {
			p.before = w.t.Units(now.from, now.to)
		}
		w.open[id] = p
	}
	if was != nil {
		p.changes = append(p.changes, within(w.edits, was.stretch, now, w.t.Units))
	}
	p.To, p.End = e.Revision, e.Time
	p.kind(kinds...)
}

// close keeps a passage that is over, and drops those that are too old for the
// page.
func (w *lineWatch) close(p *Passage) {
	if p == nil || p.To >= w.query.Before {
		return
	}
	w.closed = append(w.closed, p)
	if len(w.closed) > 4*w.query.Limit+64 {
		newestFirst(w.closed)
		w.closed = w.closed[:w.upTo(w.query.Limit+1)]
	}
}

// upTo returns the number of closed passages up to the n-th and those that end at
// the same revision.
func (w *lineWatch) upTo(n int) int {
	for n < len(w.closed) && w.closed[n].To == w.closed[n-1].To {
		n++
	}
	return min(n, len(w.closed))
}

func newestFirst(all []*Passage) {
	slices.SortFunc(all, func(a, b *Passage) int {
		return cmp.Or(cmp.Compare(b.To, a.To), cmp.Compare(b.From, a.From), cmp.Compare(b.Line.Revision, a.Line.Revision), cmp.Compare(b.Line.Ordinal, a.Line.Ordinal))
	})
}

// page returns the passages for the query, and the Next of the history.
func (w *lineWatch) page() ([]*Passage, eventlog.Revision) {
	for _, p := range w.open {
		if p.To < w.query.Before {
			w.closed = append(w.closed, p)
		}
	}
	newestFirst(w.closed)
	n := w.upTo(w.query.Limit)
	if n == len(w.closed) {
		return w.closed, 0
	}
	return w.closed[:n], w.closed[n-1].To
}
