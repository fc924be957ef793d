package revert

import (
	"cmp"
	"slices"

	"parodywave/projection"
)

// A hop is a projection.Move with the break that moves with it: the units from..to of
// the text before stand at position at of the text after.
type hop struct {
	from, to, at int
	above, below bool // which of its breaks moves with it
	pieces       []piece
}

// findHops finds the hops of the change. A run of lines takes the break behind it
// along, or the one before it, if it is deleted here and inserted there.
func (r *Reversal) findHops(moves []projection.Move) {
	r.hops, r.arrivals = r.hops[:0], r.arrivals[:0]
	for _, m := range moves {
		r.hops = append(r.hops, hop{from: m.From, to: m.To, at: m.At})
	}
	slices.SortFunc(r.hops, func(a, b hop) int { return cmp.Compare(a.from, b.from) })
	taken := map[int]bool{} // the positions where inserted breaks are
	for i := range r.hops {
		h := &r.hops[i]
		end := h.at + h.to - h.from
		if r.states { // its breaks may be of other lines
		} else if r.changes(h.to, section.deletes) && r.changes(end, section.inserts) && !taken[end] {
			h.to++
			h.below = true
			taken[end] = true
		} else if last := h.from - 1; (i == 0 || r.hops[i-1].to <= last) &&
			r.changes(last, section.deletes) && r.changes(h.at-1, section.inserts) && !taken[h.at-1] {
			h.from--
			h.at--
			h.above = true
			taken[h.at] = true
		}
		r.arrivals = append(r.arrivals, i)
	}
	slices.SortFunc(r.arrivals, func(a, b int) int { return cmp.Compare(r.hops[a].at, r.hops[b].at) })
}

// deletes compares what s deletes with a position of the text before, and inserts what
// it inserts with one of the text after.
func (s section) deletes(pos int) int { return beside(s.FromA, s.ToA, pos) }
func (s section) inserts(pos int) int { return beside(s.FromB, s.ToB, pos) }

func beside(from, to, pos int) int {
	switch {
	case to <= pos:
		return -1
	case from > pos:
		return 1
	}
	return 0
}

// changes reports whether the change deletes or inserts the unit at a position.
func (r *Reversal) changes(pos int, where func(section, int) int) bool {
	_, is := slices.BinarySearchFunc(r.sections, pos, where)
	return is
}

// hopAt returns the hop of the unit at a position of the text before, nil for none,
// and up to where that holds.
func (r *Reversal) hopAt(pos int) (h *hop, end int) {
	i, _ := slices.BinarySearchFunc(r.hops, pos+1, func(h hop, end int) int { return cmp.Compare(h.to, end) })
	switch {
	case i == len(r.hops):
		return nil, int(^uint(0) >> 1)
	case r.hops[i].from > pos:
		return nil, r.hops[i].from
	}
	return &r.hops[i], r.hops[i].to
}

// lift takes x along. Text that the edits move keeps its rank, and its ghosts stay. Text
// that others move is a line of its own from now on.
func (r *Reversal) lift(h *hop, x piece) {
	switch {
	case r.ours && x.kind == ghost:
		r.push(x)
		return
	case r.ours:
		x.moved = x.kind != mine
	default:
		x.moved, x.rank, x.ahead, x.line = false, 0, false, x.kind == kept
	}
	h.pieces = append(h.pieces, x)
}

// liftBefore takes the ghosts at the beginning of the line along if h begins there.
func (r *Reversal) liftBefore(h *hop, at int) {
	if at > h.from || r.ours {
		return
	}
	n := len(h.pieces)
	for x := absent(r.left); x != nil && x.kind == ghost && !slices.Contains(x.units, lineBreak); x = absent(r.left) {
		r.lift(h, r.unpush())
	}
	slices.Reverse(h.pieces[n:])
}

// liftBehind takes those at the end of a text without a last break along.
func (r *Reversal) liftBehind(h *hop, at int) {
	if at < h.to || r.ours || len(r.right) > ghosts(r.right) {
		return
	}
	for x := absent(r.right); x != nil && !slices.Contains(x.units, lineBreak); x = absent(r.right) {
		r.lift(h, r.pop())
	}
}

// arrive writes what s inserts, from position at of the text after on; before that, an
// earlier hop did. It returns where that ends.
func (r *Reversal) arrive(s *section, at int) int {
	for at < s.ToB {
		for len(r.arrivals) > 0 && r.hops[r.arrivals[0]].at < at {
			r.arrivals = r.arrivals[1:]
		}
		end := s.ToB
		if len(r.arrivals) > 0 {
			h := &r.hops[r.arrivals[0]]
			if h.at == at {
				h.adopt(r.ours)
				for _, x := range h.pieces {
					r.push(x)
				}
				r.skip(h.to - h.from)
				at += h.to - h.from
				continue
			}
			end = min(end, h.at)
		}
		r.insert(s.Insert[at-s.FromB : end-s.FromB])
		at = end
	}
	return at
}

// adopt makes a break of the edits at an end of h others' own if others moved lines of
// others with it: they wrote it there.
func (h *hop) adopt(ours bool) {
	if ours || !slices.ContainsFunc(h.pieces, func(x piece) bool { return x.kind == kept }) {
		return
	}
	if x := &h.pieces[0]; h.above && x.kind == mine {
		rest := x.split(1)
		x.kind = kept
		h.pieces = slices.Insert(h.pieces, 1, rest)
	}
	if x := &h.pieces[len(h.pieces)-1]; h.below && x.kind == mine {
		last := x.split(x.n - 1)
		last.kind = kept
		h.pieces = append(h.pieces, last)
	}
}
