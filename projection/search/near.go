package search

import (
	"slices"

	"parodywave/projection"
)

// around looks for matches around the one edit, which is within a line.
func (f *follower) around() {
	ed := f.edits[0]
	row := f.t.RowAt(ed.FromB)
	var was touched
	if len(f.was) > 0 {
		was = f.was[0]
	}
	from, toA, toB := ed.FromA-row.Start, ed.ToA-row.Start, ed.ToB-row.Start
	var now []span
	var keep, tail int // the old matches keep..tail are where now is
	if f.p.reach > 0 {
		for keep < len(was.matches) && was.matches[keep].from+f.p.reach <= from {
			keep++
		}
		at := max(0, from-f.p.reach+1)
		if keep > 0 {
			at = max(at, was.matches[keep-1].to)
		}
		now, tail = f.scan(&row, at, toB, toB-toA, was.matches[keep:])
		tail += keep
	} else {
		var at, end int
		at, end, now = f.run(&row, from, toB)
		for keep < len(was.matches) && was.matches[keep].from < at {
			keep++
		}
		for tail = keep; tail < len(was.matches) && was.matches[tail].from < end-(toB-toA); tail++ {
		}
	}
	if len(now) == 0 && len(was.matches) == 0 { // nearly always
		return
	}
	for k := range was.matches[tail:] {
		m := &was.matches[tail+k]
		m.from, m.to = m.from+toB-toA, m.to+toB-toA
	}
	all := was.matches
	if tail > keep || len(now) > 0 {
		all = slices.Replace(all, keep, tail, f.renew(&row, &was, was.matches[keep:tail], now)...)
	}
	if len(all) > 0 {
		f.open[row.ID] = all
	}
}

// renew returns the matches that stand at spans of a line now where old ones did.
func (f *follower) renew(row *projection.Row, was *touched, old []match, now []span) []match {
	before := make([]stood, len(old))
	for k, m := range old {
		before[k] = was.stood(m)
	}
	for k := range now {
		now[k] = span{row.Start + now[k].from, row.Start + now[k].to}
	}
	out := f.relate(before, now)
	for k := range out {
		m := &out[k]
		m.span = span{now[k].from - row.Start, now[k].to - row.Start}
		if m.hit == nil {
			m.hit, m.full = f.appear(row, m.span), row.Length
		}
	}
	return out
}

// scan returns the matches in a line from unit at on, up to where they are the
// old ones again, and how many old ones stood before that. The units from to on
// are as before, shift units to the left.
func (f *follower) scan(row *projection.Row, at, to, shift int, old []match) (now []span, tail int) {
	start, length := row.Start, row.Length
	if at > 0 && at < length && f.low(start+at) {
		at--
	}
	end := min(length, to+f.p.reach)
	for end < length && f.low(start+end) {
		end++
	}
	f.units = f.t.AppendUnits(f.units[:0], start+at, start+end)
	f.next = f.p.find(f.next[:0], f.units)
	base := at
	for _, m := range f.next {
		if base+m.from >= to {
			break
		}
		now = append(now, span{base + m.from, base + m.to})
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
		// An old match reaches over at: there may be other ones after it.
		f.units = f.t.AppendUnits(f.units[:0], start+at, start+length)
		f.next = f.p.find(f.next[:0], f.units)
		if len(f.next) == 0 {
			return now, len(old)
		}
		now = append(now, span{at + f.next[0].from, at + f.next[0].to})
		at += f.next[0].to
	}
}

// run returns the matches in a line around the units from..to, as far as there
// are units that can be in a match. The run at..end has one unit more on either
// side, for expressions that look around.
func (f *follower) run(row *projection.Row, from, to int) (at, end int, now []span) {
	const some = 64
	start, length, in := row.Start, row.Length, f.p.in
	for at = from; at > 0; {
		low := max(0, at-some)
		f.units = f.t.AppendUnits(f.units[:0], start+low, start+at)
		for at > low && in[f.units[at-low-1]] {
			at--
		}
		if at > low {
			break
		}
	}
	for end = to; end < length; {
		low, high := end, min(length, end+some)
		f.units = f.t.AppendUnits(f.units[:0], start+low, start+high)
		for end < high && in[f.units[end-low]] {
			end++
		}
		if end < high {
			break
		}
	}
	at, end = max(0, at-1), min(length, end+1)
	f.units = f.t.AppendUnits(f.units[:0], start+at, start+end)
	f.next = f.p.find(f.next[:0], f.units)
	for _, m := range f.next {
		now = append(now, span{at + m.from, at + m.to})
	}
	return at, end, now
}

// low reports whether the unit at pos is the second half of a surrogate pair.
func (f *follower) low(pos int) bool {
	var one [1]uint16
	u := f.t.AppendUnits(one[:0], pos, pos+1)[0]
	return u >= 0xdc00 && u < 0xe000
}
