package projection_test

import (
	"fmt"
	"slices"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/projection"
	"parodywave/projection/claims"
	"parodywave/projection/scripts"
)

// A glyph is a unit with an identity.
type glyph struct {
	id     uint16 // number of it in the world
	unit   uint16
	rev    eventlog.Revision // that inserted it first
	author int               // of rev
	moved  bool              // once
}

// A world is a thread with the truth about its units, and the people who write it.
type world struct {
	draw   scripts.Source
	claims bool
	thread *projection.Thread
	memory *claims.Memory
	script script
	glyphs []*glyph
	all    []*glyph           // by id
	texts  [][]uint16         // ids before each change
	log    []ot.Change        // of ids
	rows   [][]projection.Row // before each change
	people []*person
	finds  map[string][]*find

	spoil     func(*projection.Thread) // what goes wrong after each record
	stretchOf string
	begin     string
	beginRows []projection.Row
	others    map[string]projection.Row // unique contents when the stretch began

	checked, hurt, mid int // finds that came back, wrong ones, and faults of law (3)
	claimed, held      int // of text that comes back
}

var believing bool // every claim holds

func newWorld(people int, claiming bool, t *projection.Thread) *world {
	w := &world{claims: claiming, thread: t, memory: claims.New(t, claims.Max), all: make([]*glyph, 1), finds: map[string][]*find{}}
	w.memory.Believe = believing
	for i, name := range []string{"ana", "ben", "cem", "dan"}[:people] {
		w.people = append(w.people, &person{name: name, client: eventlog.ClientID{byte(i + 1)}})
	}
	return w
}

// split returns the lines of a text of glyphs.
func split(all []*glyph) (lines [][]*glyph) {
	from := 0
	for i, g := range all {
		if g.unit == '\n' {
			lines = append(lines, all[from:i:i])
			from = i + 1
		}
	}
	return append(lines, all[from:len(all):len(all)])
}

func textOf(all []*glyph) string {
	var u []uint16
	for _, g := range all {
		u = append(u, g.unit)
	}
	return ot.String(u)
}

// change makes now the text, by one record of an author. Glyphs of moved are deleted
// and inserted again.
func (w *world) change(who *person, now []*glyph, moved map[*glyph]bool) error {
	return w.apply(who, w.diff(now, moved), claims.Claim{})
}

// diff returns the change of the ids that makes now the text.
func (w *world) diff(now []*glyph, moved map[*glyph]bool) ot.Change {
	was := map[*glyph]bool{}
	for _, g := range w.glyphs {
		was[g] = !moved[g]
	}
	var b ot.Builder
	i, gone := 0, 0
	var ins []uint16
	for _, g := range now {
		if !was[g] {
			ins = append(ins, w.idOf(g))
			continue
		}
		for ; w.glyphs[i] != g; i++ {
			gone++
		}
		b.Replace(gone, ins)
		b.Keep(1)
		gone, ins = 0, nil
		i++
	}
	b.Replace(gone+len(w.glyphs)-i, ins)
	return b.Change()
}

// idOf returns the number of a glyph.
func (w *world) idOf(g *glyph) uint16 {
	if g.id == 0 {
		g.id = uint16(len(w.all))
		w.all = append(w.all, g)
	}
	return g.id
}

// apply makes a change of the ids. Glyphs that were deleted come back, if the claim
// holds; otherwise they are new ones. If one is there already, what comes back is a copy.
func (w *world) apply(who *person, c ot.Change, claim claims.Claim, undone ...deed) error {
	now, err := w.applied(c)
	if err != nil {
		return err
	}
	f := w.stated(who, w.typed(c), claim)
	there := map[*glyph]bool{}
	for _, g := range now {
		there[g] = false
	}
	at := 0
	for ed := range c.Edits() {
		for ; at < ed.FromA; at++ {
			there[w.glyphs[at]] = true
		}
		at = ed.ToA
	}
	for ; at < len(w.glyphs); at++ {
		there[w.glyphs[at]] = true
	}
	moved := map[*glyph]bool{}
	if len(f.Origins) == 0 {
		moved = w.moved(c, now)
	}
	var b ot.Builder
	for ed := range c.Edits() {
		var ins []uint16
		for _, g := range now[ed.FromB:ed.ToB] {
			switch {
			case moved[g]:
				g.moved = true
			case len(f.Origins) == 0 && g.rev > 0:
				g = &glyph{unit: g.unit}
			case there[g]:
				g = &glyph{unit: g.unit, rev: g.rev, author: g.author}
			}
			there[g] = true
			ins = append(ins, w.idOf(g))
		}
		b.Edit(ed.FromA, ed.ToA, ins)
	}
	b.KeepTo(len(w.glyphs))
	c = b.Change()
	if now, err = w.applied(c); err != nil {
		return err
	}
	w.texts, w.log, w.rows = append(w.texts, w.ids()), append(w.log, c), append(w.rows, slices.Collect(w.thread.Rows()))
	return w.record(who, written(f), now, func() {
		if len(f.Origins) > 0 {
			w.bringBack(who, c, f.Lines, now)
			w.restate(who, undone, c, f.Lines, now)
		}
	})
}

func (w *world) applied(c ot.Change) ([]*glyph, error) {
	now, err := c.Apply(w.ids())
	return w.glyphsOf(now), err
}

func (w *world) glyphsOf(ids []uint16) []*glyph {
	out := make([]*glyph, len(ids))
	for i, id := range ids {
		out[i] = w.all[id]
	}
	return out
}

// moved returns the glyphs of lines that a change moves: it deletes and inserts them
// whole, with a break beside them.
func (w *world) moved(c ot.Change, now []*glyph) map[*glyph]bool {
	gone, come, out := map[*glyph]bool{}, map[*glyph]bool{}, map[*glyph]bool{}
	for ed := range c.Edits() {
		for _, g := range w.glyphs[ed.FromA:ed.ToA] {
			gone[g] = true
		}
		for _, g := range now[ed.FromB:ed.ToB] {
			come[g] = true
		}
	}
	before := wholeIn(w.glyphs, gone)
	for _, l := range wholeIn(now, come) {
		if sameGlyphs(before, l) >= 0 {
			for _, g := range l {
				out[g] = true
			}
		}
	}
	return out
}

// wholeIn returns the lines of a text that are in a set with a break beside them.
func wholeIn(text []*glyph, in map[*glyph]bool) (out [][]*glyph) {
	from := 0
	for _, l := range split(text) {
		to := from + len(l)
		if beside := from > 0 && in[text[from-1]] || to < len(text) && in[text[to]]; beside && len(l) > 0 &&
			!slices.ContainsFunc(l, func(g *glyph) bool { return !in[g] }) {
			out = append(out, l)
		}
		from = to + 1
	}
	return out
}

// ids returns the numbers of the glyphs of the text.
func (w *world) ids() []uint16 { return idsOf(w.glyphs) }

func idsOf(all []*glyph) []uint16 {
	out := make([]uint16, len(all))
	for i, g := range all {
		out[i] = g.id
	}
	return out
}

// typed returns a change of the ids as one of the text.
func (w *world) typed(c ot.Change) ot.Change {
	var b ot.Builder
	for ed := range c.Edits() {
		var ins []uint16
		for _, id := range ed.Insert {
			ins = append(ins, w.all[id].unit)
		}
		b.Edit(ed.FromA, ed.ToA, ins)
	}
	b.KeepTo(c.Len())
	return b.Change()
}

// record applies a line of a script, after which the text is now. Before that it calls
// back, if the text is changed.
func (w *world) record(who *person, what string, now []*glyph, back func()) error {
	line := who.name + " " + what
	w.script = append(w.script, line)
	e, err := scripts.Event(len(w.script), line, w.thread.Units(0, w.thread.Len()))
	if err != nil {
		return err
	}
	if _, ok := e.Payload.(event.Changed); ok {
		who.seq++
		e.Client, e.Seq = who.client, who.seq
	}
	before := slices.Collect(w.thread.Rows())
	w.goOn(who, before)
	w.voids(who, e, now)
	if _, ok := e.Payload.(event.Changed); ok && w.thread.Written {
		w.found(who, now, before)
		w.parts(who, now)
		back()
	}
	w.memory.Before(w.thread, &e)
	eff, err := w.thread.Apply(e)
	if err != nil {
		return fmt.Errorf("refused: %w", err)
	}
	w.memory.After(w.thread, &e, eff.Hunks)
	if w.spoil != nil {
		w.spoil(w.thread)
	}
	w.glyphs = now
	w.note(who, now)
	if _, ok := e.Payload.(event.Submitted); ok {
		w.stretchOf, w.others = "", nil // the flag is its work
	}
	return w.check()
}
