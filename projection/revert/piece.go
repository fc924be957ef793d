package revert

import (
	"slices"

	"parodywave/projection"
)

const lineBreak = '\n'

// A want says whether a piece is in the text without the edits. See the package comment.
type want uint8

const (
	always want = 0
	never  want = 4 // the edits inserted it
	home   want = 1 // it is unless its move is left: the edits took it from here
	here   want = 2 // it is if its move is left: the edits took it to here
	anchor want = 5 // no piece: it marks where a section inserts
)

// A tag is what pieces must have in common to be one.
type tag struct {
	in   bool // the text has it
	want want
	move int // of home and here: the index of the move
}

// A piece is a run of n units.
type piece struct {
	tag
	n    int
	back int // how many units came back together as this piece; 0: it did not; -1: it did, and that was taken back
	dead     // not in the text
}

// dead is deleted text: its units and what inserted them.
type dead struct {
	units []uint16
	spans []projection.Span
}

// take removes the first n units from d and returns them. Nothing that is added to
// these alters the rest.
func (d *dead) take(n int) dead {
	if len(d.units) == 0 {
		return dead{}
	}
	head := dead{units: d.units[:n:n]}
	d.units = d.units[n:]
	for n > 0 {
		s := &d.spans[0]
		k := min(n, s.Length)
		head.spans = append(head.spans, projection.Span{Length: k, Revision: s.Revision, Author: s.Author})
		if n -= k; k == s.Length {
			d.spans = d.spans[1:]
		} else {
			s.Length -= k
		}
	}
	return head
}

// split cuts x after k units and returns the rest.
func (x *piece) split(k int) piece {
	rest := *x
	rest.n, rest.back = x.n-k, 0
	x.n, x.back = k, 0
	x.dead = rest.dead.take(k)
	return rest
}

// joinMax is how many units a piece that is not in the text may have to be copied for
// what is deleted before it.
const joinMax = 64

// joins appends y to x if both can be one piece, and reports whether it did.
func (x *piece) joins(y *piece) bool {
	if x.tag != y.tag || x.want == anchor || x.back != 0 || y.back != 0 || len(y.units) > joinMax && len(y.units) > len(x.units) {
		return false
	}
	x.n += y.n
	x.units, x.spans = append(x.units, y.units...), append(x.spans, y.spans...)
	return true
}

// breaks reports whether x, which is not in the text, has a line break.
func (x *piece) breaks() bool { return slices.Contains(x.units, lineBreak) }

// A list is the pieces in the order of the text, with a gap that follows the edits:
// people mostly continue where they were, so it moves little.
type list struct {
	left, right []piece // before and behind the gap; right begins at its end
	pos         int     // of the gap in the text
}

// push puts x before the gap.
func (l *list) push(x piece) {
	if x.in {
		l.pos += x.n
	}
	if n := len(l.left); n > 0 && l.left[n-1].joins(&x) || x.n == 0 && x.want != anchor {
		return
	}
	l.left = append(l.left, x)
}

// unpush takes the piece before the gap out, and pop the one behind.
func (l *list) unpush() piece {
	x := l.left[len(l.left)-1]
	l.left = l.left[:len(l.left)-1]
	if x.in {
		l.pos -= x.n
	}
	return x
}

func (l *list) pop() piece {
	x := l.right[len(l.right)-1]
	l.right = l.right[:len(l.right)-1]
	return x
}

// seek moves the gap to a position of the text, before the pieces there that are not in
// it.
func (l *list) seek(pos int) {
	for l.pos < pos {
		x := l.pop()
		if k := pos - l.pos; x.in && x.n > k {
			l.right = append(l.right, x.split(k))
		}
		l.push(x)
	}
	for l.pos > pos || absent(l.left) > 0 {
		x := l.unpush()
		if k := pos - l.pos; k > 0 {
			l.right = append(l.right, x.split(k))
			l.push(x)
			return
		}
		l.right = append(l.right, x)
	}
}

// absent returns how many pieces beside the gap on a side are not in the text.
func absent(side []piece) (n int) {
	for n < len(side) && !side[len(side)-1-n].in {
		n++
	}
	return n
}

// zone is absent up to where another section inserts.
func zone(side []piece) (n int) {
	for n < len(side) && !side[len(side)-1-n].in && side[len(side)-1-n].want != anchor {
		n++
	}
	return n
}

// all returns the pieces in order.
func (l *list) all() []piece {
	all := slices.Clone(l.right)
	slices.Reverse(all)
	return slices.Concat(l.left, all)
}
