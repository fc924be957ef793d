package projection

import "slices"

// carryOther returns what is left of another author's patch after the change.
func (t *Thread) carryOther(a *area, p *patch, at, first int) (out []carriedPatch) {
	if m, moved, ok := t.carry(a, p, at, first); ok {
		return []carriedPatch{{m, moved}}
	}
	k := slices.IndexFunc(a.held, func(h held) bool { return h.patch == p })
	if k < 0 {
		return nil
	}
	where := func(j int) (int, bool) { // of its lines
		if at+j < a.from || at+j >= a.to {
			i := at + j + first - a.from
			if at+j >= a.to {
				i += a.delta
			}
			return i, true
		}
		m, _, ok := t.carry(a, &patch{lines: 1}, at+j, first)
		return m.at, ok
	}
	left := a.held[k].release(func(j int) bool { _, ok := where(j); return !ok }, func(j int) bool {
		i, _ := where(j)
		next, _ := where(j + 1)
		return next != i+1
	})
	for _, m := range left {
		switch { // outside of the area
		case m.at+m.p.lines <= a.from:
			out = append(out, carriedPatch{placed{m.at + first - a.from, m.p}, false})
			continue
		case m.at >= a.to:
			out = append(out, carriedPatch{placed{m.at + first - a.from + a.delta, m.p}, false})
			continue
		}
		if to, moved, ok := t.carry(a, m.p, m.at, first); ok {
			out = append(out, carriedPatch{to, moved})
		}
	}
	return out
}

// carry returns where a patch is after the change, and whether the change leaves all
// of its lines as they are, one behind the other. The area's first line is now number
// first.
func (t *Thread) carry(a *area, p *patch, at, first int) (to placed, moved, ok bool) {
	lo, hi := max(at, a.from), min(at+p.lines, a.to)
	if lo >= hi {
		return placed{}, false, false
	}
	pos := a.start
	for _, o := range a.old[:lo-a.from] {
		pos += int(o.length) + 1
	}
	was := -1
	for i := lo; i < hi; i++ {
		o := &a.old[i-a.from]
		now, intact, by := a.whereTo(t.effect.Moves, pos, pos+int(o.length))
		if !intact || now > t.text.length {
			return placed{}, false, false
		}
		j, start := t.lines.byPos(now)
		ln := t.lines.current()
		if start != now || ln.length != o.length || ln.id != o.id || i > lo && j != was+1 {
			return placed{}, false, false
		}
		if i == lo {
			to = placed{j - (lo - at), p}
		}
		was, moved = j, moved || by
		pos += int(o.length) + 1
	}
	above, below := at < a.from, at+p.lines > a.to
	ok = !(above || below) || !moved && (!above || to.at+a.from-at == first) && (!below || was == first+a.to-a.from+a.delta-1)
	return to, moved, ok
}
