package projection

import (
	"slices"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
)

// An edit is a section of a change that deletes or inserts.
type edit = ot.Edit

// A stamp identifies the record of a change.
type stamp struct {
	rev    eventlog.Revision
	at     int64  // Unix milliseconds
	author uint32 // index into Thread.authors
}

// scratch is memory that Apply reuses.
type scratch struct {
	edits []edit
	one   [1]edit
	old   []uint16
	gone  []uint16 // of key
	now   []uint16 // of patch.same
	lines []line
}

const lineBreak = '\n'

// change applies f by an author; there were known authors before.
func (t *Thread) change(e *event.Event, f *event.Changed, author uint32, known int) error {
	c := &f.Change
	if c.Len() != t.text.length {
		return t.fault(e.Revision, "change is for %d units and the text has %d", c.Len(), t.text.length)
	}
	t.Inserted += uint64(c.Inserted())
	t.Deleted += uint64(c.Deleted())
	by := stamp{e.Revision, e.Time, author}
	only, ok := c.Only()
	if ok && !f.States() && t.typeOn(by, only.FromA, only.ToA, only.Insert) {
		return nil
	}
	t.endTyping()
	switch {
	case f.States():
		return t.stated(by, f, known)
	case !t.Written:
		t.begin(by, only.Insert)
		return nil
	case ok && t.single(by, only.FromA, only.ToA, only.Insert):
		return nil
	}
	edits := t.scratch.edits[:0]
	for ed := range c.Edits() {
		edits = append(edits, ed)
	}
	if t.scratch.edits = edits; len(edits) > 0 {
		newReshape(t, by, edits).run()
	}
	return nil
}

// single applies an edit that deletes no break or inserts none. Nothing can move by
// it, and the lines follow by simple rules. It reports whether the edit was one of
// these; nearly all are.
func (t *Thread) single(by stamp, from, to int, insert []uint16) bool {
	i, start := t.lines.byPos(from)
	inLine := to <= start+t.lines.length()
	switch breaks := slices.Contains(insert, lineBreak); {
	case inLine && !breaks:
		t.within(by, i, start, from, to, insert)
	case inLine:
		t.split(by, i, start, from, to, insert)
	case !breaks:
		t.join(by, i, start, from, to, insert)
	default:
		return false
	}
	return true
}

// within applies an edit within the current line, number i.
func (t *Thread) within(by stamp, i, start, from, to int, insert []uint16) {
	t.key(by, i, start, from, to, len(insert))
	ln := t.lines.current()
	deleted := to - from
	same := false
	if deleted > 0 && deleted == len(insert) {
		same = slices.Equal(t.before(from, to), insert)
	}
	if deleted > 0 {
		ln.deleted += uint32(deleted)
	}
	if !same {
		ln.touch(by)
	}
	t.lines.resize(len(insert) - deleted)
	t.replace(by, from, to, insert)
	t.effect.Touched = append(t.effect.Touched, i)
	t.keyed(by, i, start)
	t.lines.byIndex(i)
	t.typingFrom(by, i, start, from+len(insert))
}

// openOne is open for one edit.
func (t *Thread) openOne(by stamp, from, to int, insert []uint16) {
	if t.net.clear(); t.byKeystroke || t.alone(by, from, to, insert) {
		return
	}
	t.scratch.one[0] = edit{FromA: from, ToA: to, FromB: from, ToB: from + len(insert), Insert: insert}
	t.open(by, t.scratch.one[:])
}

// touch notes that the content of ln has changed.
func (ln *line) touch(by stamp) {
	ln.changed, ln.at, ln.author, ln.submitted = by.rev, by.at, by.author, false
}

// replace puts insert in place of the units from..to.
func (t *Thread) replace(by stamp, from, to int, insert []uint16) {
	if from < to {
		t.text.delete(from, to)
	}
	if len(insert) > 0 {
		t.text.insert(from, insert, span{rev: by.rev, n: uint32(len(insert)), author: by.author})
	}
}

// before returns the units from..to; they are valid until its next call.
func (t *Thread) before(from, to int) []uint16 {
	t.scratch.old = t.text.appendUnits(t.scratch.old[:0], from, to)
	return t.scratch.old
}

// alone reports whether nothing is remembered of the lines that an edit touches, or is
// to be, as in the text of one author. It then moves the patches below.
func (t *Thread) alone(by stamp, from, to int, insert []uint16) bool {
	if t.stretch.on {
		return false
	}
	first, _ := t.lines.byPos(from)
	last, _ := t.lines.byPos(to)
	for i := first; i <= last; i++ {
		if ln, _ := t.lines.byIndex(i); ln.author != by.author || ln.submitted {
			return false
		}
	}
	if len(t.patches.list) == 0 {
		return true
	}
	k0, k1 := t.patches.touching(first, last+1)
	if k0 == k1 {
		breaks := first - last
		for _, u := range insert {
			if u == lineBreak {
				breaks++
			}
		}
		t.patches.shift(k0, breaks)
	}
	return k0 == k1
}
