package revert

import (
	"slices"

	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/projection"
)

// A section is an edit of the change that is being applied, together with those
// that touch it: what is deleted stands before what is inserted there.
type section struct {
	ot.Edit
	old  int    // the index in Reversal.old where the text that it deletes begins
	gone []gone // the same as pieces, from left to right
	// anchor is the place in the original order of what it inserts; displaced says
	// whether the edits moved the lines around it.
	anchor    *piece
	displaced bool
}

// A gone piece was removed from the text at a position. move is an index of
// Reversal.moves, or -1 if the piece is deleted.
type gone struct {
	*piece
	at, move int
}

// before notes what the next event does, while what it deletes is still there.
func (r *Reversal) before(e *event.Event) {
	r.sections, r.old = r.sections[:0], r.old[:0]
	c := r.t.Change(e)
	if c == nil {
		return
	}
	if r.ours = r.mine(e); r.ours {
		r.edits++
		if !r.started {
			r.started = true
			r.pieces.begin(r.t.Len())
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
	r.old = r.t.AppendUnits(r.old, ed.FromA, ed.ToA)
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
		*s = section{Edit: ed, old: old, gone: s.gone[:0]}
		return
	}
	r.sections = append(r.sections, section{Edit: ed, old: old})
}

// after does to the pieces what the change did to the text. It removes everything
// first, since a move may go to a place before the one it came from.
func (r *Reversal) after(_ *event.Event, effect *projection.Effect) {
	if len(r.sections) == 0 {
		return
	}
	r.anchors, r.carried, r.written, r.breaks = r.anchors[:0], r.carried[:0], r.written[:0], 0
	r.takeMoves(effect.Moves)
	shift := 0
	for i := range r.sections {
		s := &r.sections[i]
		r.pieces.seek(s.FromA - shift)
		r.remove(s)
		shift += s.ToA - s.FromA
	}
	for i := range r.sections {
		r.delete(&r.sections[i])
	}
	r.liftMoves()
	done := 0 // up to here the text is as it is now
	for i := range r.sections {
		done = r.insert(&r.sections[i], done)
	}
	for _, x := range r.carried { // that were placed nowhere
		r.pieces.bury(x, []uint16{lineBreak})
	}
	for _, x := range r.anchors {
		r.pieces.drop(x)
	}
	r.reassignBreaks()
}

// remove takes what s deletes out of the text and anchors s in the original order.
func (r *Reversal) remove(s *section) {
	if s.FromA == s.ToA {
		s.anchor = r.anchor(r.place(s))
		r.addWeakBoundaries(s.anchor)
		return
	}
	var place *piece
	for at := s.FromA; at < s.ToA; {
		move, end := r.moveAt(at)
		x := r.pieces.take(min(end, s.ToA) - at)
		s.gone = append(s.gone, gone{x, at, move})
		at += x.n
		if place == nil || !x.displaced || place.displaced {
			place = x
		}
	}
	if len(s.Insert) > 0 {
		s.anchor, s.displaced = r.anchor(place), place.displaced
		r.addWeakBoundaries(s.anchor)
	}
}

// place returns the piece behind which s, which deletes nothing, inserts in the
// original order.
func (r *Reversal) place(s *section) *piece {
	left, right := r.pieces.neighbours()
	if left.displaced || right.displaced {
		return r.placeBeside(s, left, right)
	}
	if right.prev.endsLine() {
		return right.prev
	}
	return left
}

// anchor puts an anchor behind x in the original order, until the change is taken
// in.
func (r *Reversal) anchor(x *piece) *piece {
	anchor := r.pieces.fresh()
	anchor.anchor = true
	anchor.linkAfter(x)
	r.anchors = append(r.anchors, anchor)
	return anchor
}

// delete drops what s deletes, or makes tombstones of it.
func (r *Reversal) delete(s *section) {
	for _, g := range s.gone {
		if g.move >= 0 {
			continue
		}
		if len(r.moves) > 0 {
			if g = r.breaksOf(g); g.piece == nil {
				continue
			}
		}
		at := s.old + g.at - s.FromA
		units := r.old[at : at+g.n]
		if r.ours && !g.mine {
			r.pieces.bury(g.piece, units)
			continue
		}
		if g.mine && !r.ours {
			r.lost += g.n
		}
		r.joined = r.joined || !r.ours && r.shifted && slices.Contains(units, lineBreak)
		if !r.makeBoundary(g.piece, units) {
			r.pieces.drop(g.piece)
		}
	}
}

// insert inserts what s inserts, skipping the prefix (up to done) that an earlier
// move already placed. It returns where that ends.
func (r *Reversal) insert(s *section, done int) int {
	at := max(s.FromB, done)
	if at >= s.ToB {
		return done
	}
	r.pieces.seek(at)
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

// write inserts the units from..to of s, which no move brought. before and behind
// say whether a move brought what stands there.
func (r *Reversal) write(s *section, from, to int, before, behind bool) {
	if before {
		if x := r.placeBreak(s, from); x != nil {
			r.pieces.pushLeft(x)
			from++
		}
	}
	var last *piece
	if behind && from < to {
		if last = r.placeBreak(s, to-1); last != nil {
			to--
		}
	}
	if from < to {
		x := r.pieces.fresh()
		x.n, x.mine, x.displaced = to-from, r.ours, s.displaced
		x.linkBefore(s.anchor)
		r.pieces.pushLeft(x)
	}
	if last != nil {
		r.pieces.pushLeft(last)
	}
}
