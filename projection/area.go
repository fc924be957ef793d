package projection

import (
	"cmp"
	"slices"
)

// An area is a run of lines, some of them touched by a change, together with the
// patches of one family that it unites.
type area struct {
	from, to int // lines before the change
	start    int // position of the first, before the change
	edits    []edit
	delta    int    // how many lines more they are after it
	old      []line // before the change

	idle   bool // nothing is remembered of it
	before []line
	text   []uint16 // of before, with breaks between the lines
	offset []int    // where each line of before begins in text
	kept   []kept   // from text to the text before the change, from start on
	own    []owned
	held   []held // of others
}

// An owned patch is one of the patches that an area unites.
type owned struct {
	*patch
	at    int // its first line
	first int // of its lines in area.before
}

// areasOf appends the runs of lines that edits touch.
func (t *Thread) areasOf(all []area, edits []edit) []area {
	for i := range edits {
		ed := &edits[i]
		from, _ := t.lines.byPos(ed.FromA)
		to, _ := t.lines.byPos(ed.ToA)
		delta := from - to
		for _, u := range ed.Insert {
			if u == lineBreak {
				delta++
			}
		}
		if n := len(all); n > 0 && from <= all[n-1].to {
			a := &all[n-1]
			a.to, a.delta = to+1, a.delta+delta
			a.edits = edits[i-len(a.edits) : i+1]
			continue
		}
		all = next(all, from, to+1, edits[i:i+1], delta)
	}
	return all
}

// touching returns the patches from k0 to k1 that have one of the lines from..to or
// lie at an end of them.
func (f *patches) touching(from, to int) (k0, k1 int) {
	k0 = f.behind(from)
	for k0 > 0 && int(f.at[k0-1])+f.list[k0-1].lines >= from {
		k0--
	}
	for k1 = k0; k1 < len(f.at) && int(f.at[k1]) <= to; k1++ {
	}
	return k0, k1
}

// touches reports whether patch k has one of the lines from..to or, being no line,
// lies between them or at an end.
func (f *patches) touches(k, from, to int) bool {
	at, n := int(f.at[k]), f.list[k].lines
	return n == 0 && from <= at && at <= to || n > 0 && at < to && at+n > from
}

// widened returns areas that have all lines of the author's patches which they touch.
func (f *patches) widened(all []area, author uint32) []area {
	n := 0
	for i := range all {
		a := &all[i]
		k0, k1 := f.touching(a.from, a.to)
		for k := k0; k < k1; k++ {
			if p := f.list[k]; p.author == author && f.touches(k, a.from, a.to) {
				a.from, a.to = min(a.from, int(f.at[k])), max(a.to, int(f.at[k])+p.lines)
			}
		}
		if n > 0 && a.from <= all[n-1].to {
			b := &all[n-1]
			b.to, b.delta = max(a.to, b.to), a.delta+b.delta
			b.edits = b.edits[:len(b.edits)+len(a.edits)] // they follow one another
			continue
		}
		all[n], all[i] = all[i], all[n]
		n++
	}
	return all[:n]
}

// gather collects what the lines of an area were before their patches. Where every
// is false, lines that the author was the last to change begin none.
func (t *Thread) gather(f *patches, a *area, author uint32, every bool) {
	_, a.start = t.lines.byIndex(a.from)
	k0, k1 := f.touching(a.from, a.to)
	a.idle = !every
	for i := a.from; i < a.to; i++ {
		ln, _ := t.lines.byIndex(i)
		a.old = append(a.old, *ln)
		a.idle = a.idle && ln.author == author && !ln.submitted
	}
	for k := k0; k < k1 && !every; k++ {
		if p := f.list[k]; p.author != author && (p.lines > 1 || len(p.before) > 1) && f.touches(k, a.from, a.to) {
			a.held = append(a.held, t.hold(p, int(f.at[k])))
		}
	}
	for k := k0; k < k1 && a.idle; k++ {
		a.idle = f.list[k].author != author || !f.touches(k, a.from, a.to)
	}
	for i := range a.edits {
		ed := &a.edits[i]
		a.idle = a.idle || ed.ToA-ed.FromA > patchDirty || len(ed.Insert) > patchDirty
	}
	if a.idle {
		return
	}
	i, pos := a.from, a.start
	for k := k0; i < a.to || k < k1; {
		if k < k1 && (int(f.at[k]) <= i || i >= a.to) {
			if p := f.list[k]; p.author == author && f.touches(k, a.from, a.to) {
				a.addPatch(t, p, i, pos)
				if p.lines > 0 {
					i, pos = i+p.lines, pos+p.units+1
				}
			}
			k++
			continue
		}
		ln := &a.old[i-a.from]
		a.add(*ln)
		a.kept = appendKept(a.kept, kept{len(a.text), pos - a.start, int(ln.length)})
		a.text = t.text.peek(a.text, pos, pos+int(ln.length))
		i, pos = i+1, pos+int(ln.length)+1
	}
}

// add adds a line of before, whose text is to follow.
func (a *area) add(ln line) {
	if len(a.before) > 0 {
		a.text = append(a.text, lineBreak)
	}
	a.before, a.offset = append(a.before, ln), append(a.offset, len(a.text))
}

// addPatch adds what a patch was, whose first line is i, at pos.
func (a *area) addPatch(t *Thread, p *patch, i, pos int) {
	if len(p.before) == 0 {
		return
	}
	a.own = append(a.own, owned{p, i, len(a.before)})
	a.add(p.before[0])
	at := len(a.text)
	for _, k := range p.kept {
		a.kept = append(a.kept, kept{at + k.a, pos - a.start + k.b, k.n})
	}
	a.text = p.appendBefore(a.text, t, pos)
	for _, ln := range p.before[1:] {
		at += int(a.before[len(a.before)-1].length) + 1
		a.before, a.offset = append(a.before, ln), append(a.offset, at)
	}
}

// carried appends the kept runs from a.text to the text after the change, from now on,
// where the area begins then. Those of moved lines come last.
func (a *area) carried(out []kept, moves []Move, now int) []kept {
	if len(a.edits) == 0 {
		return append(out, a.kept...)
	}
	next := 0 // in a.kept
	through := func(from, to, shift int) {
		for next < len(a.kept) {
			k := a.kept[next]
			lo, hi := max(from, k.b), min(to, k.b+k.n)
			if lo < hi {
				out = appendKept(out, kept{k.a + lo - k.b, lo + shift, hi - lo})
			}
			if k.b+k.n > to {
				return
			}
			next++
		}
	}
	at, shift := 0, 0
	for i := range a.edits {
		ed := &a.edits[i]
		through(at, ed.FromA-a.start, shift)
		at = ed.ToA - a.start
		shift += len(ed.Insert) - (ed.ToA - ed.FromA)
	}
	through(at, 1<<62, shift)
	for _, m := range moves {
		next = 0
		for next < len(a.kept) && a.kept[next].b+a.kept[next].n <= m.From-a.start {
			next++
		}
		through(m.From-a.start, m.To-a.start, m.At-m.From+a.start-now)
	}
	return out
}

// A placed patch is one that begins at a line.
type placed struct {
	at int
	p  *patch
}

func inPlace(all []placed) {
	slices.SortStableFunc(all, func(x, y placed) int {
		return cmp.Or(cmp.Compare(x.at, y.at), cmp.Compare(min(x.p.lines, 1), min(y.p.lines, 1)))
	})
}

// whereTo returns the position after the change of the units from..to before it,
// whether all of them, in one, were kept or moved, and whether they were moved.
func (a *area) whereTo(moves []Move, from, to int) (pos int, intact, moved bool) {
	for _, m := range moves {
		if from >= m.From && to <= m.To {
			return m.At + from - m.From, true, true
		}
	}
	shift := 0
	if len(a.edits) > 0 {
		shift = a.edits[0].FromB - a.edits[0].FromA // by the areas above
	}
	for i := range a.edits {
		ed := &a.edits[i]
		if ed.FromA >= to && (ed.FromA > from || ed.ToA > to) {
			break
		}
		if ed.ToA > from {
			return 0, false, false
		}
		shift += len(ed.Insert) - (ed.ToA - ed.FromA)
	}
	return from + shift, true, false
}
