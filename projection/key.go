package projection

import "slices"

// key notes an edit within the current line, number i, before it is made: the units
// from..to become ins units. The line begins at start.
func (t *Thread) key(by stamp, i, start, from, to, ins int) {
	t.net.clear()
	if t.byKeystroke {
		return
	}
	p := t.patches.find(i)
	if p >= 0 && t.patches.list[p].author != by.author {
		t.releaseKey(p, i)
		t.lines.byIndex(i)
		p = -1
	}
	ln := t.lines.current()
	if p < 0 && (ln.author != by.author || ln.submitted) {
		p = t.patches.begin(i, by, ln)
	}
	s := -1
	if t.stretch.on {
		if s = t.stretch.find(i); s < 0 {
			s = t.stretch.begin(i, by, ln)
		}
	}
	if p < 0 && s < 0 {
		return
	}
	old := t.scratch.gone[:0]
	if from < to {
		old = t.text.peek(old, from, to)
		t.scratch.gone = old
	}
	if p >= 0 {
		t.patches.edit(t, p, by, start, from, old, ins)
	}
	if s >= 0 {
		t.stretch.edit(t, s, by, start, from, old, ins)
	}
	t.lines.byIndex(i)
}

// edit notes an edit in patch k, within a line that begins at start.
func (f *patches) edit(t *Thread, k int, by stamp, start, from int, old []uint16, ins int) {
	p := f.list[k]
	if p.lines > 1 {
		_, start = t.lines.byIndex(int(f.at[k]))
	}
	f.count(p, -1)
	p.edit(from-start, old, ins)
	p.rev = by.rev
	f.count(p, 1)
}

// keyed follows key, after the edit was made.
func (t *Thread) keyed(by stamp, i, start int) {
	if t.byKeystroke {
		return
	}
	if k := t.patches.find(i); k >= 0 && t.patches.keep(t, k, start) {
		p := t.patches.list[k]
		switch {
		case p.lines > 1 || len(p.before) > 1:
			if t.recalls(k, i, start) {
				t.resettle(by, int(t.patches.at[k]), p.lines)
				return
			}
		case p.same(t, start):
			t.takeBack(i, &p.before[0])
			t.patches.drop(k)
		}
	}
	t.patches.bound()
	if t.stretch.on {
		t.keyedInStretch(by, i, start)
	}
}

// keep reports whether patch k is within the bounds of one; otherwise it ends it.
func (f *patches) keep(t *Thread, k, start int) bool {
	p := f.list[k]
	if p.wide() {
		f.drop(k)
		return false
	}
	if len(p.kept) > patchKept {
		if p.lines > 1 {
			_, start = t.lines.byIndex(int(f.at[k]))
		}
		f.count(p, -1)
		p.shorten(t, start)
		f.count(p, 1)
	}
	return true
}

func (t *Thread) keyedInStretch(by stamp, i, start int) {
	s := &t.stretch
	if k := s.find(i); k < 0 || !s.keep(t, k, start) {
		s.off()
		return
	} else if p := s.list[k]; p.lines == 1 && len(p.before) == 1 && p.same(t, start) {
		ln, _ := t.lines.byIndex(i)
		if ln.id == p.before[0].id {
			if ln.changed == by.rev {
				t.restore(ln, &p.before[0], i)
			}
			if len(s.list) > 1 && ln.changed == p.before[0].changed {
				s.drop(k)
			}
		}
	}
	if s.bounded() {
		t.goBack()
	}
	t.amend(nil)
}

// takeBack makes line i the line was, which reads like it.
func (t *Thread) takeBack(i int, was *line) {
	ln, _ := t.lines.byIndex(i)
	if ln.id == was.id {
		t.restore(ln, was, i)
		return
	}
	old, length := ln.id, ln.length
	*ln = *was
	ln.length = length
	t.joins(old, was.id)
	t.net.touched = append(t.net.touched, i)
	if !t.effect.quiet {
		t.effect.Hunks = append(t.effect.Hunks, Hunk{i, i, []LineID{old}, []LineID{was.id}})
	}
}

// recalls reports whether line i reads like the line of patch k that it is, or like a
// missing one.
func (t *Thread) recalls(k, i, start int) bool {
	p, at := t.patches.list[k], int(t.patches.at[k])
	ln, _ := t.lines.byIndex(i)
	id, length := ln.id, ln.length
	if !slices.ContainsFunc(p.before, func(b line) bool { return b.length == length }) {
		return false
	}
	t.scratch.old = t.text.peek(t.scratch.old[:0], start, start+int(length))
	content := t.scratch.old
	lives := func(id LineID) bool {
		for j := range p.lines {
			if ln, _ := t.lines.byIndex(at + j); ln.id == id {
				return true
			}
		}
		return false
	}
	_, first := t.lines.byIndex(at)
	r := reader{patch: p, t: t, start: first}
	for n := range p.before {
		b := &p.before[n]
		if b.length == length && r.reads(content) && (b.id == id || !blank(content) && !lives(b.id)) {
			return true
		}
		r.skip(int(b.length) + 1)
	}
	return false
}

// resettle settles n lines from index at on, which are a patch, after an edit within
// one of them.
func (t *Thread) resettle(by stamp, at, n int) {
	t.net.clear()
	w := t.net.reserve()
	w.patched = next(w.patched[:0], at, at+n, nil, 0)
	t.openAreas(by)
	t.close(by)
}

// limit returns how many of n edits by one unit in line i, number growing the line if
// grows, can be made at once: after the last of them, a line or the text may be as
// before.
func (t *Thread) limit(by stamp, i, n int, grows bool) int {
	if t.byKeystroke || len(t.patches.list) == 0 && !t.stretch.on {
		return n
	}
	steps := func(short int) int {
		if !grows {
			short = -short
		}
		if short > 0 {
			return min(n, short)
		}
		return n
	}
	if k := t.patches.find(i); k >= 0 && t.patches.list[k].author == by.author {
		p := t.patches.list[k]
		if len(p.kept) >= patchKept { // of more, the shortest are chosen after each edit
			return 1
		}
		if p.lines > 1 || len(p.before) > 1 {
			ln, _ := t.lines.byIndex(i)
			for j := range p.before {
				n = steps(int(p.before[j].length) - int(ln.length))
			}
		} else {
			n = steps(p.short())
		}
	}
	if !t.stretch.on {
		return n
	}
	if k := t.stretch.find(i); k >= 0 {
		switch p := t.stretch.list[k]; {
		case len(p.kept) >= patchKept:
			return 1
		case p.lines == 1:
			n = steps(p.short())
		}
	}
	return steps(t.stretch.length - t.text.length)
}
