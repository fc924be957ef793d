package revert

import (
	"iter"
	"slices"
)

const lineBreak = '\n'

// A piece is a run of units that stand in the text, which stay or, if they are
// mine, are deleted by the Plan. If n is 0 it is a tombstone, an anchor or a
// boundary. See the package comment for these.
type piece struct {
	n              int      // UTF-16 units in the text
	mine           bool     // the edits wrote it
	displaced      bool     // the edits moved it here from elsewhere in the original order
	anchor         bool     // a change inserts here
	boundary, weak bool     // a break of others stood here, or may have
	deleted        []uint16 // of a tombstone: others wrote it and the edits deleted it
	prev, next     *piece   // in the original order; nil while it is not in that

	pos int // in the text; set by setPositions
}

func (x *piece) isTombstone() bool { return len(x.deleted) > 0 }

// endsLine reports whether x is a tombstone of text that ends with a break.
func (x *piece) endsLine() bool {
	return len(x.deleted) > 0 && x.deleted[len(x.deleted)-1] == lineBreak
}

// extends reports whether next can be one piece with x.
func (x *piece) extends(next *piece) bool {
	return x.next == next && x.mine == next.mine && x.displaced == next.displaced && next.n > 0
}

// linkAfter puts x behind at in the original order.
func (x *piece) linkAfter(at *piece) {
	x.prev, x.next = at, at.next
	at.next.prev, at.next = x, x
}

func (x *piece) linkBefore(at *piece) { x.linkAfter(at.prev) }

func (x *piece) unlink() {
	x.prev.next, x.next.prev = x.next, x.prev
	x.prev, x.next = nil, nil
}

// pieces are those of a text. They have a gap, which follows the edits: people
// mostly continue where they were, so it moves little. Adjacent pieces of one kind
// are one piece.
type pieces struct {
	left, right []*piece // before and after the gap; right begins at its end
	pos         int      // of the gap: the units in left
	end         piece    // begins and ends the original order, which is a ring
	free        []*piece
}

// begin makes p the pieces of a text of n units by others.
func (p *pieces) begin(n int) {
	p.end.prev, p.end.next = &p.end, &p.end
	if n > 0 {
		x := p.fresh()
		x.n = n
		x.linkAfter(&p.end)
		p.pushRight(x)
	}
}

func (p *pieces) fresh() *piece {
	if n := len(p.free); n > 0 {
		x := p.free[n-1]
		p.free = p.free[:n-1]
		return x
	}
	return new(piece)
}

// drop ends x, which is not in the order of the text.
func (p *pieces) drop(x *piece) {
	if x.prev != nil {
		x.unlink()
	}
	*x = piece{}
	p.free = append(p.free, x)
}

// split cuts x after n units and returns the rest.
func (p *pieces) split(x *piece, n int) *piece {
	rest := p.fresh()
	rest.n, rest.mine, rest.displaced = x.n-n, x.mine, x.displaced
	rest.linkAfter(x)
	x.n = n
	return rest
}

// seek moves the gap to pos.
func (p *pieces) seek(pos int) {
	for p.pos < pos {
		p.pushLeft(p.take(pos - p.pos))
	}
	for p.pos > pos {
		x := p.left[len(p.left)-1]
		p.left = p.left[:len(p.left)-1]
		p.pos -= x.n
		if k := pos - p.pos; k > 0 {
			rest := p.split(x, k)
			p.left = append(p.left, x)
			p.pos = pos
			x = rest
		}
		p.pushRight(x)
	}
}

// take removes the piece behind the gap from the order of the text, at most n
// units of it.
func (p *pieces) take(n int) *piece {
	k := len(p.right) - 1
	x := p.right[k]
	if x.n > n {
		p.right[k] = p.split(x, n)
		return x
	}
	p.right = p.right[:k]
	return x
}

// neighbours returns the pieces on both sides of the gap; at an end of the text,
// the end.
func (p *pieces) neighbours() (left, right *piece) {
	left, right = &p.end, &p.end
	if n := len(p.left); n > 0 {
		left = p.left[n-1]
	}
	if n := len(p.right); n > 0 {
		right = p.right[n-1]
	}
	return left, right
}

func (p *pieces) pushLeft(x *piece) {
	p.pos += x.n
	if n := len(p.left); n > 0 && p.left[n-1].extends(x) {
		p.left[n-1].n += x.n
		p.drop(x)
		return
	}
	p.left = append(p.left, x)
}

func (p *pieces) pushRight(x *piece) {
	if n := len(p.right); n > 0 && x.extends(p.right[n-1]) {
		x.n += p.right[n-1].n
		p.drop(p.right[n-1])
		p.right[n-1] = x
		return
	}
	p.right = append(p.right, x)
}

// tombstoneMax is how many units a tombstone may have to be copied for what comes
// back before it.
const tombstoneMax = 64

// bury makes x, which stood in the text, a tombstone of units.
func (p *pieces) bury(x *piece, units []uint16) {
	if prev, next := x.prev, x.next; prev.isTombstone() {
		prev.deleted = append(prev.deleted, units...)
		p.drop(x)
	} else if next.isTombstone() && len(next.deleted) < tombstoneMax {
		next.deleted = slices.Concat(units, next.deleted)
		p.drop(x)
	} else {
		x.n, x.mine, x.displaced, x.deleted = 0, false, false, slices.Clone(units)
	}
}

// setPositions sets the positions of all pieces and returns those of the displaced
// ones.
func (p *pieces) setPositions() (displaced []int) {
	at := 0
	for x := range p.all() {
		if x.pos = at; x.displaced {
			displaced = append(displaced, at)
		}
		at += x.n
	}
	return displaced
}

// all yields the pieces in the order of the text.
func (p *pieces) all() iter.Seq[*piece] {
	return func(yield func(*piece) bool) {
		for _, x := range p.left {
			if !yield(x) {
				return
			}
		}
		for _, x := range slices.Backward(p.right) {
			if !yield(x) {
				return
			}
		}
	}
}
