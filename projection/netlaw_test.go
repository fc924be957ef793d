package projection_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/eventlog/seeds"
	"parodywave/projection"
	"parodywave/projection/scripts"
)

// The oracle of the net law knows nothing of patches. Every unit is a value of its
// own, whose identity is its address, and so it knows which units a line truly has.
//
// Law (1): when the text is again what it was when the newest stretch began, every
// row is, too.
//
// Law (2): a line that an author finds as another one left it is a find of his: its
// units, its row, its identity. While nobody else alters a line that has units of it,
// or puts something between two of them, each line that has exactly these units has
// that row and that identity. Nobody who reads lines of equal content can tell
// them apart: while there is another line that reads like a find, or was at any
// time since, the find says nothing. Nor does an empty line, which has no units, nor
// one of blank units once these were moved, since that is no move, nor one between
// whose parts its author moves a line that is another find.
//
// An undo is no change: a line that it brings back has the row of before what is undone.
// Text that another author brings back is his work, and an identity lives once: a find says
// nothing once another's record has brought back units of it, or stated that another
// line is that.
//
// Law (3), a goal: in the middle of a stretch, a line that reads like one of another
// author when the stretch began, and like no other, has its row.

// A find is a line as an author found it.
type find struct {
	glyphs []*glyph
	row    projection.Row
	void   bool
}

// goOn begins a stretch where a record of who does.
func (w *world) goOn(who *person, before []projection.Row) {
	if w.stretchOf == who.name {
		return
	}
	w.stretchOf, w.begin, w.beginRows = who.name, w.thread.Text(), before
	w.others = map[string]projection.Row{}
	for i, n := range counts(split(w.glyphs)) {
		if n == 1 && i < len(before) && before[i].Author != scripts.AuthorID(who.name) {
			w.others[textOf(split(w.glyphs)[i])] = before[i]
		}
	}
}

// counts returns how often the content of each line occurs.
func counts(lines [][]*glyph) []int {
	n := map[string]int{}
	for _, l := range lines {
		n[textOf(l)]++
	}
	out := make([]int, len(lines))
	for i, l := range lines {
		out[i] = n[textOf(l)]
	}
	return out
}

func sameGlyphs(lines [][]*glyph, l []*glyph) int {
	return slices.IndexFunc(lines, func(x []*glyph) bool { return slices.Equal(x, l) })
}

// voids ends the finds of others that a record alters.
func (w *world) voids(who *person, e event.Event, now []*glyph) {
	after := split(now)
	altered := map[*glyph]bool{}
	switch f := e.Payload.(type) {
	case event.Submitted:
		for _, l := range split(w.glyphs)[f.From : f.To+1] {
			for _, g := range l {
				altered[g] = true
			}
		}
		w.voidAll("", altered)
		return
	case event.Redacted:
		for _, g := range w.glyphs {
			altered[g] = true
		}
		w.voidAll("", altered)
		return
	case event.Changed:
		at := map[*glyph]int{}
		for i, g := range w.glyphs {
			at[g] = i
		}
		for _, l := range split(w.glyphs) {
			if sameGlyphs(after, l) < 0 {
				for _, g := range l {
					altered[g] = true
				}
			}
		}
		w.voidAll(who.name, altered)
		for name, all := range w.finds {
			for _, f := range all {
				if name == who.name {
					continue
				}
				first, last := len(w.glyphs), -1
				for _, g := range f.glyphs {
					if i, ok := at[g]; ok {
						first, last = min(first, i), max(last, i)
					}
				}
				for ed := range f.inside(first, last, &e) {
					_ = ed
					f.void = true
				}
			}
		}
	}
}

// inside yields the edits of e between two units.
func (f *find) inside(first, last int, e *event.Event) func(func(ot.Edit) bool) {
	return func(yield func(ot.Edit) bool) {
		c, _ := e.Payload.(event.Changed)
		for ed := range c.Change.Edits() {
			if ed.FromA > first && ed.FromA <= last || ed.ToA > first && ed.ToA <= last {
				if !yield(ed) {
					return
				}
			}
		}
	}
}

func (w *world) voidAll(but string, altered map[*glyph]bool) {
	for name, all := range w.finds {
		for _, f := range all {
			if name != but && slices.ContainsFunc(f.glyphs, func(g *glyph) bool { return altered[g] }) {
				f.void = true
			}
		}
	}
}

// found notes the lines of others that a change is about to alter.
func (w *world) found(who *person, now []*glyph, before []projection.Row) {
	after, n := split(now), counts(split(w.glyphs))
	for i, l := range split(w.glyphs) {
		if len(l) == 0 || n[i] > 1 || sameGlyphs(after, l) >= 0 || before[i].Author == scripts.AuthorID(who.name) {
			continue
		}
		all := w.finds[who.name]
		if slices.ContainsFunc(all, func(f *find) bool { return !f.void && slices.Equal(f.glyphs, l) }) {
			continue
		}
		w.finds[who.name] = append(all, &find{glyphs: slices.Clone(l), row: before[i]})
	}
}

// parts ends the finds of an author between whose parts another find comes to lie.
func (w *world) parts(who *person, now []*glyph) {
	at := map[*glyph]int{}
	for i, g := range now {
		at[g] = i
	}
	bounds := func(f *find) (first, last int) {
		first, last = 1<<30, -1
		for _, g := range f.glyphs {
			if i, ok := at[g]; ok {
				first, last = min(first, i), max(last, i)
			}
		}
		return first, last
	}
	for _, f := range w.finds[who.name] {
		first, last := bounds(f)
		for _, all := range w.finds {
			for _, other := range all {
				if a, b := bounds(other); other != f && a > first && b < last {
					f.void = true
				}
			}
		}
	}
}

func sameRow(a, b projection.Row) bool {
	return a.ID == b.ID && a.Revision == b.Revision && a.Author == b.Author && a.Time == b.Time && a.Submitted == b.Submitted
}

// check holds the thread against the laws.
func (w *world) check() error {
	if got, want := w.thread.Text(), textOf(w.glyphs); got != want {
		return fmt.Errorf("the text is %q, want %q", got, want)
	}
	if w.claims {
		if err := w.checkUnits(); err != nil {
			return err
		}
	}
	rows := slices.Collect(w.thread.Rows())
	lines := split(w.glyphs)
	whole := w.stretchOf != "" && len(w.beginRows) > 0 && w.thread.Text() == w.begin
	if whole {
		for i := range rows {
			if !sameRow(rows[i], w.beginRows[i]) {
				return fmt.Errorf("law (1): line %d is %+v, and was %+v when the stretch of %s began", i, rows[i], w.beginRows[i], w.stretchOf)
			}
		}
	}
	if len(rows) != len(lines) {
		return nil // nothing was written yet
	}
	seen := map[string]bool{}
	for _, r := range rows {
		if seen[r.ID.String()] {
			return fmt.Errorf("two lines are %s", r.ID)
		}
		seen[r.ID.String()] = true
	}
	var wrong error
	for name, all := range w.finds {
		for _, f := range all {
			content := textOf(f.glyphs)
			j := -1
			for i, l := range lines {
				if slices.Equal(l, f.glyphs) {
					j = i
				} else if textOf(l) == content {
					f.void = true
				}
			}
			if w.claims && slices.ContainsFunc(rows, func(r projection.Row) bool {
				return r.ID == f.row.ID && (r.Length == 0 || r.Author != scripts.AuthorID(name)) && j >= 0 && rows[j].ID != r.ID
			}) {
				f.void = true // an empty line lives on as that, or another author's
			}
			if strings.TrimSpace(content) == "" && slices.ContainsFunc(f.glyphs, func(g *glyph) bool { return g.moved }) {
				f.void = true
			}
			if f.void || j < 0 {
				continue
			}
			w.checked++
			if !sameRow(rows[j], f.row) && wrong == nil {
				w.hurt++
				wrong = fmt.Errorf("law (2): line %d %q is %+v, and was %+v when %s came", j, content, rows[j], f.row, name)
			}
		}
		w.finds[name] = slices.DeleteFunc(all, func(f *find) bool { return f.void })
	}
	n := counts(lines)
	for i, l := range lines {
		if was, ok := w.others[textOf(l)]; ok && n[i] == 1 && len(l) > 0 && !sameRow(rows[i], was) {
			w.mid++
		}
	}
	return wrong
}

// A life is the steps of a world that is still to be made up.
type life struct {
	people int
	claims bool
	spoil  func(*projection.Thread)
	steps  []uint64
}

func makeLife(draw scripts.Source, most int, claiming bool) life {
	l := life{people: 2 + draw(3), claims: claiming}
	for range 10 + draw(most) {
		l.steps = append(l.steps, uint64(draw(1<<32)))
	}
	return l
}

func (l life) live(t *projection.Thread) (*world, error) {
	w := newWorld(l.people, l.claims, t)
	w.spoil = l.spoil
	for _, seed := range l.steps {
		w.draw = scripts.Seeded(seed)
		if err := w.step(); err != nil {
			return w, err
		}
	}
	return w, nil
}

// shrink leaves out steps as long as the law is still broken.
func (l life) shrink(thread func() *projection.Thread) (*world, error) {
	w, err := l.live(thread())
	for again := true; again; {
		again = false
		for i := len(l.steps) - 1; i >= 0; i-- {
			less := life{l.people, l.claims, l.spoil, slices.Delete(slices.Clone(l.steps), i, i+1)}
			if shorter, e := less.live(thread()); e != nil && len(shorter.script) <= len(w.script) {
				l, w, err, again = less, shorter, e, true
			}
		}
	}
	return w, err
}

func anyThread() *projection.Thread { return projection.NewThread(scripts.Stream) }

// lives returns the number of lives until one breaks the law, the checks that were
// made and the lives without a fault in mid-stretch.
func lives(draw scripts.Source, n int, claiming bool, thread func() *projection.Thread, spoil func(*projection.Thread)) (at, checked, calm int, w *world, err error) {
	for i := range n {
		l := makeLife(draw, 30, claiming)
		l.spoil = spoil
		if w, err = l.live(thread()); err != nil {
			w, err = l.shrink(thread)
			return i, checked, calm, w, err
		}
		checked += w.checked
		if w.mid == 0 {
			calm++
		}
	}
	return n, checked, calm, nil, nil
}

// TestNetLaw: laws (1) and (2) hold on random histories of two to four people. Law (3)
// is measured.
func TestNetLaw(t *testing.T) {
	n := seeds.Rounds(10_000)
	i, checked, calm, w, err := lives(scripts.Seeded(seeds.For(t)), n, false, anyThread, nil)
	if err != nil {
		t.Fatalf("history %d: %v\n%v\ntext %q", i, err, w.script, w.thread.Text())
	}
	t.Logf("%d histories, %d lines came back, %.1f %% of the histories without a fault in mid-stretch", n, checked, 100*float64(calm)/float64(n))
	if checked < n {
		t.Errorf("only %d lines came back", checked)
	}
}

// The laws have teeth.
func TestNetLawFindsWrongRules(t *testing.T) {
	keystroke := func() *projection.Thread {
		defer projection.KeystrokeRule()()
		return anyThread()
	}
	for _, c := range []struct {
		name   string
		thread func() *projection.Thread
		spoil  func(*projection.Thread)
	}{
		{"the keystroke rule of before", keystroke, nil},
		{"patches left out of the snapshot", anyThread, projection.FreezeFaults["patches"]},
		{"the stretch left out of the snapshot", anyThread, projection.FreezeFaults["stretch"]},
		{"the bounds left out of the snapshot", anyThread, projection.FreezeFaults["stretch began"]},
	} {
		t.Run(c.name, func(t *testing.T) {
			i, _, _, w, err := lives(scripts.Seeded(seeds.For(t)), 1000, false, c.thread, c.spoil)
			if err == nil {
				t.Fatalf("%d histories obey the law all the same", i)
			}
			t.Logf("found out by history %d: %v\n%v", i, err, w.script)
		})
	}
}
