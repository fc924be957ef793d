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
	for len(units) > 0 {
		f := r.find(units, rev)
		if f.n == 0 {
			f.n = 1
			own := r.isOwn(rev)
			if x := (piece{tag: tag{in: true}, n: 1}); own || r.ours {
				x.want = never
				r.push(x)
			} else {
				r.push(x)
			}
			if own && !r.ours {
				r.lost = max(0, r.lost-1)
			}
		} else if f.near {
			r.reviveNear(f)
		} else {
			r.reviveFar(f)
		}
		units = units[f.n:]
	}
}

// A finding says where text is that comes back: units from..from+n of a piece.
type finding struct {
	side    *[]piece
	i       int // the index of the piece
	from, n int
	near    bool // nothing in the text is between it and the gap
}

// find returns where units of revision rev are, in pieces that are not in the text: at the
// gap the first piece that begins with them or is their beginning, else the longest
// beginning there or, if there is none, anywhere. It prefers pieces that a Plan would have
// brought back.
func (r *Reversal) find(units []uint16, rev eventlog.Revision) (f finding) {
	f.near = true
	a, b := zone(r.left), zone(r.right)
	for i := len(r.left) - a; i < len(r.left); i++ {
		f = r.begins(&r.left, i, units, rev, f)
	}
	for k := range b {
		f = r.begins(&r.right, len(r.right)-1-k, units, rev, f)
	}
	for _, near := range []bool{true, false} {
		for _, wanted := range []bool{true, false} {
			for _, side := range []*[]piece{&r.right, &r.left} {
				from, to := len(*side)-zone(*side), len(*side)
				if !near {
					from, to = 0, from
				}
				for i := to - 1; i >= from && f.n == 0 && r.looks > 0; i-- {
					if x := &(*side)[i]; r.stays == nil || wanted == x.wanted(r.stays) {
						f.near = near
						r.look(side, i, units, rev, &f)
					}
				}
			}
		}
	}
	return f
}

// begins returns the finding of a piece at the gap that begins with units or is their
// beginning, and f if there is one already.
func (r *Reversal) begins(side *[]piece, i int, units []uint16, rev eventlog.Revision, f finding) finding {
	x := &(*side)[i]
	if f.n > 0 || x.in || len(x.spans) == 0 || x.spans[0].Revision != rev || !r.comes(x) || r.stays != nil && !x.wanted(r.stays) {
		return f
	}
	if n, _ := ot.Common(x.units[:x.spans[0].Length], units); n == len(units) || n == x.spans[0].Length {
		return finding{side: side, i: i, n: n, near: true}
	}
	return f
}

// look looks into one piece, for more than f.
func (r *Reversal) look(side *[]piece, i int, units []uint16, rev eventlog.Revision, f *finding) {
	x, start := &(*side)[i], 0
	if r.looks -= 1 + len(x.spans); x.in || !r.comes(x) {
		return
	}
	for _, s := range x.spans {
		end := start + s.Length
		for k := start; s.Revision == rev && k < end; k++ {
			if n, _ := ot.Common(x.units[k:end], units); n > f.n {
				f.side, f.i, f.from, f.n = side, i, k, n
			}
		}
		start = end
	}
}

// comes reports whether a record may bring x back: not the one that moves it.
func (r *Reversal) comes(x *piece) bool {
	return !r.lies(x) && !(r.ours && x.want == home && r.moves[x.move].rev == r.t.Revision)
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
		r.moves[x.move].settle(back)
	}
	r.comesBack(x.n)
}

// reviveFar brings text back elsewhere: the edits move it there, and what others bring
// back is where they want it.
func (r *Reversal) reviveFar(f finding) {
	before, x, behind := f.cut()
	moved := piece{tag: tag{in: true, want: here, move: x.move}, n: x.n}
	rest := []piece{before, behind}
	switch {
	case r.ours && x.want == always:
		if r.move < 0 {
			r.move = r.newMove()
		}
		x.want, x.move, moved.move = home, r.move, r.move
		rest = []piece{before, x, behind}
	case x.want == home:
		r.moves[x.move].settle(back)
		fallthrough
	case !r.ours:
		if x.want == here {
			r.hurt = append(r.hurt, x.move)
		}
		moved.tag = tag{in: true}
	}
	rest = slices.DeleteFunc(rest, func(y piece) bool { return y.n == 0 })
	if f.side == &r.right {
		slices.Reverse(rest)
	}
	*f.side = slices.Replace(*f.side, f.i, f.i+1, rest...)
	if moved.want == always {
		r.comesBack(moved.n)
	} else {
		r.push(moved)
	}
}
