package projection

import (
	"iter"
	"slices"
)

// A tract is a run of units that stand in the text, which are to stay or, if the
// edits in question wrote them, to go. With n = 0 it is a ghost, text that is to
// come back, a mark, or a seam.
//
// Tracts have two orders. The one of the text is that of a row, which has no
// ghosts. The other is how things would be without the edits, at home: every
// tract is in that. What is not away is in the same order in both.
type tract struct {
	n          int      // UTF-16 units in the text
	mine       bool     // the edits wrote it
	away       bool     // the edits moved it here, and it is at home elsewhere
	mark       bool     // a place at home where something is to be put
	seam, weak bool     // a break of others stood there at home, or may be missed
	ghost      []uint16 // the edits deleted it, and it is not their own
	prev, next *tract   // at home; nil if it is not there, for a while

	pos int // in the text; a Reversion's own
}

func (x *tract) isGhost() bool { return len(x.ghost) > 0 }

// endsLine reports whether x is text to come back that ends with a break.
func (x *tract) endsLine() bool {
	return len(x.ghost) > 0 && x.ghost[len(x.ghost)-1] == lineBreak
}

// goesWith reports whether next can be one tract with x.
func (x *tract) goesWith(next *tract) bool {
	return x.next == next && x.mine == next.mine && x.away == next.away && next.n > 0
}

// linkAfter puts x behind at, at home.
func (x *tract) linkAfter(at *tract) {
	x.prev, x.next = at, at.next
	at.next.prev, at.next = x, x
}

func (x *tract) linkBefore(at *tract) { x.linkAfter(at.prev) }

func (x *tract) unlink() {
	x.prev.next, x.next.prev = x.next, x.prev
	x.prev, x.next = nil, nil
}

// A row is the tracts of a text with a gap, which wanders to where the text is
// edited: people write on where they wrote, so the ways are short. Neighbours
// of one kind are one tract.
type row struct {
	left, right []*tract // before and after the gap; right begins at its end
	pos         int      // of the gap: the units in left
	home        tract    // begins and ends the other order, which is a ring
	free        []*tract
}

// begin makes p the row of a text of n units by others.
func (p *row) begin(n int) {
	p.home.prev, p.home.next = &p.home, &p.home
	if n > 0 {
		x := p.fresh()
		x.n = n
		x.linkAfter(&p.home)
		p.pushRight(x)
	}
}

func (p *row) fresh() *tract {
	if n := len(p.free); n > 0 {
		x := p.free[n-1]
		p.free = p.free[:n-1]
		return x
	}
	return new(tract)
}

// drop ends x, which is not in the row.
func (p *row) drop(x *tract) {
	if x.prev != nil {
		x.unlink()
	}
	*x = tract{}
	p.free = append(p.free, x)
}

// split cuts x after n units and returns the rest.
func (p *row) split(x *tract, n int) *tract {
	rest := p.fresh()
	rest.n, rest.mine, rest.away = x.n-n, x.mine, x.away
	rest.linkAfter(x)
	x.n = n
	return rest
}

// seek brings the gap to pos.
func (p *row) seek(pos int) {
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

// take takes the tract behind the gap out, at most n units of it.
func (p *row) take(n int) *tract {
	k := len(p.right) - 1
	x := p.right[k]
	if x.n > n {
		p.right[k] = p.split(x, n)
		return x
	}
	p.right = p.right[:k]
	return x
}

// neighbours returns the tracts at the gap, or those that begin and end all.
func (p *row) neighbours() (l, r *tract) {
	l, r = &p.home, &p.home
	if n := len(p.left); n > 0 {
		l = p.left[n-1]
	}
	if n := len(p.right); n > 0 {
		r = p.right[n-1]
	}
	return l, r
}

func (p *row) pushLeft(x *tract) {
	p.pos += x.n
	if n := len(p.left); n > 0 && p.left[n-1].goesWith(x) {
		p.left[n-1].n += x.n
		p.drop(x)
		return
	}
	p.left = append(p.left, x)
}

func (p *row) pushRight(x *tract) {
	if n := len(p.right); n > 0 && x.goesWith(p.right[n-1]) {
		x.n += p.right[n-1].n
		p.drop(p.right[n-1])
		p.right[n-1] = x
		return
	}
	p.right = append(p.right, x)
}

// settle gives the tracts their positions and returns those of what is away.
func (p *row) settle() (away []int) {
	at := 0
	for x := range p.all() {
		if x.pos = at; x.away {
			away = append(away, at)
		}
		at += x.n
	}
	return away
}

// all yields the tracts from left to right.
func (p *row) all() iter.Seq[*tract] {
	return func(yield func(*tract) bool) {
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
