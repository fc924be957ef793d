package projection

import (
	"cmp"
	"slices"
)

// alias notes what became of identities that no line has any more.
func (t *Thread) alias() {
	n := &t.net
	if len(n.became) == 0 && len(n.joined) == 0 {
		return
	}
	lives := map[LineID]bool{}
	t.eachPatched(func(_ int, ln *line) {
		lives[ln.id] = true
		delete(t.aliases, ln.id)
	})
	became := func(was LineID, at int) {
		if ln, _ := t.lines.byIndex(at); !lives[was] && was.Revision != t.Revision+1 {
			t.joins(was, ln.id)
		}
	}
	for _, b := range n.became {
		n.touched = append(n.touched, b.at)
		became(b.was, b.at)
	}
	for _, j := range n.joined {
		became(j.id, j.at)
	}
	if len(n.became) == 0 {
		return
	}
	for i := range n.patched {
		for _, o := range n.patched[i].old {
			to, joined := t.aliases[o.id]
			for next, ok := t.aliases[to]; joined && ok; next, ok = t.aliases[to] {
				to = next
				t.aliases[o.id] = to
			}
		}
	}
}

// amend brings the effect up to date with what the net law has changed in areas.
func (t *Thread) amend(all []area) {
	n := &t.net
	if len(n.touched) > 0 {
		t.effect.Touched = append(t.effect.Touched, n.touched...)
		slices.Sort(t.effect.Touched)
		t.effect.Touched = slices.Compact(t.effect.Touched)
		n.touched = n.touched[:0]
	}
	if t.effect.quiet || len(n.became) == 0 {
		return
	}
	shift := 0
	for i := range all {
		a := &all[i]
		t.rehunk(a.from, a.old, a.from+shift, a.to-a.from+a.delta)
		shift += a.delta
	}
	n.became = n.became[:0]
}

// rehunk replaces the hunks of the lines old, from index at on, that are n lines from
// index now on.
func (t *Thread) rehunk(at int, old []line, now, n int) {
	h := Hunk{At: at, NewAt: now}
	for i := range old {
		h.Old = append(h.Old, old[i].id)
	}
	for j := range n {
		ln, _ := t.lines.byIndex(now + j)
		h.New = append(h.New, ln.id)
	}
	hunks := slices.DeleteFunc(t.effect.Hunks, func(x Hunk) bool { return x.At >= at && x.At+len(x.Old) <= at+len(old) })
	if !slices.Equal(h.Old, h.New) {
		hunks = append(hunks, h)
	}
	slices.SortFunc(hunks, func(x, y Hunk) int { return cmp.Compare(x.NewAt, y.NewAt) })
	t.effect.Hunks = hunks
}
