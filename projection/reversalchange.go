package projection

import (
	"slices"

	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
)

// A rewriting makes the change of a Reversion, from left to right.
type rewriting struct {
	ot.Builder
	text *text

	at     int       // where the text is done
	back   []uint16  // what is to stand there
	moved  []stretch // what of back stands elsewhere in the text
	black  int
	before []uint16
}

// bring has the units from..to of the text come to where the text is done.
func (w *rewriting) bring(from, to int) {
	n := len(w.back)
	w.back = w.text.appendUnits(w.back, from, to)
	w.moved = append(w.moved, stretch{n, len(w.back)})
}

// keep leaves the units from..to as they are; those before them that are not
// done go, and what was brought stands in their place.
func (w *rewriting) keep(from, to int) {
	w.before = w.text.appendUnits(w.before[:0], w.at, from)
	head, tail := shared(w.before, w.back)
	w.Keep(head)
	w.Replace(len(w.before)-head-tail, w.back[head:len(w.back)-tail])
	w.Keep(tail + to - from)
	for i := head; i < len(w.back)-tail; i++ {
		if w.back[i] == event.Blank && !w.wasMoved(i) {
			w.black++
		}
	}
	w.at, w.back, w.moved = to, w.back[:0], w.moved[:0]
}

func (w *rewriting) wasMoved(i int) bool {
	return slices.ContainsFunc(w.moved, func(s stretch) bool { return i >= s.from && i < s.to })
}

// changes reports whether c alters the text: it may put in before something what
// it takes out behind it.
func (w *rewriting) changes(c ot.Change) bool {
	if c.Deleted() != c.Inserted() {
		return true
	}
	before := w.text.appendUnits(nil, 0, w.text.length)
	after, err := c.Apply(before)
	return err != nil || !slices.Equal(before, after)
}

// shared returns how many units two texts have in common at their beginnings,
// and how many of the rest at their ends, on whole code points: what is to go
// and comes back may as well stay.
func shared(a, b []uint16) (head, tail int) {
	for head < len(a) && head < len(b) && a[head] == b[head] {
		head++
	}
	if head > 0 && (!ot.Boundary(a, head) || !ot.Boundary(b, head)) {
		head--
	}
	a, b = a[head:], b[head:]
	for tail < len(a) && tail < len(b) && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	if tail > 0 && (!ot.Boundary(a, len(a)-tail) || !ot.Boundary(b, len(b)-tail)) {
		tail--
	}
	return head, tail
}
