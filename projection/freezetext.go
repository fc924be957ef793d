package projection

import (
	"slices"

	"parodywave/eventlog"
)

// lines writes the list of lines, property by property.
func (f *freezer) lines(l *lines) {
	all := make([]line, 0, l.count)
	for _, ln := range l.all {
		all = append(all, *ln)
	}
	f.properties(all)
}

func (f *freezer) properties(all []line) {
	f.uint(uint64(len(all)))
	id, from := LineID{}, LineID{}
	for i := range all {
		f.id(all[i].id, &id)
	}
	for i := range all {
		f.id(all[i].splitFrom, &from)
	}
	changed, at := eventlog.Revision(0), int64(0)
	for i := range all {
		f.int(int64(all[i].changed - changed))
		changed = all[i].changed
	}
	for i := range all {
		f.int(all[i].at - at)
		at = all[i].at
	}
	for i := range all {
		f.uint(uint64(all[i].author))
	}
	for i := range all {
		f.uint(uint64(all[i].length))
	}
	for i := range all {
		f.uint(uint64(all[i].deleted))
	}
	for i := range all {
		f.bool(all[i].submitted)
	}
}

// lines reads the lines and puts them into t.
func (f *thawer) lines(t *Thread) []line {
	all := f.properties(t)
	if f.err == nil && len(all) > 0 {
		t.lines.set(all)
	}
	return all
}

func (f *thawer) properties(t *Thread) []line {
	all := make([]line, f.count(10))
	if len(all) == 0 {
		return nil
	}
	id, from := LineID{}, LineID{}
	for i := range all {
		all[i].id = f.id(&id)
	}
	for i := range all {
		all[i].splitFrom = f.id(&from)
	}
	changed, at := eventlog.Revision(0), int64(0)
	for i := range all {
		changed += eventlog.Revision(f.int())
		all[i].changed = changed
	}
	for i := range all {
		at += f.int()
		all[i].at = at
	}
	for i := range all {
		all[i].author = uint32(f.below(uint64(len(t.authors))))
	}
	for i := range all {
		all[i].length = uint32(f.below(1 << 32))
	}
	for i := range all {
		all[i].deleted = uint32(f.below(1 << 32))
	}
	for i := range all {
		all[i].submitted = f.bool()
	}
	return all
}

// text writes the units, their low bytes first and then, if any is not zero, their
// high bytes; and the spans.
func (f *freezer) text(t *text) {
	units := t.appendUnits(nil, 0, t.length)
	f.uint(uint64(len(units)))
	wide := slices.ContainsFunc(units, func(u uint16) bool { return u > 0xff })
	f.bool(wide)
	f.out = slices.Grow(f.out, 2*len(units))
	for _, u := range units {
		f.out = append(f.out, byte(u))
	}
	if wide {
		for _, u := range units {
			f.out = append(f.out, byte(u>>8))
		}
	}
	f.spans(canonical(t.appendSpans(nil, 0, t.length)))
}

// text reads the text and puts it into t. all are its lines; they must end at its
// breaks.
func (f *thawer) text(t *Thread, all []line) {
	units := make([]uint16, f.count(1))
	wide := f.bool()
	for i, b := range f.raw(len(units)) {
		units[i] = uint16(b)
	}
	if wide {
		for i, b := range f.raw(len(units)) {
			units[i] |= uint16(b) << 8
		}
	}
	spans := f.spans(t, len(units))
	if f.err == nil && !isSplit(units, all) {
		f.fail("the lines do not match the text")
	}
	if f.err == nil && len(units) > 0 {
		t.text.place(0, units, spans)
	}
}

// isSplit reports whether all is units split at its breaks. An empty text has no
// line or one.
func isSplit(units []uint16, all []line) bool {
	if len(all) == 0 {
		return len(units) == 0
	}
	for i := range all {
		n := int(all[i].length)
		last := i == len(all)-1
		switch {
		case n > len(units), slices.Contains(units[:n], lineBreak):
			return false
		case last:
			return n == len(units)
		case n == len(units) || units[n] != lineBreak:
			return false
		}
		units = units[n+1:]
	}
	return true
}

// canonical returns spans that depend on the units' revisions alone: adjacent units
// of one revision are one span, and so are adjacent units of consecutive revisions
// that have one unit each.
func canonical(spans []span) []span {
	var out []span
	var run span // of one revision
	put := func() {
		if run.n == 0 {
			return
		}
		if n := len(out); n > 0 && run.n == 1 {
			last := &out[n-1]
			if one := last.n == 1 || last.step == 1; one && last.author == run.author && last.rev+eventlog.Revision(last.n) == run.rev {
				last.n, last.step = last.n+1, 1
				return
			}
		}
		out = append(out, run)
	}
	for _, s := range spans {
		parts, n := uint32(1), s.n
		if s.step == 1 {
			parts, n = s.n, 1
		}
		for i := range parts {
			rev := s.rev + eventlog.Revision(i)
			if run.n > 0 && run.rev == rev && run.author == s.author {
				run.n += n
				continue
			}
			put()
			run = span{rev: rev, n: n, author: s.author}
		}
	}
	put()
	return out
}

func (f *freezer) spans(spans []span) {
	f.uint(uint64(len(spans)))
	for _, s := range spans {
		f.uint(uint64(s.n)<<1 | uint64(s.step))
	}
	end := eventlog.Revision(0)
	for _, s := range spans {
		f.int(int64(s.rev - end))
		end = s.rev + eventlog.Revision((s.n-1)*s.step)
	}
	for _, s := range spans {
		f.uint(uint64(s.author))
	}
}

func (f *thawer) spans(t *Thread, length int) []span {
	spans := make([]span, f.count(3))
	sum := uint64(0)
	for i := range spans {
		n := f.below(1 << 33)
		spans[i].n, spans[i].step = uint32(n>>1), uint32(n&1)
		if sum += n >> 1; n>>1 == 0 {
			f.fail("an empty span")
		}
	}
	if f.err == nil && sum != uint64(length) {
		f.fail("spans of %d units in a text of %d", sum, length)
	}
	end := eventlog.Revision(0)
	for i := range spans {
		s := &spans[i]
		s.rev = end + eventlog.Revision(f.int())
		end = s.rev + eventlog.Revision((s.n-1)*s.step)
	}
	for i := range spans {
		spans[i].author = uint32(f.below(uint64(len(t.authors))))
	}
	return spans
}
