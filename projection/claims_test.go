package projection_test

import (
	"fmt"
	"slices"
	"strings"

	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/projection"
	"parodywave/projection/claims"
	"parodywave/projection/scripts"
)

// Text that comes back is claimed as a page claims it, and what holds is stated by the
// server's own rules (package claims). A claim that does not hold makes new text.

// stated returns what the record of a change states by a claim of its author.
func (w *world) stated(who *person, c ot.Change, claim claims.Claim) event.Changed {
	if !w.claims || !w.thread.Written || claim == (claims.Claim{}) || c.Inserted() == 0 {
		return event.Changed{Change: c}
	}
	budget := claims.Steps
	f := w.memory.State(w.thread, c, claim, scripts.AuthorID(who.name), who.client, &budget)
	w.claimed++
	if len(f.Origins) > 0 {
		w.held++
	}
	return f
}

// written returns a change, and what it states, as a script has it.
func written(f event.Changed) string {
	if !f.States() {
		return f.Change.String()
	}
	var o, l []string
	for _, x := range f.Origins {
		o = append(o, fmt.Sprintf("[%d,%d,%d]", x.Units, x.Revision, x.Author))
	}
	for _, x := range f.Lines {
		submitted := 0
		if x.Submitted {
			submitted = 1
		}
		l = append(l, fmt.Sprintf("[%d,%d,%d,%d,%d,%d,%d]", x.Piece, x.Born, x.Ordinal, x.Revision, x.Author, x.Time, submitted))
	}
	return f.Change.String() + " states [[" + strings.Join(o, ",") + "],[" + strings.Join(l, ",") + "]]"
}

// bringBack ends the finds of others if a change by who brings back units of them, or
// states that another line is theirs.
func (w *world) bringBack(who *person, c ot.Change, lines []event.StatedLine, now []*glyph) {
	back, moved := map[*glyph]bool{}, w.moved(c, now)
	for ed := range c.Edits() {
		for _, g := range now[ed.FromB:ed.ToB] {
			back[g] = !moved[g]
		}
	}
	pieces := split(now)
	w.voidAll(who.name, back)
	for name, all := range w.finds {
		for _, f := range all {
			f.void = f.void || name != who.name && slices.ContainsFunc(lines, func(l event.StatedLine) bool {
				return l.Born == f.row.ID.Revision && l.Ordinal == int(f.row.ID.Ordinal) && !slices.Equal(pieces[l.Piece], f.glyphs)
			})
		}
	}
}

// restate notes that lines which an undo brings back have their rows of before what is
// undone, even if they had others when their author came since: an undo is no change. The
// law (1) outranks that. Where others have changed the line since, it is as they left it:
// what its author found in it before says nothing.
func (w *world) restate(who *person, own []deed, c ot.Change, lines []event.StatedLine, now []*glyph) {
	if w.stretchOf == who.name && textOf(now) == w.begin {
		return
	}
	other := map[int]bool{} // the pieces with another author's row
	for _, l := range lines {
		other[l.Piece] = w.thread.Authors()[l.Author] != scripts.AuthorID(who.name)
	}
	back := map[*glyph]bool{}
	for ed := range c.Edits() {
		for _, g := range now[ed.FromB:ed.ToB] {
			back[g] = true
		}
	}
	for j, p := range split(now) {
		if len(p) > 0 && (sameGlyphs(split(w.glyphs), p) < 0 || slices.ContainsFunc(p, func(g *glyph) bool { return back[g] })) {
			w.restateLine(who, own, p, other[j])
		}
	}
}

func (w *world) restateLine(who *person, own []deed, p []*glyph, other bool) {
	known, was := false, (*projection.Row)(nil)
	for _, d := range own {
		before := w.glyphsOf(w.texts[d.at])
		if i := sameGlyphs(split(before), p); i >= 0 {
			if known = true; w.touched(d.at, before, p) {
				was = &w.rows[d.at][i]
				break
			}
		}
	}
	for name, all := range w.finds {
		for _, f := range all {
			switch {
			case !slices.Equal(f.glyphs, p):
				f.void = f.void || name == who.name && !known && other && slices.ContainsFunc(f.glyphs, func(g *glyph) bool { return slices.Contains(p, g) })
			case !known: // others have changed it since
				f.void = true
			case was != nil && was.Author != scripts.AuthorID(who.name):
				submitted := was.Submitted || f.row.Submitted && f.row.Revision == was.Revision
				f.row = *was
				f.row.Submitted = submitted
			}
		}
	}
}

// touched reports whether a change edits line p of the text before, or an end of it.
func (w *world) touched(at int, before, p []*glyph) bool {
	from := slices.Index(before, p[0])
	for ed := range w.log[at].Edits() {
		if ed.FromA <= from+len(p) && ed.ToA >= from {
			return true
		}
	}
	return false
}

// note marks the units that a record inserted first.
func (w *world) note(who *person, now []*glyph) {
	author, _ := w.thread.AuthorIndex(scripts.AuthorID(who.name))
	for _, g := range now {
		if g.rev == 0 {
			g.rev, g.author = w.thread.Revision, author
		}
	}
}

// checkUnits holds the revisions of the units against what the units say.
func (w *world) checkUnits() error {
	at := 0
	for s := range w.thread.Spans(0, w.thread.Len()) {
		for range s.Length {
			if g := w.glyphs[at]; !g.moved && (g.rev != s.Revision || g.author != s.Author) {
				return fmt.Errorf("unit %d %q is of revision %d by %d, and was first inserted by %d of %d", at, rune(g.unit), s.Revision, s.Author, g.author, g.rev)
			}
			at++
		}
	}
	return nil
}
