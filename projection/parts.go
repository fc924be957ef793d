package projection

import "slices"

// A part is a run of pieces, lo to hi-1, that is to be a patch, and the lines of
// before that it was.
type part struct {
	lo, hi int
	lines  []int
}

// cut returns the patches that an area consists of after a change. Lines that are as
// before leave their patch, and so do new ones without a line of before. Lines of
// before that are missing lie between their neighbours.
func (s *settling) cut() []placed {
	parts := s.linked()
	lo, hi := s.space.ints.take(len(s.of)), s.space.ints.take(len(s.of)) // where each line is
	in := s.covered(parts)
	for i := range s.of {
		lo[i] = -1
		if s.agrees(i) {
			if k := in[s.of[i]]; k >= 0 && !slices.Contains(parts[k].lines, i) {
				parts[k].lines = append(parts[k].lines, i)
			}
			lo[i], hi[i] = s.of[i], s.of[i]+1
		}
		if s.of[i] == away { // a stated line is a neighbour all the same
			if j := slices.IndexFunc(s.pieces, func(p piece2) bool { return p.stated && p.id == s.a.before[i].id }); j >= 0 {
				lo[i], hi[i] = j, j+1
			}
		}
	}
	closed := s.space.bools.take(len(s.pieces))
	for j := range s.pieces {
		closed[j] = s.pieces[j].stated || s.pieces[j].line != missing || slices.ContainsFunc(s.flying, func(f placed) bool { return f.at == s.first+j })
	}
	for k := range parts {
		for _, i := range parts[k].lines {
			lo[i], hi[i] = parts[k].lo, parts[k].hi
		}
	}
	parts = s.between(parts, lo, hi, closed)
	if s.every { // the text of then can be put together only if new lines are known, too
		in := s.covered(parts)
		for j := range s.pieces {
			if !closed[j] && in[j] < 0 {
				parts = append(parts, part{lo: j, hi: j + 1})
			}
		}
	}
	s.parts = parts
	slices.SortStableFunc(parts, func(x, y part) int {
		if x.lo != y.lo {
			return x.lo - y.lo
		}
		return x.hi - y.hi
	})
	out := s.out[:0]
	for k := range parts {
		if p := s.carve(&parts[k]); p != nil {
			out = append(out, placed{s.first + parts[k].lo, p})
		}
	}
	s.out = out
	return out
}

// family returns the patches that are settled.
func (s *settling) family() *patches {
	if s.every {
		return &s.t.stretch.patches
	}
	return &s.t.patches
}

// covered returns the part that each piece is in, or -1.
func (s *settling) covered(parts []part) []int {
	in := s.space.ints.take(len(s.pieces))
	for j := range in {
		in[j] = -1
	}
	for k := range parts {
		for j := parts[k].lo; j < parts[k].hi; j++ {
			in[j] = k
		}
	}
	return in
}

// linked returns the parts of the lines that are changed and not missing.
func (s *settling) linked() []part {
	parts := s.parts[:0]
	moves := len(s.t.effect.Moves) > 0 && !s.every
	next := 0
	for i, j := range s.of {
		lo, hi := len(s.pieces), 0
		if j >= 0 {
			lo, hi = j, j+1
		}
		for ; next < len(s.links) && s.links[next].i == i; next++ {
			lo, hi = min(lo, s.links[next].j), max(hi, s.links[next].j+1)
		}
		if lo >= hi || s.agrees(i) && hi == lo+1 {
			continue
		}
		p := part{lo, hi, s.space.ints.take(1)}
		p.lines[0] = i
		for n := len(parts) - 1; n >= 0 && (moves || parts[n].hi > p.lo); n-- {
			if parts[n].hi > p.lo && (s.every || parts[n].lo < p.hi) {
				p = part{min(p.lo, parts[n].lo), max(p.hi, parts[n].hi), append(parts[n].lines, p.lines...)}
				parts = slices.Delete(parts, n, n+1)
				n = len(parts)
			}
		}
		parts = append(parts, p)
	}
	return parts
}

// between adds the missing lines of before to the parts around them, or as parts of
// their own with the new pieces between their neighbours.
func (s *settling) between(parts []part, lo, hi []int, closed []bool) []part {
	for i := 0; i < len(s.of); i++ {
		if s.of[i] != missing || lo[i] >= 0 {
			continue
		}
		end := i + 1
		for end < len(s.of) && lo[end] < 0 {
			end++
		}
		from, to := 0, len(s.pieces)
		for k := i - 1; k >= 0; k-- {
			if lo[k] >= 0 {
				from = hi[k]
				break
			}
		}
		if end < len(s.of) {
			to = lo[end]
		}
		p := part{lo: from, lines: s.space.ints.take(end - i)[:0]}
		for ; i < end; i++ {
			if s.of[i] == missing {
				p.lines = append(p.lines, i)
			}
		}
		i--
		if k := slices.IndexFunc(parts, func(q part) bool { return to < from && q.lo <= to && from <= q.hi }); k >= 0 {
			parts[k].lines = append(parts[k].lines, p.lines...)
			continue
		}
		for p.hi = from; p.hi < to && !closed[p.hi]; p.hi++ {
		}
		for p.lo < to && p.hi == p.lo && closed[p.lo] { // crossed by a line that agrees
			p.lo, p.hi = p.lo+1, p.lo+1
			for p.hi < to && !closed[p.hi] {
				p.hi++
			}
		}
		for k := range parts {
			if q := &parts[k]; p.lo < q.hi && max(p.hi, p.lo+1) > q.lo && (p.hi > p.lo || p.lo > q.lo) {
				q.lo, q.hi, q.lines = min(p.lo, q.lo), max(p.hi, q.hi), append(q.lines, p.lines...)
				p.lines = nil
				break
			}
		}
		if p.lines != nil {
			parts = append(parts, p)
		}
	}
	return parts
}

// carve returns the patch that a part is, nil if it is too large for one.
func (s *settling) carve(q *part) *patch {
	p := s.family().make(s.by, q.hi-q.lo)
	start := 0
	if p.lines > 0 {
		start = s.pieces[q.lo].from
		p.units = s.pieces[q.hi-1].to - start
	}
	slices.Sort(q.lines)
	next := 0
	for n, i := range q.lines {
		if n > 0 {
			p.gone = append(p.gone, lineBreak)
		}
		p.before = append(p.before, s.a.before[i])
		from := s.a.offset[i]
		to := from + int(s.a.before[i].length)
		shift := len(p.gone) - from // of a, to the text of this patch
		for _, k := range p.kept {
			shift += k.n
		}
		for ; next < len(s.kept) && s.kept[next].a < from; next++ {
		}
		at := from
		for ; next < len(s.kept) && s.kept[next].a < to; next++ {
			k := s.kept[next]
			if n := len(p.kept) - 1; n >= 0 && k.b-start < p.kept[n].b+p.kept[n].n {
				continue // of a line that has changed places with another one
			}
			p.gone = append(p.gone, s.a.text[at:k.a]...)
			p.kept = appendKept(p.kept, kept{k.a + shift, k.b - start, k.n})
			at = k.a + k.n
		}
		p.gone = append(p.gone, s.a.text[at:to]...)
	}
	if p.wide() || len(p.before) > patchLines {
		s.t.stretch.lost = s.t.stretch.lost || s.every
		return nil
	}
	_, pos := s.t.lines.byIndex(min(s.first+q.lo, s.t.lines.count-1))
	p.shorten(s.t, pos)
	return p
}
