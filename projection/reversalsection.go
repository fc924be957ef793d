package projection

import (
	"slices"

	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
)

// A section is an edit of the change that a Reversal takes in, with those that
// touch it: what is deleted stands before what is put there.
type section struct {
	edit
	old  int    // where in Reversal.old what it deletes begins
	gone []gone // the same, from left to right
	// mark is where at home stands what it inserts; away tells whether the
	// edits in question moved the lines around it.
	mark *tract
	away bool
}

// A gone tract was taken out of the row. move is an index of Reversal.moves, or
// -1 if it is deleted.
type gone struct {
	*tract
	at, move int
}

// before takes in what a change does, while what it deletes is still there.
func (r *Reversal) before(e *event.Event) {
	r.sections, r.old = r.sections[:0], r.old[:0]
	c := changeOf(e)
	if c == nil || c.Len() != r.t.text.length { // which Apply refuses
		return
	}
	if r.ours = r.mine(e); r.ours {
		r.edits++
		if !r.started {
			r.started = true
			r.row.begin(r.t.text.length)
		}
	}
	if !r.started || r.then == 0 {
		r.then = e.Time
	}
	if !r.started {
		return
	}
	if only, ok := c.Only(); ok {
		r.section(only)
		return
	}
	for ed := range c.Edits() {
		r.section(ed)
	}
}

func (r *Reversal) section(ed ot.Edit) {
	old := len(r.old)
	if r.started {
		r.old = r.t.text.appendUnits(r.old, ed.FromA, ed.ToA)
	}
	if n := len(r.sections); n > 0 {
		if last := &r.sections[n-1]; last.FromA < last.ToA && last.ToA == ed.FromA {
			last.ToA, last.ToB = ed.ToA, ed.ToB
			last.Insert = slices.Concat(last.Insert, ed.Insert)
			return
		}
	}
	if n := len(r.sections); n < cap(r.sections) {
		r.sections = r.sections[:n+1]
		s := &r.sections[n]
		*s = section{edit: ed, old: old, gone: s.gone[:0]}
		return
	}
	r.sections = append(r.sections, section{edit: ed, old: old})
}

// after does to the tracts what the change did to the text: all that goes goes
// first, since a move may come to stand before where it was.
func (r *Reversal) after(*event.Event) {
	if len(r.sections) == 0 {
		return
	}
	r.marks, r.carried, r.written, r.breaks = r.marks[:0], r.carried[:0], r.written[:0], 0
	r.transits()
	shift := 0
	for i := range r.sections {
		s := &r.sections[i]
		r.row.seek(s.FromA - shift)
		r.takeOut(s)
		shift += s.ToA - s.FromA
	}
	for i := range r.sections {
		r.bury(&r.sections[i])
	}
	r.lift()
	done := 0 // of the text after
	for i := range r.sections {
		done = r.putIn(&r.sections[i], done)
	}
	for _, x := range r.carried { // but nowhere to
		r.row.bury(x, []uint16{lineBreak})
	}
	for _, x := range r.marks {
		r.row.drop(x)
	}
	r.handBreaks()
}

// takeOut takes what s deletes out of the row and marks where at home the place
// of s is.
func (r *Reversal) takeOut(s *section) {
	if s.FromA == s.ToA {
		s.mark = r.mark(r.place(s))
		r.loosen(s.mark)
		return
	}
	var place *tract
	for at := s.FromA; at < s.ToA; {
		move, end := r.transitAt(at)
		x := r.row.take(min(end, s.ToA) - at)
		s.gone = append(s.gone, gone{x, at, move})
		at += x.n
		if place == nil || !x.away || place.away {
			place = x
		}
	}
	if len(s.Insert) > 0 {
		s.mark, s.away = r.mark(place), place.away
		r.loosen(s.mark)
	}
}

// place returns behind what at home stands what is inserted at the gap, where
// nothing is deleted.
func (r *Reversal) place(s *section) *tract {
	left, right := r.row.neighbours()
	if left.away || right.away {
		return r.placeBeside(s, left, right)
	}
	if right.prev.endsLine() {
		return right.prev
	}
	return left
}

// mark puts a mark behind x at home, until the change is taken in.
func (r *Reversal) mark(x *tract) *tract {
	mark := r.row.fresh()
	mark.mark = true
	mark.linkAfter(x)
	r.marks = append(r.marks, mark)
	return mark
}

// bury ends what s deletes, or has it come back.
func (r *Reversal) bury(s *section) {
	for _, g := range s.gone {
		if g.move >= 0 {
			continue
		}
		if len(r.moves) > 0 {
			if g = r.breaksOf(g); g.tract == nil {
				continue
			}
		}
		at := s.old + g.at - s.FromA
		units := r.old[at : at+g.n]
		if r.ours && !g.mine {
			r.row.bury(g.tract, units)
			continue
		}
		if g.mine && !r.ours {
			r.lost += g.n
		}
		r.joined = r.joined || !r.ours && r.shifted && slices.Contains(units, lineBreak)
		if !r.seamed(g.tract, units) {
			r.row.drop(g.tract)
		}
	}
}

// ghostJoin is how long, in units, a ghost may be to be copied for what comes
// back before it.
const ghostJoin = 64

// bury makes x, which stood in the text, a ghost of units.
func (p *row) bury(x *tract, units []uint16) {
	if prev, next := x.prev, x.next; prev.isGhost() {
		prev.ghost = append(prev.ghost, units...)
		p.drop(x)
	} else if next.isGhost() && len(next.ghost) < ghostJoin {
		next.ghost = slices.Concat(units, next.ghost)
		p.drop(x)
	} else {
		x.n, x.mine, x.away, x.ghost = 0, false, false, slices.Clone(units)
	}
}

// putIn puts what s inserts in, but for what a move brought there that began
// before, up to done. It returns where what it put in ends.
func (r *Reversal) putIn(s *section, done int) int {
	at := max(s.FromB, done)
	if at >= s.ToB {
		return done
	}
	r.row.seek(at)
	moved := false // what ends at at
	for at < s.ToB {
		end, next := s.ToB, r.arrival(at)
		if next != nil && next.At == at {
			r.land(next, s)
			at, moved = at+next.len(), true
			continue
		}
		beside := next != nil && next.At <= end
		if beside {
			end = next.At
		}
		r.write(s, at, end, moved, beside)
		at, moved = end, false
	}
	return at
}

// write puts in what s inserts at from..to and no move brought; it says whether
// one brought what stands before and behind that.
func (r *Reversal) write(s *section, from, to int, before, behind bool) {
	if before {
		if x := r.landBreak(s, from); x != nil {
			r.row.pushLeft(x)
			from++
		}
	}
	var last *tract
	if behind && from < to {
		if last = r.landBreak(s, to-1); last != nil {
			to--
		}
	}
	if from < to {
		x := r.row.fresh()
		x.n, x.mine, x.away = to-from, r.ours, s.away
		x.linkBefore(s.mark)
		r.row.pushLeft(x)
	}
	if last != nil {
		r.row.pushLeft(last)
	}
}
