package revert

import (
	"cmp"
	"slices"

	"parodywave/eventlog"
	"parodywave/projection"
)

// A move is text of others that the edits moved. It has home pieces and here pieces.
type move struct {
	rev   eventlog.Revision
	state state
	part  bool // others have brought a part of it back
}

type state uint8

const (
	open state = iota // a Plan decides
	left              // others have altered it: it stays
	back              // others have brought it back
)

func (r *Reversal) newMove() int {
	r.moves = append(r.moves, move{rev: r.t.Revision})
	return len(r.moves) - 1
}

// A hop is a projection.Move, or a line break that moves with one: the units from..to
// of the text before stand at position at of the text after.
type hop struct {
	from, to, at int
	line         bool // it is no break
	move         int  // the same for a line and its break
	pieces       []piece
}

// findHops finds the hops of the change. A run of lines takes a break that is deleted
// beside it along, if one is inserted beside it.
func (r *Reversal) findHops(moves []projection.Move) {
	r.hops, r.arrivals = r.hops[:0], r.arrivals[:0]
	was, is := map[int]bool{}, map[int]bool{} // the breaks that are taken
	for i, m := range moves {
		h := hop{from: m.From, to: m.To, at: m.At, line: true, move: i}
		if r.ours {
			h.move = r.newMove()
		}
		r.hops = append(r.hops, h)
		from := r.free(was, section.deletes, m.To, m.From-1)
		to := r.free(is, section.inserts, m.At+m.To-m.From, m.At-1)
		if from >= 0 && to >= 0 && !r.states { // what a record states may be of other lines
			was[from], is[to] = true, true
			r.hops = append(r.hops, hop{from: from, to: from + 1, at: to, move: h.move})
		}
	}
	slices.SortFunc(r.hops, func(a, b hop) int { return cmp.Compare(a.from, b.from) })
	for i := range r.hops {
		r.arrivals = append(r.arrivals, i)
	}
	slices.SortFunc(r.arrivals, func(a, b int) int { return cmp.Compare(r.hops[a].at, r.hops[b].at) })
}

// free returns the first of two positions that the change deletes or inserts and that is
// not taken, -1 if neither is.
func (r *Reversal) free(taken map[int]bool, where func(section, int) int, all ...int) int {
	for _, pos := range all {
		if _, is := slices.BinarySearchFunc(r.sections, pos, where); is && !taken[pos] {
			return pos
		}
	}
	return -1
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

// lift takes x along; old is what it is in the text. Of what the edits move, the text
// without them keeps it here as well.
func (r *Reversal) lift(h *hop, x piece, old dead) {
	switch {
	case !x.in && r.lies(&x):
		return
	case !r.ours && x.want == here && r.moves[x.move].state != back: // others moved it again
		r.hurt = append(r.hurt, x.move)
		x.want, x.move = always, 0
	case r.ours && x.want == home:
		r.push(x)
		return
	case r.ours && x.want == always:
		if !x.in {
			old = dead{slices.Clone(x.units), slices.Clone(x.spans)}
		}
		r.push(piece{tag: tag{want: home, move: h.move}, n: x.n, dead: old})
		x.want, x.move, x.back = here, h.move, 0
	}
	h.pieces = append(h.pieces, x)
}

// liftBefore takes what is to come back at the beginning of the line along if h begins
// there.
func (r *Reversal) liftBefore(h *hop, at int) {
	if at > h.from || !h.line {
		return
	}
	var all []piece
	for absent(r.left) > 0 && r.left[len(r.left)-1].want != anchor && !r.left[len(r.left)-1].breaks() {
		all = append(all, r.unpush())
	}
	for _, x := range slices.Backward(all) {
		r.lift(h, x, dead{})
	}
}

// liftBehind takes what is to come back at the end of the line along.
func (r *Reversal) liftBehind(h *hop, at int) {
	for at == h.to && h.line && absent(r.right) > 0 && !r.right[len(r.right)-1].breaks() {
		r.lift(h, r.pop(), dead{})
	}
}

// arrive writes what s inserts, from position at of the text after on; before that, an
// earlier hop did. It returns where that ends.
func (r *Reversal) arrive(s *section, at int) int {
	r.move = -1
	for r.states && zone(r.left) > 0 {
		r.right = append(r.right, r.unpush())
	}
	for at < s.ToB {
		end := s.ToB
		if len(r.arrivals) > 0 {
			h := &r.hops[r.arrivals[0]]
			if h.at == at {
				for _, x := range h.pieces {
					r.push(x)
				}
				r.skip(h.to - h.from)
				at += h.to - h.from
				r.arrivals = r.arrivals[1:]
				continue
			}
			end = min(end, h.at)
		}
		r.insert(s.Insert[at-s.FromB : end-s.FromB])
		at = end
	}
	return at
}

// adopt makes a break of the edits others' own if others moved lines of others with it:
// they wrote it there.
func (r *Reversal) adopt() {
	lines := map[int]bool{}
	for _, h := range r.hops {
		lines[h.move] = lines[h.move] || h.line && slices.ContainsFunc(h.pieces, func(x piece) bool { return x.in && x.want == always })
	}
	for _, h := range r.hops {
		for i := range h.pieces {
			if !r.ours && !h.line && lines[h.move] && h.pieces[i].want == never {
				h.pieces[i].want = always
			}
		}
	}
}
