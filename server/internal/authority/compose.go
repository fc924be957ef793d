package authority

import (
	"slices"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
)

// A tomb is a part of a deletion, and where it was in the text.
type tomb struct {
	at       int
	d        *deletion
	from, to int // of d.units
}

// A segment is a part of a deletion that comes back. Its first unit lay in line number
// line of d.lines.
type segment struct {
	d              *deletion
	from, to, line int
}

// composed is what some records deleted, in the order of the text.
type composed struct {
	segments []segment
	origins  []event.Origin
	units    int
}

// compose returns what records deleted, all in all: their deletions in the order of the
// text, without what the same records inserted. It walks over what others did between
// them, which takes steps of the budget; it returns false if that is used up.
func (m *memory) compose(revs []eventlog.Revision, budget *int) (*composed, bool) {
	var tombs []tomb
	for rev := revs[0]; rev <= revs[len(revs)-1]; rev++ {
		r := m.record(rev)
		if _, own := slices.BinarySearch(revs, rev); own {
			for i := range r.rest().deletions {
				if d := &r.more.deletions[i]; len(d.units) > 0 {
					tombs = bury(tombs, d)
				}
			}
		}
		if *budget -= 1 + len(tombs)*len(r.edits()); *budget < 0 {
			return nil, false
		}
		for i := range tombs {
			tombs[i].at = after(r.edits(), tombs[i].at)
		}
	}
	c := &composed{}
	lines := map[*deletion]segment{} // up to where breaks were counted
	for _, t := range tombs {
		at := lines[t.d]
		for ; at.to < t.from; at.to++ {
			at.line += isBreak(t.d.units[at.to])
		}
		c.add(t, &at, revs)
		lines[t.d] = at
	}
	return c, true
}

// all returns everything that one record deleted.
func (r *remembered) all() *composed {
	c := &composed{}
	for i := range r.rest().deletions {
		d := &r.more.deletions[i]
		c.add(tomb{d: d, to: len(d.units)}, &segment{}, nil)
	}
	return c
}

// bury adds a deletion to tombs. Those inside its range divide it.
func bury(tombs []tomb, d *deletion) []tomb {
	end := d.at + len(d.units)
	i, _ := slices.BinarySearchFunc(tombs, d.at+1, func(t tomb, at int) int { return t.at - at })
	j, _ := slices.BinarySearchFunc(tombs, end, func(t tomb, at int) int { return t.at - at })
	var in []tomb
	from := 0
	for _, t := range tombs[min(i, j):j] {
		if to := t.at - d.at; to > from {
			in, from = append(in, tomb{end, d, from, to}), to
		}
		in = append(in, tomb{end, t.d, t.from, t.to})
	}
	in = append(in, tomb{end, d, from, len(d.units)})
	return slices.Replace(tombs, min(i, j), j, in...)
}

// after returns a position after edits, behind what they insert there.
func after(edits []placed, at int) int {
	shift := 0
	for _, ed := range edits {
		from, to, n := int(ed.from), int(ed.to), int(ed.n)
		if at < from || at == from && from < to {
			break
		}
		if at < to {
			return from + shift + n
		}
		shift += n - (to - from)
	}
	return at + shift
}

// add adds the units of a tomb that no record of revs inserted. at counts breaks.
func (c *composed) add(t tomb, at *segment, revs []eventlog.Revision) {
	pos := 0
	for _, s := range t.d.spans {
		from, to := max(pos, t.from), min(pos+s.Length, t.to)
		for from < to {
			rev, n := s.Revision, to-from
			if s.Typed {
				rev, n = rev+eventlog.Revision(from-pos), 1
			}
			if _, own := slices.BinarySearch(revs, rev); !own {
				c.take(t.d, from, from+n, at.line)
				c.origins = append(c.origins, event.Origin{Units: n, Revision: rev, Author: s.Author})
			}
			for ; from < to && n > 0; n-- {
				at.line += isBreak(t.d.units[from])
				from++
			}
		}
		pos += s.Length
	}
	at.to = t.to
}

func (c *composed) take(d *deletion, from, to, line int) {
	c.units += to - from
	if n := len(c.segments); n > 0 && c.segments[n-1].d == d && c.segments[n-1].to == from {
		c.segments[n-1].to = to
		return
	}
	c.segments = append(c.segments, segment{d, from, to, line})
}

func isBreak(u uint16) int {
	if u == '\n' {
		return 1
	}
	return 0
}
