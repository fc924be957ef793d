package projection

import (
	"slices"

	"parodywave/eventlog"
)

// patches writes patches in order of lines. The lines say the rest of a patch: what
// it has now.
func (f *freezer) patches(all *patches) {
	f.uint(uint64(len(all.list)))
	end, rev := 0, eventlog.Revision(0)
	for k, p := range all.list {
		f.uint(uint64(int(all.at[k]) - end))
		f.uint(uint64(p.lines))
		end = int(all.at[k]) + p.lines
	}
	for _, p := range all.list {
		f.int(int64(p.rev - rev))
		rev = p.rev
	}
	for _, p := range all.list {
		f.uint(uint64(p.author))
	}
	for _, p := range all.list {
		f.uint(uint64(len(p.kept)))
		end := kept{}
		for _, k := range p.kept {
			f.uint(uint64(k.a - end.a))
			f.uint(uint64(k.b - end.b))
			f.uint(uint64(k.n))
			end = kept{a: k.a + k.n, b: k.b + k.n}
		}
		f.uint(uint64(len(p.gone)))
		for _, u := range p.gone {
			f.uint(uint64(u))
		}
	}
	var before []line
	for _, p := range all.list {
		f.uint(uint64(len(p.before)))
		before = append(before, p.before...)
	}
	f.properties(before)
}

func (f *thawer) patches(t *Thread, all *patches) {
	list := make([]patch, f.count(7))
	end, rev := 0, eventlog.Revision(0)
	for i := range list {
		end += int(f.below(1 << 32))
		all.at = append(all.at, int32(end))
		list[i].lines = int(f.below(1 << 32))
		if end += list[i].lines; end > t.lines.count && f.err == nil {
			f.fail("a patch ends at line %d of %d", end, t.lines.count)
		}
	}
	for i := range list {
		rev += eventlog.Revision(f.int())
		list[i].rev = rev
	}
	for i := range list {
		list[i].author = uint32(f.below(uint64(len(t.authors))))
	}
	for i := range list {
		f.patch(t, &list[i], int(all.at[i]))
	}
	counts, sum := make([]int, len(list)), 0
	for i := range counts {
		counts[i] = int(f.below(patchLines + 1))
		sum += counts[i]
	}
	before := f.properties(t)
	if sum != len(before) && f.err == nil {
		f.fail("%d lines before, want %d", len(before), sum)
	}
	for i := range list {
		if f.err != nil {
			return
		}
		p := &list[i]
		p.before, before = slices.Clip(before[:counts[i]]), before[counts[i]:]
		if !p.sound() {
			f.fail("patch %d is not of these lines", i)
		}
		all.list = append(all.list, p)
		all.count(p, 1)
	}
}

// patch reads the text of a patch that begins at line at.
func (f *thawer) patch(t *Thread, p *patch, at int) {
	if p.lines > 0 && f.err == nil {
		_, start := t.lines.byIndex(at)
		last, end := t.lines.byIndex(at + p.lines - 1)
		p.units = end + int(last.length) - start
	}
	p.kept = make([]kept, f.count(3))
	end := kept{}
	for i := range p.kept {
		k := kept{end.a + int(f.below(1<<32)), end.b + int(f.below(1<<32)), int(f.below(1 << 32))}
		if k.n == 0 || k.b+k.n > p.units {
			f.fail("a run of %d units from %d on, of %d", k.n, k.b, p.units)
		}
		p.kept[i], end = k, kept{a: k.a + k.n, b: k.b + k.n}
	}
	p.gone = make([]uint16, f.count(1))
	for i := range p.gone {
		p.gone[i] = uint16(f.below(1 << 16))
	}
	if len(p.gone) == 0 {
		p.gone = nil
	}
}

// sound reports whether the runs of p and what is gone are as long as the lines
// before.
func (p *patch) sound() bool {
	length, a, gone := max(0, len(p.before)-1), 0, len(p.gone)
	for i := range p.before {
		length += int(p.before[i].length)
	}
	for _, k := range p.kept {
		gone -= k.a - a
		a = k.a + k.n
		if gone < 0 {
			return false
		}
	}
	return a+gone == length
}

func (f *freezer) stretch(s *newestStretch) {
	f.bool(s.on)
	f.uint(uint64(s.author))
	f.int(s.at)
	f.uint(uint64(s.length))
	f.uint(uint64(s.count))
	f.patches(&s.patches)
}

func (f *thawer) stretch(t *Thread) {
	s := &t.stretch
	s.on = f.bool()
	s.author = uint32(f.below(1 << 32))
	s.on = s.on && int(s.author) < len(t.authors)
	s.at = f.int()
	s.length, s.count = int(f.below(1<<32)), int(f.below(1<<32))
	f.patches(t, &s.patches)
}
