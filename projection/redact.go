package projection

import (
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
)

// redact replaces text by blanks. Spans, blame, submitted flags and lines stay: it
// refuses a redaction that would change where the breaks are.
func (t *Thread) redact(e *event.Event, f event.Redacted) error {
	if f.Change.Len() != t.text.length {
		return t.fault(e.Revision, "redaction is for %d units and the text has %d", f.Change.Len(), t.text.length)
	}
	for ed := range f.Change.Edits() {
		if !t.sameBreaks(ed) {
			return t.fault(e.Revision, "redaction of units %d to %d does not leave the lines as they are", ed.FromA, ed.ToA)
		}
	}
	t.Redactions++
	for ed := range f.Change.Edits() {
		t.text.overwrite(ed.FromA, ed.Insert)
		first, _ := t.lines.byPos(ed.FromA)
		last, _ := t.lines.byPos(ed.ToA)
		for i := first; i <= last; i++ {
			if n := len(t.effect.Touched); n == 0 || t.effect.Touched[n-1] < i {
				t.effect.Touched = append(t.effect.Touched, i)
			}
		}
	}
	return nil
}

// sameBreaks reports whether an edit replaces units by as many units, and exactly
// breaks by breaks.
func (t *Thread) sameBreaks(ed ot.Edit) bool {
	if ed.ToA-ed.FromA != len(ed.Insert) {
		return false
	}
	old := t.text.appendUnits(t.scratch.old[:0], ed.FromA, ed.ToA)
	t.scratch.old = old
	for i, u := range ed.Insert {
		if (u == lineBreak) != (old[i] == lineBreak) {
			return false
		}
	}
	return true
}
