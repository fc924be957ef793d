package projection

import (
	"cmp"
	"slices"

	"parodywave/eventlog/ot"
)

// A transit is a Move that a Reversal takes in.
type transit struct {
	Move
	block []*tract // what stood there, in the order of the text
	chain []*tract // what goes along at home; none if that stays there
}

func (m *transit) len() int { return m.To - m.From }

// transits keeps the moves of the last change.
func (r *Reversal) transits() {
	r.moves, r.landings = r.moves[:0], r.landings[:0]
	for _, m := range r.t.effect.Moves {
		r.moves = append(r.moves, transit{Move: m})
		r.landings = append(r.landings, len(r.landings))
	}
	slices.SortFunc(r.moves, func(a, b transit) int { return cmp.Compare(a.From, b.From) })
	slices.SortFunc(r.landings, func(a, b int) int { return cmp.Compare(r.moves[a].At, r.moves[b].At) })
}

// transitAt returns which move takes the unit at a position of the text before
// elsewhere, -1 for none, and how far that is so.
func (r *Reversal) transitAt(at int) (move, end int) {
	k, _ := slices.BinarySearchFunc(r.moves, at, func(m transit, at int) int { return cmp.Compare(m.To, at+1) })
	switch {
	case k == len(r.moves):
		return -1, ot.MaxLen
	case r.moves[k].From > at:
		return -1, r.moves[k].From
	}
	return k, r.moves[k].To
}

// arrival returns the first move that goes to a position of the text after or
// behind it, nil for none. It is asked from left to right.
func (r *Reversal) arrival(at int) *transit {
	for len(r.landings) > 0 {
		if m := &r.moves[r.landings[0]]; m.At >= at {
			return m
		}
		r.landings = r.landings[1:]
	}
	return nil
}

// lift takes what moves out of where it is at home. What the edits in question
// move stays there, unless they wrote all of it.
func (r *Reversal) lift() {
	if len(r.moves) == 0 {
		return
	}
	r.shifted = true
	for i := range r.sections {
		for _, g := range r.sections[i].gone {
			if g.move >= 0 {
				m := &r.moves[g.move]
				m.block = append(m.block, g.tract)
			}
		}
	}
	for i := range r.moves {
		m := &r.moves[i]
		others := slices.ContainsFunc(m.block, func(x *tract) bool { return !x.mine })
		for _, x := range m.block {
			switch {
			case r.ours && others:
				x.away = true
			case r.ours || x.away:
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

// gather makes the chain: the block, with what comes back in its lines and what
// others have been moved from there. Those of the block that are away have been
// taken out already, and come to be at home where they stand.
func (m *transit) gather() {
	var at *tract
	for _, x := range m.block {
		switch {
		case x.prev == nil: // away
		case at == nil:
			m.lead(x)
			at = x
		default:
			for at = at.next; at != x; at = at.next {
				if !at.mark {
					m.chain = append(m.chain, at)
				}
			}
		}
		m.chain = append(m.chain, x)
	}
	if at != nil {
		m.trail(at)
	}
	for _, x := range m.chain {
		if x.prev != nil {
			x.unlink()
		}
	}
}

// lead adds what comes back before x, from the last break on: it is of its line.
func (m *transit) lead(x *tract) {
	first := len(m.chain)
	for y := x.prev; y.isGhost(); y = y.prev {
		k := len(y.ghost)
		for k > 0 && y.ghost[k-1] != lineBreak {
			k--
		}
		if k == len(y.ghost) {
			break
		}
		if k > 0 {
			m.chain = append(m.chain, &tract{ghost: slices.Clone(y.ghost[k:])})
			y.ghost = y.ghost[:k]
			break
		}
		m.chain = append(m.chain, y)
	}
	slices.Reverse(m.chain[first:])
}

// trail adds what comes back behind x, up to the first break.
func (m *transit) trail(x *tract) {
	for y := x.next; y.isGhost(); y = y.next {
		k := slices.Index(y.ghost, lineBreak)
		if k == 0 {
			break
		}
		if k > 0 {
			m.chain = append(m.chain, &tract{ghost: slices.Clone(y.ghost[:k])})
			y.ghost = y.ghost[k:]
			break
		}
		m.chain = append(m.chain, y)
	}
}

// land puts what a move brought where s is.
func (r *Reversal) land(m *transit, s *section) {
	for _, x := range m.chain {
		x.linkBefore(s.mark)
	}
	for _, x := range m.block {
		if len(m.chain) > 0 {
			x.away = s.away
		}
	}
	for _, x := range m.block {
		r.row.pushLeft(x)
	}
}
