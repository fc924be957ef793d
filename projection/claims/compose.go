package claims

import (
	"errors"
	"math"
	"slices"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
)

// A segment is a part of a deletion that comes back. Its first unit lay in line number
// line of d.lines.
type segment struct {
	d              *deletion
	from, to, line int
}

// composed is what some records deleted, in the order of the text.
type composed struct {
	segments []segment
	origins  []event.Origin
	units    int
}

// all returns everything that one record deleted.
func (r *remembered) all() *composed {
	c := &composed{}
	for i := range r.rest().deletions {
		if d := &r.more.deletions[i]; len(d.units) > 0 {
			c.add(segment{d: d, to: len(d.units)}, &cursor{})
		}
	}
	return c
}

// A cursor is a place in a deletion: the units before it, their breaks, and the span
// that it is in, which begins at pos.
type cursor struct{ at, line, span, pos int }

// add adds a segment with its line and its origins. Segments of a deletion come in
// order, with the cursor behind the one before.
func (c *composed) add(g segment, at *cursor) {
	for ; at.at < g.from; at.at++ {
		if g.d.units[at.at] == '\n' {
			at.line++
		}
	}
	g.line = at.line
	c.units += g.to - g.from
	if n := len(c.segments); n > 0 && c.segments[n-1].d == g.d && c.segments[n-1].to == g.from {
		c.segments[n-1].to = g.to
	} else {
		c.segments = append(c.segments, g)
	}
	for from := g.from; from < g.to; {
		s := &g.d.spans[at.span]
		if from >= at.pos+s.Length {
			at.span, at.pos = at.span+1, at.pos+s.Length
			continue
		}
		o := event.Origin{Units: min(at.pos+s.Length, g.to) - from, Revision: s.Revision, Author: s.Author}
		if s.Typed {
			o.Units, o.Revision = 1, o.Revision+eventlog.Revision(from-at.pos)
		}
		c.origins = append(c.origins, o)
		from += o.Units
	}
}

// An undoing makes the change that undoes some records, as an editor does: the inverse
// of each, carried over what others did since. The change inserts a mark for each part
// of a deletion, its index in parts, instead of the part's units.
type undoing struct {
	back  ot.Change
	parts []segment
	over  ot.Transformer
}

// compose returns what records deleted, all in all: their deletions in the order of the
// text, without what the same records inserted. It takes steps of the budget, and
// returns false if that is used up.
func (m *Memory) compose(revs []eventlog.Revision, budget *int) (*composed, bool) {
	u := undoing{back: ot.Keep(int(m.record(revs[0]).length))}
	for rev := revs[0]; rev <= revs[len(revs)-1]; rev++ {
		r := m.record(rev)
		_, own := slices.BinarySearch(revs, rev)
		steps := 1 + len(u.parts) + len(r.edits()) + r.inserted()/64
		var later []ot.Edit
		if own {
			later = slices.Collect(u.back.Edits())
			steps += len(later) * len(r.edits())
		}
		if *budget -= steps; *budget < 0 || len(u.parts) > math.MaxUint16 {
			return nil, false
		}
		var err error
		if own {
			err = u.undo(r, later)
		} else if c := r.change(); !c.IsEmpty() {
			u.back, err = u.over.Transform(u.back, c, false)
		}
		if err != nil {
			return nil, false
		}
	}
	c := &composed{}
	cursors := map[*deletion]*cursor{}
	for ed := range u.back.Edits() {
		for _, mark := range ed.Insert {
			g := u.parts[mark]
			at := cursors[g.d]
			if at == nil {
				at = &cursor{}
				cursors[g.d] = at
			}
			c.add(g, at)
		}
	}
	return c, true
}

// undo puts the inverse of r before back, which has these edits. Parts of a deletion are divided where back
// edits them; each part is one unit of the text between the two changes.
func (u *undoing) undo(r *remembered, later []ot.Edit) error {
	var undo, back ot.Builder
	var ranges []divided
	at := 0 // of the text after r
	for _, ed := range r.edits() {
		if ed == (placed{}) {
			continue
		}
		g := divide(int(ed.from), int(ed.to), later)
		marks, ok := u.mark(&g, r.rest().deletions)
		if !ok {
			return errForgotten
		}
		undo.Keep(g.from - at)
		undo.Replace(int(ed.n), marks)
		at = g.to
		ranges = append(ranges, g)
	}
	undo.Keep(int(r.length) - at)
	for _, ed := range later {
		back.Edit(between(ranges, ed.FromA), between(ranges, ed.ToA), ed.Insert)
	}
	back.KeepTo(between(ranges, int(r.length)))
	var err error
	u.back, err = undo.Change().Compose(back.Change())
	return err
}

// divided is a range that a record deletes, in parts that begin at starts.
type divided struct {
	from, to int
	starts   []int
}

func divide(from, to int, later []ot.Edit) divided {
	g := divided{from: from, to: to}
	if from == to {
		return g
	}
	g.starts = []int{from}
	for _, ed := range later {
		for _, at := range []int{ed.FromA, ed.ToA} {
			if at > g.starts[len(g.starts)-1] && at < to {
				g.starts = append(g.starts, at)
			}
		}
	}
	return g
}

// errForgotten: a redaction has emptied the memory since.
var errForgotten = errors.New("the deletion is forgotten")

// mark adds the parts of a range to u.parts, and returns their marks. It returns false
// if the deletion is forgotten.
func (u *undoing) mark(g *divided, deletions []deletion) (marks []uint16, ok bool) {
	if g.from == g.to {
		return nil, true
	}
	k, _ := slices.BinarySearchFunc(deletions, g.from, func(d deletion, at int) int { return d.at - at })
	for k < len(deletions) && len(deletions[k].units) == 0 {
		k++
	}
	if k == len(deletions) {
		return nil, false
	}
	for i, from := range g.starts {
		to := g.to
		if i+1 < len(g.starts) {
			to = g.starts[i+1]
		}
		marks = append(marks, uint16(len(u.parts)))
		u.parts = append(u.parts, segment{d: &deletions[k], from: from - g.from, to: to - g.from})
	}
	return marks, true
}

// between returns a position of the text before a record in the one whose ranges are
// one unit a part.
func between(ranges []divided, at int) int {
	less := 0
	for _, g := range ranges {
		switch {
		case at >= g.to:
			less += g.to - g.from - len(g.starts)
		case at > g.from:
			i, _ := slices.BinarySearch(g.starts, at)
			return g.from - less + i
		}
	}
	return at - less
}
