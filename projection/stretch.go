package projection

import "slices"

// stretchPause is the longest time, in milliseconds, between two records of a stretch.
const stretchPause = 10 * 60 * 1000

// A newestStretch is the newest records of a thread by one author, with no pause, no
// submitted and no redacted record between. Its patches are the lines that it touched,
// as they stood when it began; they alter no identities.
type newestStretch struct {
	patches
	on     bool // there were lines when it began
	author uint32
	at     int64 // of the last record
	length int   // of the text when it began
	count  int   // of its lines then
	lost   bool  // a change is too large to be remembered
}

// goOn notes a record of an author, which may begin a stretch.
func (t *Thread) goOn(author uint32, at int64) {
	s := &t.stretch
	if s.author != author || at-s.at > stretchPause || t.Revision == 0 {
		t.breakOff()
		s.author = author
	}
	s.at = at
}

// breakOff lets a stretch begin with the next record.
func (t *Thread) breakOff() {
	t.endTyping()
	s := &t.stretch
	s.clear()
	s.on, s.length, s.count = t.Written && !t.byKeystroke, t.text.length, t.lines.count
}

// off forgets the stretch, which is too large to be remembered.
func (s *newestStretch) off() {
	s.clear()
	s.on, s.lost = false, false
}

// bounded reports whether the stretch is within the bounds; otherwise it forgets it.
func (s *newestStretch) bounded() bool {
	if s.on && (s.lines > patchLines || s.units > patchUnits) {
		s.off()
	}
	return s.on
}

// goBack gives every line its row and identity of when the stretch began, if the text
// is what it was then.
func (t *Thread) goBack() {
	s := &t.stretch
	if t.text.length != s.length || t.lines.count != s.count || len(s.list) == 0 {
		return
	}
	changed := -1 // the first and the last patch that are not as before
	last := -1
	for k, p := range s.list {
		if !p.sameIn(t, int(s.patches.at[k])) {
			if changed < 0 {
				changed = k
			}
			last = k
		}
	}
	switch {
	case changed < 0:
	case changed == last: // the lengths of text and list are as before
		return
	case !t.merge(changed, last):
		return
	}
	for k, p := range s.list {
		t.giveBack(int(s.patches.at[k]), p)
	}
	t.unpatch()
	s.clear()
	t.recover()
}

// unpatch ends the patches of the stretch that were a line which is elsewhere now.
func (t *Thread) unpatch() {
	if len(t.net.became) == 0 {
		return
	}
	s, f := &t.stretch, &t.patches
	at := map[LineID]int{}
	for k, p := range s.list {
		for i := range p.lines {
			ln, _ := t.lines.byIndex(int(s.patches.at[k]) + i)
			at[ln.id] = int(s.patches.at[k]) + i
		}
	}
	for k := len(f.list) - 1; k >= 0; k-- {
		first, p := int(f.at[k]), f.list[k]
		if slices.ContainsFunc(p.before, func(b line) bool {
			i, ok := at[b.id]
			return ok && (i < first || i >= first+p.lines)
		}) {
			f.end(k)
		}
	}
}

// sameIn is same for a patch whose first line is at.
func (p *patch) sameIn(t *Thread, at int) bool {
	if p.lines == 0 || p.short() != 0 || p.lines != len(p.before) {
		return false
	}
	_, start := t.lines.byIndex(at)
	return p.same(t, start)
}

// merge makes one patch of those from..to and the lines between, if all of its text is
// as before.
func (t *Thread) merge(from, to int) bool {
	s := &t.stretch
	a := area{from: int(s.patches.at[from]), to: int(s.patches.at[to]) + s.list[to].lines}
	if a.to == a.from {
		return false
	}
	_, start := t.lines.byIndex(a.from)
	if !s.list[from].begins(t, start) {
		return false
	}
	end, at := t.lines.byIndex(a.to - 1)
	if at+int(end.length)-start > patchDirty {
		return false
	}
	t.gather(&s.patches, &a, s.author, true)
	if now := t.text.peek(nil, start, at+int(end.length)); !slices.Equal(a.text, now) {
		return false
	}
	p := &patch{author: s.author, before: a.before, lines: a.to - a.from}
	s.replace(from, to+1, []int32{int32(a.from)}, []*patch{p})
	return true
}

// giveBack makes the lines from index at on those that patch p was.
func (t *Thread) giveBack(at int, p *patch) {
	n := &t.net
	for k := range p.before {
		ln, _ := t.lines.byIndex(at + k)
		was := p.before[k]
		if ln.id != was.id {
			n.became = append(n.became, became{ln.id, at + k})
		}
		if ln.id == was.id {
			was.deleted = ln.deleted
		}
		if was.length = ln.length; *ln != was {
			*ln = was
			n.touched = append(n.touched, at+k)
		}
	}
}

// recover puts what giveBack did into the aliases and the effect.
func (t *Thread) recover() {
	n := &t.net
	if len(n.became) == 0 {
		return
	}
	was := map[int]LineID{}
	for _, b := range n.became {
		ln, _ := t.lines.byIndex(b.at)
		delete(t.aliases, ln.id)
		was[b.at] = ln.id
	}
	lives := map[LineID]bool{}
	for _, id := range was {
		lives[id] = true
	}
	for _, b := range n.became {
		if !lives[b.was] && b.was.Revision != t.Revision+1 {
			ln, _ := t.lines.byIndex(b.at)
			t.joins(b.was, ln.id)
		}
		was[b.at] = b.was
	}
	if !t.effect.quiet {
		t.oneHunk(was)
	}
	n.became = n.became[:0]
}

// oneHunk makes one hunk of all of the effect. Lines outside of areas were the ones in
// was.
func (t *Thread) oneHunk(was map[int]LineID) {
	lo, hi, shift := t.lines.count, 0, 0
	for i := range was {
		lo, hi = min(lo, i), max(hi, i+1)
	}
	begins := map[int]*area{}
	for i := range t.net.patched {
		a := &t.net.patched[i]
		lo, hi = min(lo, a.from+shift), max(hi, a.to+shift+a.delta)
		begins[a.from+shift] = a
		shift += a.delta
	}
	h := Hunk{At: lo, NewAt: lo}
	for j := lo; j < hi; {
		if a := begins[j]; a != nil {
			for k := range a.old {
				h.Old = append(h.Old, a.old[k].id)
			}
			j += a.to - a.from + a.delta
			continue
		}
		id, ok := was[j]
		if !ok {
			ln, _ := t.lines.byIndex(j)
			id = ln.id
		}
		h.Old = append(h.Old, id)
		j++
	}
	for j := lo; j < hi; j++ {
		ln, _ := t.lines.byIndex(j)
		h.New = append(h.New, ln.id)
	}
	t.effect.Hunks = nil
	if !slices.Equal(h.Old, h.New) {
		t.effect.Hunks = []Hunk{h}
	}
}
