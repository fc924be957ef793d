package search

import (
	"cmp"
	"slices"

	"parodywave/eventlog/ot"
	"parodywave/projection"
)

// relate returns for each match of now, at its span in the text, the one of was
// that it continues; its hit is nil if it continues none. The others of was
// vanish. Both are in order.
func (f *follower) relate(was []stood, now []span) []match {
	out := make([]match, len(now))
	used := make([]bool, len(was))
	if len(was) > 0 && len(now) > 0 {
		for _, p := range f.shared(was, now) {
			if !used[p.was] && out[p.now].hit == nil {
				used[p.was], out[p.now] = true, was[p.was].match
			}
		}
		f.replaced(was, now, used, out)
	}
	for i := range was {
		if !used[i] {
			was[i].hit.Vanished = f.t.Moment()
		}
	}
	for k := range out {
		if out[k].hit == nil {
			out[k].at = f.t.UpdatedAt
		}
	}
	return out
}

// A share says how many units of an old match are in a new one.
type share struct{ was, now, units int }

// shared returns what old matches share with new ones, the most first.
func (f *follower) shared(was []stood, now []span) (all []share) {
	add := func(i, from, to int) {
		k, _ := slices.BinarySearchFunc(now, from, func(m span, from int) int { return cmp.Compare(m.to, from+1) })
		for ; k < len(now) && now[k].from < to; k++ {
			n := min(to, now[k].to) - max(from, now[k].from)
			if last := len(all) - 1; last >= 0 && all[last].was == i && all[last].now == k {
				all[last].units += n
				continue
			}
			all = append(all, share{i, k, n})
		}
	}
	moves := slices.Clone(f.effect.Moves)
	slices.SortFunc(moves, func(a, b projection.Move) int { return cmp.Compare(a.From, b.From) })
	for i := range was {
		m := was[i].text
		if f.redacts { // which leaves every unit where it is
			add(i, m.from, m.to)
			continue
		}
		k, _ := slices.BinarySearchFunc(moves, m.from, func(mv projection.Move, at int) int { return cmp.Compare(mv.To, at+1) })
		for ; k < len(moves) && moves[k].From < m.to; k++ {
			mv := moves[k]
			if a, b := max(m.from, mv.From), min(m.to, mv.To); a < b {
				add(i, mv.At+a-mv.From, mv.At+b-mv.From)
			}
		}
		k, _ = slices.BinarySearchFunc(f.edits, m.from, func(ed ot.Edit, at int) int { return cmp.Compare(ed.ToA, at) })
		at, shift := m.from, 0
		if k > 0 {
			shift = f.edits[k-1].ToB - f.edits[k-1].ToA
		}
		for ; k < len(f.edits) && f.edits[k].FromA < m.to; k++ {
			if ed := f.edits[k]; ed.FromA > at {
				add(i, at+shift, ed.FromA+shift)
			}
			at, shift = max(at, f.edits[k].ToA), f.edits[k].ToB-f.edits[k].ToA
		}
		if at < m.to {
			add(i, at+shift, m.to+shift)
		}
	}
	slices.SortStableFunc(all, func(a, b share) int {
		return cmp.Or(cmp.Compare(b.units, a.units), cmp.Compare(a.now, b.now), cmp.Compare(a.was, b.was))
	})
	return all
}

// replaced pairs, in order, matches that an edit deleted with equal ones that it
// inserted.
func (f *follower) replaced(was []stood, now []span, used []bool, out []match) {
	i, k := 0, 0
	for _, ed := range f.edits {
		for ; i < len(was) && was[i].text.from < ed.FromA; i++ {
		}
		for ; k < len(now) && now[k].from < ed.FromB; k++ {
		}
		for ; k < len(now) && now[k].to <= ed.ToB; k++ {
			if out[k].hit != nil {
				continue
			}
			units := ed.Insert[now[k].from-ed.FromB : now[k].to-ed.FromB]
			for j := i; j < len(was) && was[j].text.to <= ed.ToA; j++ {
				if !used[j] && slices.Equal(was[j].units, units) {
					used[j], out[k], i = true, was[j].match, j+1
					break
				}
			}
		}
	}
}
