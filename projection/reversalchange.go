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
	away   []int     // where in the text stands what is to move, in order
	kept   int       // how many units before at the Builder has not been told of
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
	moves := w.moves(from)
	if slices.Equal(w.before, w.back) {
		w.kept += to - w.at
	} else {
		head, tail := 0, 0
		if moves { // a line that goes elsewhere goes with all its units
			from = w.addBreak(from, to)
		} else {
			head, tail = ot.Common(w.before, w.back) // what is deleted and comes back may as well stay
		}
		w.Keep(w.kept + head)
		w.Replace(len(w.before)-head-tail, w.back[head:len(w.back)-tail])
		w.kept = tail + to - from
		w.countBlack(head, len(w.back)-tail)
	}
	w.at, w.back, w.moved = to, w.back[:0], w.moved[:0]
}

// addBreak has the break behind, or else before, a line that goes or comes be
// written anew: what leaves both is within a line, and no line that moves. It
// returns from, or behind that break.
func (w *rewriting) addBreak(from, to int) int {
	one := func(line []uint16) bool { return len(line) > 0 && !slices.Contains(line, lineBreak) }
	switch {
	case !one(w.before) && !one(w.back):
	case from < to && w.text.unit(from) == lineBreak:
		w.before, w.back = append(w.before, lineBreak), append(w.back, lineBreak)
		return from + 1
	case w.kept > 0 && w.text.unit(w.at-1) == lineBreak:
		w.before, w.back = slices.Insert(w.before, 0, lineBreak), slices.Insert(w.back, 0, lineBreak)
		w.kept--
		for i := range w.moved {
			w.moved[i] = stretch{w.moved[i].from + 1, w.moved[i].to + 1}
		}
	}
	return from
}

// countBlack counts what comes back black of the units from..to of what is put in.
func (w *rewriting) countBlack(from, to int) {
	for i := from; i < to; i++ {
		if w.back[i] == event.Blank && !w.wasMoved(i) {
			w.black++
		}
	}
}

// moves reports whether something is moved to where the text is done, or from
// there, up to a position.
func (w *rewriting) moves(to int) bool {
	some := len(w.moved) > 0
	for ; len(w.away) > 0 && w.away[0] < to; w.away = w.away[1:] {
		some = true
	}
	return some
}

// change returns what was made of the text.
func (w *rewriting) change() ot.Change {
	w.keep(w.text.length, w.text.length)
	w.Keep(w.kept)
	return w.Change()
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
