package projection

import (
	"cmp"
	"slices"

	"parodywave/eventlog/event"
)

// around looks for matches around the one edit of e, which is within a line.
func (s *searcher) around(e *event.Event) {
	ed := s.edits[0]
	i, start := s.t.lines.byPos(ed.FromB)
	ln := s.t.lines.current()
	var was wasFound
	if len(s.was) > 0 {
		was = s.was[0]
	}
	from, toA, toB := ed.FromA-start, ed.ToA-start, ed.ToB-start
	var now []stretch
	var keep, tail int // the old matches keep..tail are where now is
	if s.p.reach > 0 {
		for keep < len(was.found) && was.found[keep].from+s.p.reach <= from {
			keep++
		}
		at := max(0, from-s.p.reach+1)
		if keep > 0 {
			at = max(at, was.found[keep-1].to)
		}
		now, tail = s.scan(start, int(ln.length), at, toB, toB-toA, was.found[keep:])
		tail += keep
	} else {
		var at, end int
		at, end, now = s.run(start, int(ln.length), from, toB)
		for keep < len(was.found) && was.found[keep].from < at {
			keep++
		}
		for tail = keep; tail < len(was.found) && was.found[tail].from < end-(toB-toA); tail++ {
		}
	}
	if len(now) == 0 && len(was.found) == 0 { // nearly always
		return
	}
	for k := range was.found[tail:] {
		f := &was.found[tail+k]
		f.from, f.to = f.from+toB-toA, f.to+toB-toA
	}
	all := was.found
	if tail > keep || len(now) > 0 {
		all = slices.Replace(all, keep, tail, s.renew(e, &was, was.found[keep:tail], now, i)...)
	}
	if len(all) > 0 {
		s.open[ln.id] = all
	}
}

// renew returns what stands in line i, in units of the line, where old matches
// stood.
func (s *searcher) renew(e *event.Event, was *wasFound, old []found, now []stretch, i int) []found {
	ln, start := s.t.lines.byIndex(i)
	gone := make([]taken, len(old))
	for k, f := range old {
		gone[k] = was.take(f)
	}
	for k := range now {
		now[k] = stretch{start + now[k].from, start + now[k].to}
	}
	out := s.relate(e, gone, now)
	for k := range out {
		f := &out[k]
		f.stretch = stretch{now[k].from - start, now[k].to - start}
		if f.hit == nil {
			f.hit, f.full = s.appear(e, i, ln, start, f.stretch), int(ln.length)
		}
	}
	return out
}

// scan returns the matches in a line from unit at on, up to where they are the
// old ones again, and how many of the old ones stood before that. The units from
// to on are as they were, shift to the left.
func (s *searcher) scan(start, length, at, to, shift int, old []found) (now []stretch, tail int) {
	if at > 0 && at < length && low(s.t.text.peekUnit(start+at)) {
		at--
	}
	end := min(length, to+s.p.reach)
	for end < length && low(s.t.text.peekUnit(start+end)) {
		end++
	}
	s.units = s.t.text.peek(s.units[:0], start+at, start+end)
	s.next = s.p.find(s.next[:0], s.units)
	base := at
	for _, m := range s.next {
		if base+m.from >= to {
			break
		}
		now = append(now, stretch{base + m.from, base + m.to})
		at = base + m.to
	}
	at = max(at, to)
	for {
		for tail < len(old) && old[tail].from+shift < at {
			tail++
		}
		if tail == 0 || old[tail-1].to+shift <= at {
			return now, tail
		}
		// An old match reaches over at: what follows may be others.
		s.units = s.t.text.peek(s.units[:0], start+at, start+length)
		s.next = s.p.find(s.next[:0], s.units)
		if len(s.next) == 0 {
			return now, len(old)
		}
		now = append(now, stretch{at + s.next[0].from, at + s.next[0].to})
		at += s.next[0].to
	}
}

// run returns the matches in a line around the units from..to, as far as units
// go of which matches are made. The run at..end, in which they are, has one more
// on either side, for expressions that look around.
func (s *searcher) run(start, length, from, to int) (at, end int, now []stretch) {
	const some = 64
	in := s.p.in
	for at = from; at > 0; {
		low := max(0, at-some)
		s.units = s.t.text.peek(s.units[:0], start+low, start+at)
		for at > low && in[s.units[at-low-1]] {
			at--
		}
		if at > low {
			break
		}
	}
	for end = to; end < length; {
		low, high := end, min(length, end+some)
		s.units = s.t.text.peek(s.units[:0], start+low, start+high)
		for end < high && in[s.units[end-low]] {
			end++
		}
		if end < high {
			break
		}
	}
	at, end = max(0, at-1), min(length, end+1)
	s.units = s.t.text.peek(s.units[:0], start+at, start+end)
	s.next = s.p.find(s.next[:0], s.units)
	for _, m := range s.next {
		now = append(now, stretch{at + m.from, at + m.to})
	}
	return at, end, now
}

func low(u uint16) bool { return u >= 0xdc00 && u < 0xe000 }

// peekUnit is unit that leaves the pen where it is.
func (t *text) peekUnit(pos int) uint16 {
	var one [1]uint16
	return t.peek(one[:0], pos, pos+1)[0]
}

// relate returns for each match of now, by its new position, the one of was that
// it continues; its hit is nil where it continues none. The others of was
// vanish. Both are in order.
func (s *searcher) relate(e *event.Event, was []taken, now []stretch) []found {
	out := make([]found, len(now))
	used := make([]bool, len(was))
	if len(was) > 0 && len(now) > 0 {
		for _, p := range s.shared(was, now) {
			if !used[p.was] && out[p.now].hit == nil {
				used[p.was], out[p.now] = true, was[p.was].found
			}
		}
		s.replaced(was, now, used, out)
	}
	for i := range was {
		if !used[i] {
			was[i].hit.Vanished = s.moment(e)
		}
	}
	for k := range out {
		if out[k].hit == nil {
			out[k].at = e.Time
		}
	}
	return out
}

// A share says how many units of an old match are in a new one.
type share struct{ was, now, units int }

// shared returns what old matches share with new ones, the most first.
func (s *searcher) shared(was []taken, now []stretch) (all []share) {
	add := func(i, from, to int) {
		k, _ := slices.BinarySearchFunc(now, from, func(m stretch, from int) int { return cmp.Compare(m.to, from+1) })
		for ; k < len(now) && now[k].from < to; k++ {
			n := min(to, now[k].to) - max(from, now[k].from)
			if last := len(all) - 1; last >= 0 && all[last].was == i && all[last].now == k {
				all[last].units += n
				continue
			}
			all = append(all, share{i, k, n})
		}
	}
	moves := slices.Clone(s.t.effect.Moves)
	slices.SortFunc(moves, func(a, b Move) int { return cmp.Compare(a.From, b.From) })
	for i := range was {
		m := was[i].abs
		if s.redacts { // which leaves every unit where it is
			add(i, m.from, m.to)
			continue
		}
		k, _ := slices.BinarySearchFunc(moves, m.from, func(mv Move, at int) int { return cmp.Compare(mv.To, at+1) })
		for ; k < len(moves) && moves[k].From < m.to; k++ {
			mv := moves[k]
			if a, b := max(m.from, mv.From), min(m.to, mv.To); a < b {
				add(i, mv.At+a-mv.From, mv.At+b-mv.From)
			}
		}
		k, _ = slices.BinarySearchFunc(s.edits, m.from, func(ed edit, at int) int { return cmp.Compare(ed.ToA, at) })
		at, shift := m.from, 0
		if k > 0 {
			shift = s.edits[k-1].ToB - s.edits[k-1].ToA
		}
		for ; k < len(s.edits) && s.edits[k].FromA < m.to; k++ {
			if ed := s.edits[k]; ed.FromA > at {
				add(i, at+shift, ed.FromA+shift)
			}
			at, shift = max(at, s.edits[k].ToA), s.edits[k].ToB-s.edits[k].ToA
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

// replaced pairs, in order, matches that one edit deleted with equal ones that
// it inserted.
func (s *searcher) replaced(was []taken, now []stretch, used []bool, out []found) {
	i, k := 0, 0
	for _, ed := range s.edits {
		for ; i < len(was) && was[i].abs.from < ed.FromA; i++ {
		}
		for ; k < len(now) && now[k].from < ed.FromB; k++ {
		}
		for ; k < len(now) && now[k].to <= ed.ToB; k++ {
			if out[k].hit != nil {
				continue
			}
			units := ed.Insert[now[k].from-ed.FromB : now[k].to-ed.FromB]
			for j := i; j < len(was) && was[j].abs.to <= ed.ToA; j++ {
				if !used[j] && slices.Equal(was[j].units, units) {
					used[j], out[k], i = true, was[j].found, j+1
					break
				}
			}
		}
	}
}
