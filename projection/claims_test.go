package projection_test

import (
	"fmt"
	"slices"
	"strings"

	"parodywave/eventlog/event"
	"parodywave/projection"
	"parodywave/projection/scripts"
)

// Text that comes back is stated by the rules of the server: origins of each unit, the rows
// that lines had before the oldest undone record if they read as then, or else the rows
// that others gave them since.

// statement returns what a change to now states about the units that come back, as the
// end of a script's line. deeds are what it undoes, the newest first.
func (w *world) statement(c string, now []*glyph, moved map[*glyph]bool, deeds []deed) string {
	was := map[*glyph]bool{}
	for _, g := range w.glyphs {
		was[g] = !moved[g]
	}
	var origins []event.Origin
	for _, g := range now {
		if !was[g] {
			origins = append(origins, event.Origin{Units: 1, Revision: g.rev, Author: g.author})
		}
	}
	lines := w.statedLines(now, was, deeds)
	if origins = event.JoinOrigins(origins); len(origins)+len(lines) == 0 {
		return c
	}
	var o, l []string
	for _, x := range origins {
		o = append(o, fmt.Sprintf("[%d,%d,%d]", x.Units, x.Revision, x.Author))
	}
	for _, x := range lines {
		submitted := 0
		if x.Submitted {
			submitted = 1
		}
		l = append(l, fmt.Sprintf("[%d,%d,%d,%d,%d,%d,%d]", x.Piece, x.Born, x.Ordinal, x.Revision, x.Author, x.Time, submitted))
	}
	return c + " states [[" + strings.Join(o, ",") + "],[" + strings.Join(l, ",") + "]]"
}

func (w *world) statedLines(now []*glyph, was map[*glyph]bool, deeds []deed) (out []event.StatedLine) {
	rows, old, pieces := slices.Collect(w.thread.Rows()), split(w.glyphs), split(now)
	in := map[*glyph]int{} // the piece that a unit is in
	for j, p := range pieces {
		for _, g := range p {
			if was[g] {
				in[g] = j
			}
		}
	}
	holder := map[projection.LineID]int{} // the piece that has most of a line, of those that live
	for i, l := range old {
		if len(l) == 0 {
			if !w.touched(rows[i].Start, now, was) {
				holder[rows[i].ID] = -1
			}
			continue
		}
		units := map[int]int{}
		for _, g := range l {
			if j, ok := in[g]; ok {
				units[j]++
			}
		}
		most := -1
		for j, n := range units {
			if most < 0 || n > units[most] || n == units[most] && j < most {
				most = j
			}
		}
		if most >= 0 {
			holder[rows[i].ID] = most
		}
	}
	given := map[projection.LineID]bool{}
	is := map[int]projection.Row{}
	for j, p := range pieces {
		if row, ok := w.then(j, p, was, old, rows, deeds, holder); ok && !given[row.ID] {
			given[row.ID], is[j] = true, row
		}
	}
	for again := true; again; { // an identity lives once
		again = false
		for j, row := range is {
			if at, lives := holder[row.ID]; lives && at != j && (at < 0 || is[at].ID.IsZero()) {
				delete(is, j)
				again = true
			}
		}
	}
	for j := range pieces {
		row, ok := is[j]
		if !ok {
			continue
		}
		w.restate(pieces[j], row)
		author, _ := w.thread.AuthorIndex(row.Author)
		out = append(out, event.StatedLine{Piece: j, Born: row.ID.Revision, Ordinal: int(row.ID.Ordinal), Revision: row.Revision, Author: author, Time: row.Time, Submitted: row.Submitted})
	}
	return out
}

// restate notes that a line which is back has its row of before what is undone, even if
// it had another one when its author came since: an undo that holds is no change.
func (w *world) restate(l []*glyph, row projection.Row) {
	for _, all := range w.finds {
		for _, f := range all {
			if slices.Equal(f.glyphs, l) {
				f.row = row
			}
		}
	}
}

// touched reports whether a change to now touches the empty line at a position.
func (w *world) touched(at int, now []*glyph, was map[*glyph]bool) bool {
	i, n := 0, len(now)
	if at > 0 {
		if i = slices.Index(now, w.glyphs[at-1]) + 1; i == 0 || !was[w.glyphs[at-1]] {
			return true
		}
	}
	if at < len(w.glyphs) {
		n = slices.Index(now, w.glyphs[at])
	}
	return i != n || at < len(w.glyphs) && !was[w.glyphs[at]]
}

// then returns the row that piece j is to have, if the change touches it and the line
// lives nowhere else.
func (w *world) then(j int, p []*glyph, was map[*glyph]bool, old [][]*glyph, rows []projection.Row, deeds []deed, holder map[projection.LineID]int) (row projection.Row, ok bool) {
	if len(p) == 0 || sameGlyphs(old, p) >= 0 && !slices.ContainsFunc(p, func(g *glyph) bool { return !was[g] }) {
		return row, false
	}
	for _, d := range slices.Backward(deeds) {
		i := sameGlyphs(split(d.before), p)
		if i < 0 || i >= len(d.rows) || sameGlyphs(split(d.after), p) >= 0 {
			continue
		}
		return d.rows[i], true
	}
	for i, l := range old {
		if at, lives := holder[rows[i].ID]; lives && at == j && len(l) > 0 && len(deeds) > 0 && !slices.ContainsFunc(l, func(g *glyph) bool { return !slices.Contains(p, g) }) {
			undone := slices.ContainsFunc(deeds, func(d deed) bool { return d.rev == rows[i].Revision })
			return rows[i], !undone
		}
	}
	return row, false
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
