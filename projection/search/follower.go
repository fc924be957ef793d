package search

import (
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/projection"
)

// A span is the units from..to of a line or a text.
type span struct{ from, to int }

// A follower watches a thread being folded and keeps where its lines match.
type follower struct {
	t    *projection.Thread
	p    *Pattern
	open map[projection.LineID][]match // that stand, from left to right
	all  []*Hit

	// Of the event that is being applied.
	edits   []ot.Edit
	redacts bool // the edits are those of a redaction
	was     []touched
	effect  *projection.Effect
	units   []uint16
	next    []span
}

// A match stands in a line, at a span of its units.
type match struct {
	span
	hit *Hit
	// at is when the author who completed the match last changed the line, in
	// Unix milliseconds; settled says that Hit.Full changes no more.
	at      int64
	settled bool
	full    int // length of Hit.Full, in units
}

// A touched line had matches, and the event touches it. It is as it was before.
type touched struct {
	id      projection.LineID
	start   int
	matches []match
	units   []uint16 // if the event replaces text in it
}

// before takes the matches out of the lines that the next event touches.
func (f *follower) before(e *event.Event) {
	f.edits, f.was = f.edits[:0], f.was[:0]
	c := f.t.Change(e)
	r, redacts := e.Payload.(event.Redacted)
	if f.redacts = redacts; redacts && r.Change.Len() == f.t.Len() {
		c = &r.Change
	}
	if c == nil {
		return
	}
	author, known := f.t.AuthorIndex(e.Author)
	if !known {
		author = len(f.t.Authors())
	}
	next := 0
	for ed := range c.Edits() {
		f.edits = append(f.edits, ed)
		if !f.t.Written || len(f.open) == 0 {
			continue
		}
		last, first := f.t.LineAt(ed.ToA), f.t.LineAt(ed.FromA)
		for i := first; i <= last; i++ {
			row := f.t.Row(i)
			if i >= next {
				f.touch(&row)
			}
			f.settle(&row, ed, author, e.Time)
		}
		next = max(next, last+1)
	}
}

// touch takes the matches out of a line.
func (f *follower) touch(row *projection.Row) {
	if all := f.open[row.ID]; len(all) > 0 {
		delete(f.open, row.ID)
		f.was = append(f.was, touched{id: row.ID, start: row.Start, matches: all})
	}
}

// settle updates Hit.Full of the matches in a line before an edit changes the
// line, and settles those that another author completed, or this one too long
// ago.
func (f *follower) settle(row *projection.Row, ed ot.Edit, author int, at int64) {
	if len(f.was) == 0 || f.was[len(f.was)-1].id != row.ID {
		return
	}
	w := &f.was[len(f.was)-1]
	if ed.FromA < ed.ToA && len(ed.Insert) > 0 && w.units == nil {
		w.units = f.t.AppendUnits(nil, row.Start, row.Start+row.Length)
	}
	full, read := "", false
	for k := range w.matches {
		m := &w.matches[k]
		if m.settled {
			continue
		}
		m.settled = m.hit.Appeared.Author != author || at-m.at > projection.PassagePause
		touches := ed.FromA <= row.Start+m.to && ed.ToA >= row.Start+m.from
		if m.at = at; (m.settled || touches || ed.FromA < ed.ToA) && m.full < row.Length {
			if !read {
				f.units = f.t.AppendUnits(f.units[:0], row.Start, row.Start+row.Length)
				full, read = ot.String(f.units), true
			}
			m.hit.Full, m.full = full, row.Length
		}
	}
}

// after looks for matches in the lines that the event touched.
func (f *follower) after(_ *event.Event, effect *projection.Effect) {
	if f.effect = effect; len(f.edits) == 0 {
		return
	}
	if len(f.edits) == 1 && !f.redacts && f.p.local() && f.within() {
		f.around()
		return
	}
	var rows []projection.Row
	var now []span
	next := 0
	for _, ed := range f.edits {
		last, first := f.t.LineAt(ed.ToB), f.t.LineAt(ed.FromB)
		for i := max(first, next); i <= last; i++ {
			row := f.t.Row(i)
			f.units = f.t.AppendUnits(f.units[:0], row.Start, row.Start+row.Length)
			f.next = f.p.find(f.next[:0], f.units)
			for _, m := range f.next {
				rows, now = append(rows, row), append(now, span{row.Start + m.from, row.Start + m.to})
			}
		}
		next = max(next, last+1)
	}
	var was []stood
	for i := range f.was {
		for _, m := range f.was[i].matches {
			was = append(was, f.was[i].stood(m))
		}
	}
	for k, m := range f.relate(was, now) {
		row := &rows[k]
		m.span = span{now[k].from - row.Start, now[k].to - row.Start}
		if m.hit == nil {
			m.hit, m.full = f.appear(row, m.span), row.Length
		}
		f.open[row.ID] = append(f.open[row.ID], m)
	}
}

// within reports whether the one edit is within one line, before and after.
func (f *follower) within() bool {
	if len(f.effect.Hunks) > 0 || len(f.effect.Touched) != 1 || len(f.was) > 1 {
		return false
	}
	ed := f.edits[0]
	row := f.t.RowAt(ed.FromB)
	return ed.ToB <= row.Start+row.Length && f.effect.Touched[0] == row.Line
}

// A stood match was there before the event, at a span of the text before.
type stood struct {
	match
	text  span
	units []uint16 // if the event replaces text in the line
}

func (w *touched) stood(m match) stood {
	s := stood{match: m, text: span{w.start + m.from, w.start + m.to}}
	if w.units != nil {
		s.units = w.units[m.from:m.to]
	}
	return s
}
