package projection

import (
	"slices"
	"sync"
)

// A workspace is memory of one record's areas and settlings. Records of all threads use
// the same ones, one after the other.
type workspace struct {
	patched, stretched []area
	settling           settling
	ints               shelf[int]
	bools              shelf[bool]
	links              shelf[link]
}

var workspaces = sync.Pool{New: func() any { return new(workspace) }}

// A shelf lends slices until it is cleared.
type shelf[T any] struct {
	all  []T
	used int
}

// take returns a slice of n zero values, which may be appended to.
func (s *shelf[T]) take(n int) []T {
	if s.used+n > len(s.all) {
		s.all, s.used = make([]T, max(2*len(s.all), n, 64)), 0
	}
	out := s.all[s.used : s.used+n : s.used+n]
	s.used += n
	clear(out)
	return out
}

func (s *shelf[T]) clear() { s.used = 0 }

// settle returns the settling of an area whose first line is now number first.
func (w *workspace) settle(t *Thread, by stamp, every bool, a *area, first int) *settling {
	w.ints.clear()
	w.bools.clear()
	w.links.clear()
	s := &w.settling
	*s = settling{t: t, space: w, by: by, every: every, a: a, first: first,
		pieces: s.pieces[:0], now: s.now[:0], kept: s.kept[:0], links: s.links[:0], parts: s.parts[:0], out: s.out[:0]}
	return s
}

// next returns all with one more area, whose memory is used again.
func next(all []area, from, to int, edits []edit, delta int) []area {
	n := len(all)
	all = slices.Grow(all, 1)[:n+1]
	a := &all[n]
	*a = area{from: from, to: to, edits: edits, delta: delta,
		old: a.old[:0], before: a.before[:0], text: a.text[:0], offset: a.offset[:0], kept: a.kept[:0], own: a.own[:0]}
	return all
}

// reserve returns the workspace of the record.
func (n *net) reserve() *workspace {
	if n.space == nil {
		n.space = workspaces.Get().(*workspace)
	}
	return n.space
}

// release leaves the workspace to other records.
func (n *net) release() {
	if n.space != nil {
		n.space.leave()
		n.space, n.patched, n.stretched = nil, nil, nil
	}
}

// leave leaves w to other records, and the workspaces of the patches that it holds.
func (w *workspace) leave() {
	for _, all := range [][]area{w.patched, w.stretched} {
		for i := range all {
			a := &all[i]
			for k := range a.held {
				a.held[k].s.space.leave()
			}
			clear(a.own)
			a.edits, a.held = nil, nil
		}
	}
	w.settling.t, w.settling.a, w.settling.flying = nil, nil, nil
	clear(w.settling.out)
	workspaces.Put(w)
}
