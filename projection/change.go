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
	if only, ok := c.Only(); ok && t.Written && t.within(e, author, only.FromA, only.ToA, only.Insert) {
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
// every keystroke is. It reports whether it was one.
func (t *Thread) within(e *event.Event, author uint32, from, to int, insert []uint16) bool {
	i, start := t.lines.byPos(from)
	ln := t.lines.current()
	if to > start+int(ln.length) || slices.Contains(insert, lineBreak) {
		return false
	}
	deleted := to - from
	same := false
	if deleted > 0 && deleted == len(insert) {
		t.scratch.old = t.text.appendUnits(t.scratch.old[:0], from, to)
		same = slices.Equal(t.scratch.old, insert)
	}
	ln.deleted += uint32(deleted)
	if !same {
		ln.changed, ln.at, ln.author, ln.submitted = e.Revision, e.Time, author, false
	}
	t.lines.resize(len(insert) - deleted)
	if deleted > 0 {
		t.text.delete(from, to)
	}
	if len(insert) > 0 {
		t.text.insert(from, insert, span{rev: e.Revision, n: uint32(len(insert)), author: author})
	}
	t.effect.Touched = append(t.effect.Touched, i)
	return true
}
