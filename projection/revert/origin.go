package revert

import (
	"slices"

	"parodywave/eventlog"
	"parodywave/eventlog/ot"
)

// maxLooks is how many pieces are looked at for the origins of one record. Text
// without one by then is new.
const maxLooks = 1 << 24

// origin returns the revision that the next of n inserted units come from, 0 for new
// ones, and how many do.
func (r *Reversal) origin(n int) (rev eventlog.Revision, k int) {
	if len(r.origins) == 0 {
		return 0, n
	}
	o := &r.origins[0]
	rev, k = o.Revision, min(n, o.Units)
	if o.Units -= k; o.Units == 0 {
		r.origins = r.origins[1:]
	}
	return rev, k
}

// skip goes past the origins of n inserted units.
func (r *Reversal) skip(n int) {
	for n > 0 && len(r.origins) > 0 {
		_, k := r.origin(n)
		n -= k
	}
}

// revive writes units of revision rev at the gap. They are those of pieces that are not
// in the text, as far as there are such. Other units that the edits bring back were not
// in the text without them, and what the edits wrote never is.
func (r *Reversal) revive(units []uint16, rev eventlog.Revision) {
	for whole := true; len(units) > 0; {
		f := r.find(units, rev, whole)
		switch whole = f.n > 0; {
		case f.n == 0:
			for f.n = 1; !ot.Boundary(units, f.n); f.n++ {
			}
			r.reviveOther(rev, f.n)
		case f.near:
			r.reviveNear(f)
		default:
			r.reviveFar(f)
		}
		units = units[f.n:]
	}
}

// reviveOther brings back n units that no piece has.
func (r *Reversal) reviveOther(rev eventlog.Revision, n int) {
	x := piece{tag: tag{in: true}, n: n}
	_, own := slices.BinarySearch(r.own, rev)
	if own && !r.ours {
		r.lost = max(0, r.lost-n)
	}
	if own || r.ours {
		x.want = never
	}
	r.push(x)
}

// A finding says where text is that comes back: units from..from+n of a piece.
type finding struct {
	side    *[]piece
	i       int // the index of the piece
	from, n int
	near    bool // nothing in the text is between it and the gap
}

// find returns where a beginning of units of revision rev is, in a piece that is not in
// the text: at the gap the first that has all units, or that has all of a run of rev, and
// of those first one that a Plan would have brought back; then one that the record deletes;
// then one elsewhere that is just the units. Units that follow others which no piece has
// are not whole: they must be a run of rev.
func (r *Reversal) find(units []uint16, rev eventlog.Revision, whole bool) finding {
	look := func(side *[]piece, i int, near, any bool) (f finding) {
		x, start := &(*side)[i], 0
		if r.looks -= 1 + len(x.spans); x.in || r.looks < 0 || !r.comes(x, near) || !any && !x.wanted(r.stays) {
			return f
		}
		for _, s := range x.spans {
			end := start + s.Length
			for k := start; s.Revision == rev && k < end; k++ {
				n, _ := ot.Common(x.units[k:end], units)
				all, run := whole && n == len(units), k == start && k+n == end
				if n > 0 && (near && all && (r.ours || x.want != home) || near && run || all && run || x.back < 0 && (all || run)) {
					return finding{side: side, i: i, from: k, n: n, near: near}
				}
			}
			start = end
		}
		return f
	}
	a, b := zone(r.left), zone(r.right)
	for _, any := range []bool{r.stays == nil, true} {
		for i := range a + b {
			side, at := &r.left, len(r.left)-a+i
			if i >= a {
				side, at = &r.right, len(r.right)-1-(i-a)
			}
			if f := look(side, at, true, any); f.n > 0 {
				return f
			}
		}
	}
	for i := range r.passing {
		if f := look(&r.passing, i, true, true); f.n > 0 {
			f.near = false
			return f
		}
	}
	for _, side := range []*[]piece{&r.right, &r.left} {
		for i := len(*side) - 1 - zone(*side); i >= 0; i-- {
			if f := look(side, i, false, true); f.n > 0 {
				return f
			}
		}
	}
	return finding{}
}

// comes reports whether a record may bring x back, at the gap or elsewhere. In the text
// without the edits, they never move what is at home.
func (r *Reversal) comes(x *piece, near bool) bool {
	if r.ours && x.want == home && r.moves[x.move].state == open {
		return near && r.moves[x.move].rev < r.t.Revision
	}
	return !r.lies(x)
}

// lies reports whether x, which is not in the text, never comes back.
func (r *Reversal) lies(x *piece) bool {
	switch x.want {
	case home:
		return r.moves[x.move].state == left
	case here:
		return r.moves[x.move].state == back
	}
	return x.want == anchor
}

// cut takes what was found out of its piece.
func (f *finding) cut() (before, x, behind piece) {
	before = (*f.side)[f.i]
	behind = before.split(f.from + f.n)
	x = before.split(f.from)
	return before, x, behind
}

// reviveNear brings text back in its own place.
func (r *Reversal) reviveNear(f finding) {
	before, x, behind := f.cut()
	if f.side == &r.left {
		for len(r.left) > f.i {
			r.right = append(r.right, r.unpush())
		}
	} else {
		for len(r.right) > f.i+1 {
			r.push(r.pop())
		}
	}
	r.pop()
	if behind.n > 0 {
		r.right = append(r.right, behind)
	}
	r.push(before)
	switch x.want {
	case here:
		r.push(piece{tag: tag{in: true, want: here, move: x.move}, n: x.n})
		return
	case home:
		if r.hurt = append(r.hurt, x.move); r.ours {
			r.moves[x.move].state = back
		}
		r.moves[x.move].part = true
	}
	r.comesBack(x.n)
}

// reviveFar brings text back elsewhere: the edits move it there, and what others bring
// back is where they want it.
func (r *Reversal) reviveFar(f finding) {
	before, x, behind := f.cut()
	moved := piece{tag: tag{in: true}, n: x.n}
	rest := []piece{before, behind}
	switch {
	case f.side == &r.passing:
		moved.want = x.want
	case !r.ours && (x.want == home || x.want == here):
		r.moves[x.move].part = r.moves[x.move].part || x.want == home
		r.hurt = append(r.hurt, x.move)
	case r.ours && x.want == here && r.moves[x.move].state == open:
		moved.tag = tag{in: true, want: here, move: x.move}
	case r.ours:
		if r.move < 0 {
			r.move = r.newMove()
		}
		x.want, x.move, moved.want, moved.move = home, r.move, here, r.move
		rest = []piece{before, x, behind}
	}
	rest = slices.DeleteFunc(rest, func(y piece) bool { return y.n == 0 })
	if f.side == &r.right {
		slices.Reverse(rest)
	}
	*f.side = slices.Replace(*f.side, f.i, f.i+1, rest...)
	if moved.want == always && f.side != &r.passing {
		r.comesBack(moved.n)
	} else {
		r.push(moved)
	}
}
