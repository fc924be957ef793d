package projection

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
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
	query  LineQuery
	open   map[LineID]*Passage
	closed []*Passage
	units  map[LineID][]uint16 // what the lineage's lines read, or read last
	ended  map[LineID]bool     // the lines that are not in the text

	// Of the event that is being applied.
	edits []edit
	was   []wasLine
	old   map[LineID][]uint16 // what lines read before it, if they read something else now
}

// A wasLine is where a line of the lineage stood before an event that may touch it.
type wasLine struct {
	id LineID
	stretch
}

func newLineWatch(t *Thread, lines Lineage, q LineQuery) *lineWatch {
	return &lineWatch{t: t, lines: lines, query: q, open: map[LineID]*Passage{}, units: map[LineID][]uint16{}, ended: map[LineID]bool{}, old: map[LineID][]uint16{}}
}

// before notes where the lines are that the next event may touch.
func (w *lineWatch) before(e *event.Event) {
	w.edits, w.was = w.edits[:0], w.was[:0]
	clear(w.old)
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
	w.was = append(w.was, wasLine{ln.id, stretch{start, start + int(ln.length)}})
}

func (w *lineWatch) find(id LineID) *wasLine {
	i := slices.IndexFunc(w.was, func(l wasLine) bool { return l.id == id })
	if i < 0 {
		return nil
	}
	return &w.was[i]
}

// after adds what the event did.
func (w *lineWatch) after(e *event.Event, effect *Effect) {
	kin := w.kinship()
	for _, i := range effect.Lines() {
		w.line(e, i, kin)
	}
	for _, h := range effect.Hunks {
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
	id, from := ln.id, ln.splitFrom
	if !w.lines.Has(id, e.Revision) {
		return
	}
	now, kinds := stretch{start, start + int(ln.length)}, slices.Clone(kin[id])
	before, lived := w.units[id]
	lived = lived && !w.ended[id]
	was, after := w.find(id), w.t.Units(now.from, now.to)
	w.old[id], w.units[id] = before, after
	delete(w.ended, id)
	switch e.Payload.(type) {
	case event.Submitted:
		w.passage(e, id, after, nil, "submitted")
		return
	case event.Redacted: // the log no longer has the text: show no earlier one
		w.seal(id)
		w.passage(e, id, after, nil, "redacted")
		w.seal(id)
		return
	}
	switch {
	case lived && Moved(id, w.t.effect.Hunks):
		kinds = append(kinds, "moved")
	case lived:
	case id.Revision != e.Revision: // an author takes the change back that had ended it
		w.seal(id)
		w.passage(e, id, after, nil, append(kinds, "returned")...)
		return
	case from.IsZero():
		before, was, kinds = nil, &wasLine{}, append(kinds, "born")
	default:
		before, was, kinds = w.read(from), w.find(from), append(kinds, "split")
	}
	switch {
	case lived && slices.Equal(before, after):
		if len(kinds) > 0 {
			w.passage(e, id, after, nil, kinds...)
		}
		return
	case len(kinds) == 0:
		kinds = []string{"edited"}
	}
	w.passage(e, id, before, w.changed(before, was, after, now), kinds...)
}

// gone adds the end of a line: it is dead, or part of a line from which it comes back.
// A line of the lineage that it is joined into for good tells of that itself.
func (w *lineWatch) gone(e *event.Event, id LineID) {
	if !w.lines.Has(id, e.Revision) {
		return
	}
	for _, h := range w.t.effect.Hunks {
		if slices.Contains(h.New, id) {
			return
		}
	}
	before, kind := w.read(id), "deleted"
	if w.ended[id] = true; w.t.Resolve(id) != id {
		kind = "joined"
	}
	if kind == "deleted" || !w.lines.Has(w.t.Resolve(id), e.Revision) {
		w.passage(e, id, before, w.changed(before, w.find(id), nil, stretch{}), kind)
	}
}

// read returns what a line read before the event, or last.
func (w *lineWatch) read(id LineID) []uint16 {
	if units, ok := w.old[id]; ok {
		return units
	}
	return w.units[id]
}

// changed returns the change of a line. was is nil for a line that the edits do not
// touch: the net law gave another piece its identity, or it was split from a line that
// had ended.
func (w *lineWatch) changed(before []uint16, was *wasLine, after []uint16, now stretch) *ot.Change {
	var c ot.Change
	if was != nil {
		c = within(w.edits, was.stretch, now, w.t.Units)
	} else {
		prefix, suffix := ot.Common(before, after)
		c = ot.Replace(len(before), prefix, len(before)-suffix, after[prefix:len(after)-suffix])
	}
	return &c
}

// seal closes the open passage of a line.
func (w *lineWatch) seal(id LineID) {
	if p := w.open[id]; p != nil {
		p.sealed = true
	}
}

// passage adds to the open passage of a line, or begins one with the line before. The
// change is nil if the line reads as before.
func (w *lineWatch) passage(e *event.Event, id LineID, before []uint16, c *ot.Change, kinds ...string) {
	p := w.open[id]
	if author := int(w.t.lastNumber); !p.goesOn(author, e.Time) {
		w.close(p)
		p = &Passage{Line: id, From: e.Revision, Start: e.Time, Author: author, before: before}
		w.open[id] = p
	}
	if c != nil {
		p.changes = append(p.changes, *c)
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
