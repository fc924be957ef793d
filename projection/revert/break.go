package revert

import "slices"

// placeBeside is place where at least one of the two pieces is displaced. Text that
// is written into a line that the edits moved, at its end or its beginning, belongs
// to the line; so does the break behind it, but not the line below.
func (r *Reversal) placeBeside(s *section, left, right *piece) *piece {
	begins := s.FromB == 0 || r.t.Unit(s.FromB-1) == lineBreak
	empty := s.ToB == r.t.Len() || r.t.Unit(s.ToB) == lineBreak
	switch {
	case right.displaced && begins && !empty && !slices.Contains(s.Insert, lineBreak):
		s.displaced = true
		return right.prev
	case left.displaced && (right.displaced || !begins):
		s.displaced = true
		return left
	case left.displaced:
		return right.prev
	}
	for last := left.next; last.isTombstone(); last = last.next {
		if last.endsLine() && !last.next.isTombstone() {
			return last
		}
	}
	return left
}

// breaksOf deals with the break at an end of a deleted piece if it stood beside
// lines that move, and returns what is left of the piece.
func (r *Reversal) breaksOf(g gone) gone {
	before, _ := r.moveAt(g.at - 1)
	behind, _ := r.moveAt(g.at + g.n)
	switch {
	case before < 0 && behind < 0:
	case g.mine && !r.ours:
		r.breaks++
	case g.mine:
	case !r.ours && !g.displaced && before >= 0:
		r.breakBehind(g.piece)
	case !r.ours && !g.displaced:
		r.breakBefore(g.piece)
	case r.ours && before >= 0:
		x := g.piece
		if g.piece = nil; x.n > 1 {
			g.piece, g.at = r.pieces.split(x, 1), g.at+1
		}
		r.carry(x)
	case r.ours:
		x := g.piece
		if g.piece = nil; x.n > 1 {
			g.piece, x = x, r.pieces.split(x, x.n-1)
		}
		r.carry(x)
	}
	return g
}

// carry keeps a break that the edits deleted beside what they moved. It becomes
// the one that they write beside that elsewhere.
func (r *Reversal) carry(x *piece) {
	x.displaced = true
	r.carried = append(r.carried, x)
}

// breakBehind moves the break at the beginning of the tombstones behind a line to
// their end, since x, which is deleted, is the break that the line had. Otherwise
// two lines and a third that comes back would become one when the first moves.
func (r *Reversal) breakBehind(x *piece) {
	first := x.prev
	for first.isTombstone() && first.prev.isTombstone() {
		first = first.prev
	}
	if !first.isTombstone() || first.deleted[0] != lineBreak || first.prev.n == 0 || first.prev.displaced {
		return
	}
	r.anchor(first.prev) // so that the tombstones do not count as the line's
	added := r.pieces.fresh()
	added.deleted = []uint16{lineBreak}
	added.linkBefore(x)
	if first.deleted = first.deleted[1:]; len(first.deleted) == 0 {
		r.pieces.drop(first)
	}
}

// breakBefore is breakBehind for a break x that stood before the line.
func (r *Reversal) breakBefore(x *piece) {
	last := x.next
	for last.isTombstone() && last.next.isTombstone() {
		last = last.next
	}
	if !last.endsLine() || last.next.n == 0 || last.next.displaced {
		return
	}
	r.anchor(last)
	added := r.pieces.fresh()
	added.deleted = []uint16{lineBreak}
	added.linkAfter(x)
	if last.deleted = last.deleted[:len(last.deleted)-1]; len(last.deleted) == 0 {
		r.pieces.drop(last)
	}
}

// placeBreak returns the break for a position of what s inserts, if it is one that
// the edits carried there, nil otherwise.
func (r *Reversal) placeBreak(s *section, at int) *piece {
	switch {
	case s.Insert[at-s.FromB] != lineBreak:
	case !r.ours:
		r.written = append(r.written, at)
	case len(r.carried) > 0:
		x := r.carried[0]
		r.carried = r.carried[1:]
		return x
	}
	return nil
}

// reassignBreaks makes the edits' own, for each break of theirs that was deleted
// beside a line that moved, a break that was written beside the line's new place.
// A boundary keeps several of them from all being deleted.
func (r *Reversal) reassignBreaks() {
	for _, at := range r.written {
		if r.breaks == 0 {
			return
		}
		row := r.t.RowAt(at)
		below := r.t.Row(row.Line + 1)
		r.pieces.seek(at)
		x := r.pieces.take(1)
		if !x.mine && !x.displaced && (x.onlyMine((*piece).before, at-row.Start) || x.onlyMine((*piece).after, below.Length)) {
			x.mine = true
			r.boundaryBefore(x)
			r.joined = true
			r.breaks--
			r.lost--
		}
		r.pieces.pushLeft(x)
	}
}

func (x *piece) before() *piece { return x.prev }
func (x *piece) after() *piece  { return x.next }

// onlyMine reports whether the edits wrote all n units beside x, and no tombstone
// is there.
func (x *piece) onlyMine(beside func(*piece) *piece, n int) bool {
	for y := beside(x); n > 0; y = beside(y) {
		if !y.mine || y.displaced {
			return false
		}
		n -= y.n
		x = y
	}
	return n < 0 || !beside(x).isTombstone()
}
