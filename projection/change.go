package projection

import (
	"slices"

	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
)

// An edit is one section of a change that is not kept.
type edit = ot.Edit

// scratch is memory that Apply uses again.
type scratch struct {
	edits []edit
	old   []uint16
}

const lineBreak = '\n'

func (t *Thread) change(e *event.Event, c *ot.Change, author uint32) error {
	if c.Len() != t.text.length {
		return t.fault(e, "change is for %d units and the text has %d", c.Len(), t.text.length)
	}
	t.Inserted += uint64(c.Inserted())
	t.Deleted += uint64(c.Deleted())
	if only, ok := c.Only(); ok && t.Written && t.within(e, author, only) {
		return nil
	}
	edits := t.scratch.edits[:0]
	for ed := range c.Edits() {
		edits = append(edits, ed)
	}
	t.scratch.edits = edits
	if !t.Written {
		t.Written = true
		t.lines.set([]line{{}}) // the one piece of the empty text, about to be born
	} else if len(edits) == 0 {
		return nil
	}
	newReshape(t, e, author, edits).run()
	return nil
}

// within applies an edit that breaks no line and joins none, which nearly
// every keystroke is. It reports whether ed was one.
func (t *Thread) within(e *event.Event, author uint32, ed edit) bool {
	i, start := t.lines.byPos(ed.FromA)
	ln := t.lines.current()
	if ed.ToA > start+int(ln.length) || slices.Contains(ed.Insert, lineBreak) {
		return false
	}
	deleted := ed.ToA - ed.FromA
	same := false
	if deleted > 0 && deleted == len(ed.Insert) {
		t.scratch.old = t.text.appendUnits(t.scratch.old[:0], ed.FromA, ed.ToA)
		same = slices.Equal(t.scratch.old, ed.Insert)
	}
	ln.deleted += uint32(deleted)
	if !same {
		ln.changed, ln.at, ln.author, ln.submitted = e.Revision, e.Time, author, false
	}
	t.lines.resize(len(ed.Insert) - deleted)
	t.text.delete(ed.FromA, ed.ToA)
	if len(ed.Insert) > 0 {
		one := [1]span{{rev: e.Revision, n: uint32(len(ed.Insert)), author: author}}
		t.text.insert(ed.FromA, ed.Insert, one[:])
	}
	t.effect.Touched = append(t.effect.Touched, i)
	return true
}
