package revert

import (
	"slices"

	"parodywave/projection"
)

const lineBreak = '\n'

// A kind says in which text a piece is. See the package comment.
type kind uint8

const (
	kept   kind = iota // with and without the edits
	mine               // with the edits only: they wrote it
	ghost              // without the edits only: they deleted it
	anchor             // in none: it marks where a section inserts
)

// A piece is a run of n units of one kind.
type piece struct {
	kind      kind
	moved     bool // the edits moved it here
	ahead     bool // of no rank: it belongs to the piece behind it
	line      bool // of no rank: it belongs to none that moved
	temporary bool // a ghost until the record is applied: others deleted it
	n         int
	rank      int // of the first unit, the others follow; 0: it belongs to the piece before
	back      int // kept: how long the ghost was as which it came back; 0: it did not
	dead          // of a ghost
}

// dead is deleted text: its units and what inserted them.
type dead struct {
	units []uint16
	spans []projection.Span
}

func (x *piece) inText() bool { return x.kind == kept || x.kind == mine }

// split cuts x after k units and returns the rest.
func (x *piece) split(k int) piece {
	rest := *x
	rest.n, rest.back = x.n-k, 0
	x.n, x.back = k, 0
	if x.rank > 0 {
		rest.rank += k
	}
	if x.kind == ghost {
		x.dead = rest.dead.take(k)
	}
	return rest
}

// joins appends y to x if both can be one piece, and reports whether it did.
func (x *piece) joins(y *piece) bool {
	switch {
	case x.kind != y.kind || x.moved != y.moved || x.ahead != y.ahead || x.line != y.line || x.temporary != y.temporary || x.back+y.back > 0 || x.kind == anchor:
		return false
	case x.rank == 0 && y.rank > 0 || x.rank > 0 && x.rank+x.n != y.rank:
		return false
	}
	x.n += y.n
	x.units, x.spans = append(x.units, y.units...), append(x.spans, y.spans...)
	return true
}

// take removes the first n units from d and returns them. Nothing that is added to
// these alters the rest.
func (d *dead) take(n int) dead {
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

// A list is the pieces in the order of the text, with a gap that follows the edits:
// people mostly continue where they were, so it moves little.
type list struct {
	left, right []piece // before and behind the gap; right begins at its end
	pos         int     // of the gap in the text
}

// push puts x before the gap.
func (l *list) push(x piece) {
	if x.inText() {
		l.pos += x.n
	}
	if n := len(l.left); n > 0 && l.left[n-1].joins(&x) || x.n == 0 && x.kind != anchor {
		return
	}
	l.left = append(l.left, x)
}

// pop takes the piece behind the gap out, and unpush the one before.
func (l *list) pop() piece {
	x := l.right[len(l.right)-1]
	l.right = l.right[:len(l.right)-1]
	return x
}

func (l *list) unpush() piece {
	x := l.left[len(l.left)-1]
	l.left = l.left[:len(l.left)-1]
	if x.inText() {
		l.pos -= x.n
	}
	return x
}

// seek moves the gap to a position of the text, before the ghosts there.
func (l *list) seek(pos int) {
	for l.pos < pos {
		x := l.pop()
		if k := pos - l.pos; x.inText() && x.n > k {
			l.right = append(l.right, x.split(k))
		}
		l.push(x)
	}
	for l.pos > pos || absent(l.left) != nil {
		x := l.unpush()
		if k := pos - l.pos; k > 0 {
			l.right = append(l.right, x.split(k))
			l.push(x)
			return
		}
		l.right = append(l.right, x)
	}
}

// absent returns the piece beside the gap on a side if it is not in the text, nil
// otherwise.
func absent(side []piece) *piece {
	if n := len(side); n > 0 && !side[n-1].inText() {
		return &side[n-1]
	}
	return nil
}

// ghosts returns how many pieces beside the gap on a side are not in the text.
func ghosts(side []piece) (n int) {
	for n < len(side) && !side[len(side)-1-n].inText() {
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
