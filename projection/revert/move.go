package revert

import (
	"cmp"
	"slices"

	"parodywave/eventlog/ot"
	"parodywave/projection"
)

// A move is a Move of the change that is being applied.
type move struct {
	projection.Move
	block []*piece // what moves, in the order of the text
	chain []*piece // what moves in the original order; empty if that stays there
}

func (m *move) len() int { return m.To - m.From }

// takeMoves keeps the moves of the change.
func (r *Reversal) takeMoves(moves []projection.Move) {
	r.moves, r.arrivals = r.moves[:0], r.arrivals[:0]
	for _, m := range moves {
		r.moves = append(r.moves, move{Move: m})
		r.arrivals = append(r.arrivals, len(r.arrivals))
	}
	slices.SortFunc(r.moves, func(a, b move) int { return cmp.Compare(a.From, b.From) })
	slices.SortFunc(r.arrivals, func(a, b int) int { return cmp.Compare(r.moves[a].At, r.moves[b].At) })
}

// moveAt returns the index of the move that takes the unit at a position of the
// text before elsewhere, -1 for none, and up to where that holds.
func (r *Reversal) moveAt(at int) (index, end int) {
	k, _ := slices.BinarySearchFunc(r.moves, at, func(m move, at int) int { return cmp.Compare(m.To, at+1) })
	switch {
	case k == len(r.moves):
		return -1, ot.MaxLen
	case r.moves[k].From > at:
		return -1, r.moves[k].From
	}
	return k, r.moves[k].To
}

// arrival returns the first move to a position of the text after or behind it, nil
// for none. It must be called from left to right.
func (r *Reversal) arrival(at int) *move {
	for len(r.arrivals) > 0 {
		if m := &r.moves[r.arrivals[0]]; m.At >= at {
			return m
		}
		r.arrivals = r.arrivals[1:]
	}
	return nil
}

// liftMoves takes what moves out of its place in the original order. A run
// that the edits move stays in its place there, unless they wrote all of it.
func (r *Reversal) liftMoves() {
	if len(r.moves) == 0 {
		return
	}
	r.shifted = true
	for i := range r.sections {
		for _, g := range r.sections[i].gone {
			if g.move >= 0 {
				m := &r.moves[g.move]
				m.block = append(m.block, g.piece)
			}
		}
	}
	for i := range r.moves {
		m := &r.moves[i]
		others := slices.ContainsFunc(m.block, func(x *piece) bool { return !x.mine })
		for _, x := range m.block {
			switch {
			case r.ours && others:
				x.displaced = true
			case r.ours || x.displaced:
				x.unlink()
			}
		}
		if r.ours && !others {
			m.chain = m.block
		}
	}
	if r.ours {
		return
	}
	for i := range r.moves {
		r.moves[i].gather()
	}
}

// gather makes the chain: the block, the tombstones in its lines, and what others
// moved away from between. Displaced pieces of the block are unlinked already; the
// original order is to have them where the text has.
func (m *move) gather() {
	var at *piece
	for _, x := range m.block {
		switch {
		case x.prev == nil: // displaced
		case at == nil:
			m.gatherBefore(x)
			at = x
		default:
			for at = at.next; at != x; at = at.next {
				if !at.anchor {
					m.chain = append(m.chain, at)
				}
			}
		}
		m.chain = append(m.chain, x)
	}
	if at != nil {
		m.gatherBehind(at)
	}
	for _, x := range m.chain {
		if x.prev != nil {
			x.unlink()
		}
	}
}

// gatherBefore adds the tombstones before x, from the last break on: they belong
// to its line.
func (m *move) gatherBefore(x *piece) {
	first := len(m.chain)
	for y := x.prev; y.isTombstone(); y = y.prev {
		k := len(y.deleted)
		for k > 0 && y.deleted[k-1] != lineBreak {
			k--
		}
		if k == len(y.deleted) {
			break
		}
		if k > 0 {
			m.chain = append(m.chain, &piece{deleted: slices.Clone(y.deleted[k:])})
			y.deleted = y.deleted[:k]
			break
		}
		m.chain = append(m.chain, y)
	}
	slices.Reverse(m.chain[first:])
}

// gatherBehind adds the tombstones behind x, up to the first break.
func (m *move) gatherBehind(x *piece) {
	for y := x.next; y.isTombstone(); y = y.next {
		k := slices.Index(y.deleted, lineBreak)
		if k == 0 {
			break
		}
		if k > 0 {
			m.chain = append(m.chain, &piece{deleted: slices.Clone(y.deleted[:k])})
			y.deleted = y.deleted[k:]
			break
		}
		m.chain = append(m.chain, y)
	}
}

// land inserts what a move brought to where s is.
func (r *Reversal) land(m *move, s *section) {
	for _, x := range m.chain {
		x.linkBefore(s.anchor)
	}
	for _, x := range m.block {
		if len(m.chain) > 0 {
			x.displaced = s.displaced
		}
	}
	for _, x := range m.block {
		r.pieces.pushLeft(x)
	}
}
