package projection

import (
	"slices"

	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
)

// An edit is one section of a change that is not kept: the units fromA to toA
// of the text before become insert, at fromB to toB of the text after.
type edit struct {
	fromA, toA, fromB, toB int
	insert                 []uint16
}

// scratch is memory that Apply uses again.
type scratch struct {
	edits []edit
	old   []uint16
}

const lineBreak = '\n'

func (t *Thread) change(e event.Event, c ot.Change, author uint32) {
	t.Inserted += uint64(c.Inserted())
	t.Deleted += uint64(c.Deleted())
	edits := t.scratch.edits[:0]
	for ed := range c.Edits() {
		edits = append(edits, edit{ed.FromA, ed.ToA, ed.FromB, ed.ToB, ed.Insert})
	}
	t.scratch.edits = edits
	switch {
	case !t.Written:
		t.Written = true
		t.lines.set([]line{{}}) // the one piece of the empty text, about to be born
		newReshape(t, e, author, edits).run()
	case len(edits) == 0:
	case len(edits) == 1 && t.within(e, author, edits[0]):
	default:
		newReshape(t, e, author, edits).run()
	}
}

// within applies an edit that breaks no line and joins none, which nearly
// every keystroke is. It reports whether ed was one.
func (t *Thread) within(e event.Event, author uint32, ed edit) bool {
	i, start := t.lines.byPos(ed.fromA)
	ln, _ := t.lines.byIndex(i)
	if ed.toA > start+int(ln.length) || slices.Contains(ed.insert, lineBreak) {
		return false
	}
	deleted := ed.toA - ed.fromA
	same := false
	if deleted > 0 && deleted == len(ed.insert) {
		t.scratch.old = t.text.appendUnits(t.scratch.old[:0], ed.fromA, ed.toA)
		same = slices.Equal(t.scratch.old, ed.insert)
	}
	ln.deleted += uint32(deleted)
	if !same {
		ln.changed, ln.at, ln.author, ln.submitted = e.Revision, e.Time, author, false
	}
	t.lines.resize(i, len(ed.insert)-deleted)
	t.text.delete(ed.fromA, ed.toA)
	if len(ed.insert) > 0 {
		one := [1]span{{rev: e.Revision, n: uint32(len(ed.insert)), author: author}}
		t.text.insert(ed.fromA, ed.insert, one[:])
	}
	t.effect.Touched = append(t.effect.Touched, i)
	return true
}
