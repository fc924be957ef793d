package revert

import (
	"slices"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
)

// stated returns the origins that e states, nil if it states none.
func stated(e *event.Event) []event.Origin {
	switch f := e.Payload.(type) {
	case event.Changed:
		return f.Origins
	case *event.Changed:
		return f.Origins
	}
	return nil
}

// skip goes past the origins of n inserted units.
func (r *Reversal) skip(n int) {
	for n > 0 && len(r.origins) > 0 {
		_, k := r.origin(n)
		n -= k
	}
}

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

// insertStated writes units at the gap some of which come from earlier revisions.
func (r *Reversal) insertStated(units []uint16) {
	for len(units) > 0 {
		rev, n := r.origin(len(units))
		if part := units[:n]; rev > 0 {
			r.bringBack(part, rev)
		} else {
			r.write(part)
		}
		units = units[n:]
	}
}

// bringBack writes units of revision rev at the gap. They are those of ghosts, as far as
// there are such: here, or elsewhere, from where they then have moved. Others are new, or
// again those that the edits wrote. (A ghost may be of the edits' revision: a break that
// they moved with a line.)
func (r *Reversal) bringBack(units []uint16, rev eventlog.Revision) {
	_, own := slices.BinarySearch(r.own, rev)
	for len(units) > 0 {
		side, i, off, n := r.find(units, rev, false)
		if n == 0 && r.states && !r.ours {
			side, i, off, n = r.find(units, rev, true)
		}
		if n == 0 {
			if !own {
				r.write(units[:1])
			} else {
				r.push(piece{kind: mine, n: 1})
			}
			if own && !r.ours {
				r.lost = max(0, r.lost-1)
			}
			units = units[1:]
			continue
		}
		here := len(*side)-i <= ghosts(*side)
		for here && side == &r.left && len(r.left) > i {
			r.right = append(r.right, r.unpush())
		}
		for here && side == &r.right && len(r.right) > i+1 {
			r.push(r.pop())
		}
		if here {
			side, i = &r.right, len(r.right)-1
		}
		head := (*side)[i]
		tail := head.split(off + n)
		x := head.split(off)
		*side = slices.Delete(*side, i, i+1)
		rest := []piece{tail, head}
		if side == &r.left {
			rest = []piece{head, tail}
		}
		rest = slices.DeleteFunc(rest, func(x piece) bool { return x.n == 0 })
		*side = slices.Insert(*side, i, rest...)
		if here && head.n > 0 {
			r.push(r.pop())
		}
		temporary := x.temporary
		x = piece{kind: kept, n: n, rank: x.rank, moved: x.moved || !here, ahead: x.ahead, line: x.line}
		if !r.ours && !temporary {
			x.back, r.returned = n, true
		}
		if !here && (!r.ours || x.rank == 0) {
			x.rank, x.moved = 0, false
			x.ahead, x.line = r.sticks(units[:n])
		}
		r.push(x)
		units = units[n:]
	}
}

// maxLooks is how many spans are looked at for the origins of one record. Text
// without one by then is new.
const maxLooks = 1 << 24

// dropTemporary drops the ghosts that were only for this record.
func (r *Reversal) dropTemporary() {
	if is := func(x piece) bool { return x.temporary }; r.states {
		r.left, r.right = slices.DeleteFunc(r.left, is), slices.DeleteFunc(r.right, is)
	}
}

// find returns the longest beginning of units of revision rev in a ghost that is temporary
// or not, the nearest if there are several: the side and the index of the ghost, the offset in it, and the length.
func (r *Reversal) find(units []uint16, rev eventlog.Revision, temporary bool) (in *[]piece, at, off, n int) {
	for _, side := range []*[]piece{&r.right, &r.left} {
		for i := range slices.Backward(*side) {
			x, start := &(*side)[i], 0
			if r.looks -= 1 + len(x.spans); r.looks < 0 {
				return in, at, off, n
			}
			if x.temporary != temporary {
				continue
			}
			for _, s := range x.spans {
				for k := start; s.Revision == rev && k < start+s.Length; k++ {
					if m, _ := ot.Common(x.units[k:start+s.Length], units); m > n {
						in, at, off, n = side, i, k, m
					}
				}
				start += s.Length
			}
			if n == len(units) {
				return in, at, off, n
			}
		}
	}
	return in, at, off, n
}
