package projection

import "slices"

// When others alter lines of a patch, or part them, it loses the lines of before that
// have units there. Patches as before are left.

// A held patch is one of another author's with several lines, in an area: what it is
// before the change, which is gone when it is known what the change alters.
type held struct {
	*patch
	s *settling
}

// hold reads what a patch that begins at line at consists of.
func (t *Thread) hold(p *patch, at int) held {
	by := stamp{rev: p.rev, author: p.author}
	w := workspaces.Get().(*workspace)
	w.patched, w.stretched = next(w.patched[:0], at, at+p.lines, nil, 0), w.stretched[:0]
	a := &w.patched[0]
	_, a.start = t.lines.byIndex(min(at, t.lines.count-1))
	a.addPatch(t, p, at, a.start)
	h := held{p, w.settle(t, by, false, a, at)}
	h.s.read(p.lines)
	h.s.byIdentity(func(int) bool { return true })
	return h
}

// release returns the patches that are left of it. altered says which of its lines
// are, parted whether something came between a line and the next.
func (h *held) release(altered, parted func(j int) bool) []placed {
	s := h.s
	lost := make([]bool, len(s.of))
	through := func(i, lo, hi int) {
		for j := lo; j <= hi; j++ {
			lost[i] = lost[i] || altered(j) || j < hi && parted(j)
		}
	}
	lo, hi := slices.Repeat([]int{len(s.pieces)}, len(s.of)), slices.Repeat([]int{-1}, len(s.of))
	for i, j := range s.of {
		if j >= 0 {
			lo[i], hi[i] = j, j
		}
	}
	for _, l := range s.links {
		lo[l.i], hi[l.i] = min(lo[l.i], l.j), max(hi[l.i], l.j)
	}
	for i := range s.of {
		through(i, lo[i], hi[i])
	}
	for j := range s.pieces {
		s.pieces[j].stated = altered(j) // it is in no patch of theirs
	}
	return h.without(lost)
}

// without returns the patches that are left without some lines of before.
func (h *held) without(lost []bool) []placed {
	s := h.s
	for i := range lost {
		if lost[i] {
			s.of[i] = away
		}
	}
	s.links = slices.DeleteFunc(s.links, func(l link) bool { return lost[l.i] })
	return s.cut()
}

// releaseKey is release for an edit within line i, which is in patch k.
func (t *Thread) releaseKey(k, i int) {
	f, p, at := &t.patches, t.patches.list[k], int(t.patches.at[k])
	if p.lines == 1 && len(p.before) == 1 {
		f.drop(k)
		return
	}
	h := t.hold(p, at)
	left := h.release(func(j int) bool { return at+j == i }, func(int) bool { return false })
	f.put(k, k+1, left)
	h.s.space.leave()
	f.free(p)
}

// put replaces the patches from..to by others.
func (f *patches) put(from, to int, in []placed) {
	inPlace(in)
	if len(in) == to-from && len(in) <= 1 { // nearly always
		for i, m := range in {
			f.count(f.list[from+i], -1)
			f.count(m.p, 1)
			f.at[from+i], f.list[from+i] = int32(m.at), m.p
		}
		return
	}
	at, list := make([]int32, len(in)), make([]*patch, len(in))
	for i, m := range in {
		at[i], list[i] = int32(m.at), m.p
	}
	f.replace(from, to, at, list)
}
