package revert

import "slices"

// makeBoundary makes a boundary of x, which others deleted and which was units,
// and reports whether it did.
func (r *Reversal) makeBoundary(x *piece, units []uint16) bool {
	if r.ours || x.mine || !r.shifted || !slices.Contains(units, lineBreak) {
		return false
	}
	*x = piece{boundary: true, prev: x.prev, next: x.next}
	for y := x.next; y.boundary || y.anchor; y = y.next { // what is written in its place stands before the last
		y.weak = false
	}
	for _, y := range []*piece{x.prev, x.next} {
		if y.boundary {
			y.weak = false
			r.pieces.drop(x)
			break
		}
	}
	return true
}

// boundaryBefore puts a boundary before x in the original order.
func (r *Reversal) boundaryBefore(x *piece) {
	if x.prev.boundary {
		x.prev.weak = false
		return
	}
	b := r.pieces.fresh()
	b.boundary = true
	b.linkBefore(x)
}

// addWeakBoundaries puts a weak boundary on each side of an anchor of others.
func (r *Reversal) addWeakBoundaries(anchor *piece) {
	if r.ours || !r.shifted {
		return
	}
	for _, at := range []*piece{anchor, anchor.next} {
		if !at.boundary && !at.prev.boundary {
			r.boundaryBefore(at)
			at.prev.weak = true
		}
	}
}

// A lineAhead is a line of the text that a Plan leads to: its boundaries, and the
// pieces that stay and would be joined to what is to stand before them, though
// they are in no line with that now.
type lineAhead struct {
	all             []*piece
	last            int  // position of the last unit that stays in this line; -1 for none
	boundary, mixed bool // since last: there is a boundary that is not weak; the edits wrote a break
}

// newBreaks returns the pieces before which a break is to be written, in the
// original order. Their positions must be set.
func (r *Reversal) newBreaks() (all []*piece) {
	if !r.joined {
		return nil
	}
	end, line := &r.pieces.end, lineAhead{last: -1}
	for x := end.next; x != end; x = x.next {
		switch {
		case x.boundary:
			line.all, line.boundary = append(line.all, x), line.boundary || !x.weak
		case x.n == 0:
			if slices.Contains(x.deleted, lineBreak) {
				all, line = line.choose(all), lineAhead{last: -1}
			}
		case x.mine:
			line.mixed = line.mixed || r.t.LineAt(x.pos) != r.t.LineAt(x.pos+x.n)
		default:
			if line.last >= 0 && r.t.Unit(x.pos) != lineBreak && (line.boundary || !line.mixed) && !r.inLine(line.last, x.pos) {
				line.all = append(line.all, x)
			}
			line.last, line.boundary, line.mixed = x.pos+x.n-1, false, false
			if r.t.LineAt(x.pos) != r.t.LineAt(x.pos+x.n) {
				if all, line.all = line.choose(all), nil; r.t.Unit(line.last) == lineBreak {
					line.last = -1
				}
			}
		}
	}
	return line.choose(all)
}

// choose adds, for each boundary of the line, the nearest piece that would be
// joined.
func (line *lineAhead) choose(all []*piece) []*piece {
	chosen := make([]bool, len(line.all))
	for i, x := range line.all {
		best := -1
		for k, y := range line.all {
			if x.boundary && !y.boundary && !chosen[k] && (best < 0 || max(k-i, i-k) <= max(best-i, i-best)) {
				best = k
			}
		}
		if best >= 0 {
			chosen[best] = true
		}
	}
	for k, x := range line.all {
		if chosen[k] {
			all = append(all, x)
		}
	}
	return all
}

// inLine reports whether a position stands before another in one line.
func (r *Reversal) inLine(a, b int) bool { return a < b && r.t.LineAt(a) == r.t.LineAt(b) }

// surplusBreak returns the piece whose last break is one too many, nil if there is
// none: the text does not end with a break now, and one is written elsewhere. A
// line that moves away from the end takes the break before it along.
func (r *Reversal) surplusBreak() *piece {
	if n := r.t.Len(); n == 0 || r.t.Unit(n-1) == lineBreak {
		return nil
	}
	x := r.pieces.end.prev
	for x.boundary || x.n > 0 && x.mine {
		x = x.prev
	}
	if x.n == 0 || r.t.Unit(x.pos+x.n-1) != lineBreak {
		return nil
	}
	return x
}
