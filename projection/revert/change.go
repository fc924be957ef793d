package revert

import (
	"slices"

	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/projection"
)

// A builder makes the change of a Plan, from left to right.
type builder struct {
	ot.Builder
	t *projection.Thread

	at        int      // up to here the text is done
	back      []uint16 // what is to stand there
	moved     []span   // what of back stands elsewhere in the text
	displaced []int    // where in the text stands what is to move, in order
	kept      int      // how many units before at the Builder does not know of yet
	redacted  int
	before    []uint16
}

// A span is the units from..to of a text.
type span struct{ from, to int }

// bring moves the units from..to of the text to where the text is done.
func (b *builder) bring(from, to int) {
	n := len(b.back)
	b.back = b.t.AppendUnits(b.back, from, to)
	b.moved = append(b.moved, span{n, len(b.back)})
}

// keep leaves the units from..to as they are. It deletes those before them that
// are not done and puts back in their place.
func (b *builder) keep(from, to int) {
	b.before = b.t.AppendUnits(b.before[:0], b.at, from)
	moves := b.moves(from)
	if slices.Equal(b.before, b.back) {
		b.kept += to - b.at
	} else {
		head, tail := 0, 0
		if moves { // a line that moves goes with all its units
			from = b.addBreak(from, to)
		} else {
			head, tail = ot.Common(b.before, b.back) // what is deleted and comes back may as well stay
		}
		b.Keep(b.kept + head)
		b.Replace(len(b.before)-head-tail, b.back[head:len(b.back)-tail])
		b.kept = tail + to - from
		b.countRedacted(head, len(b.back)-tail)
	}
	b.at, b.back, b.moved = to, b.back[:0], b.moved[:0]
}

// addBreak deletes and inserts the break behind, or else before, a line that comes
// or goes: without it, the change would be within a line and no line would move. It
// returns from, or the position behind that break.
func (b *builder) addBreak(from, to int) int {
	oneLine := func(line []uint16) bool { return len(line) > 0 && !slices.Contains(line, lineBreak) }
	switch {
	case !oneLine(b.before) && !oneLine(b.back):
	case from < to && b.t.Unit(from) == lineBreak:
		b.before, b.back = append(b.before, lineBreak), append(b.back, lineBreak)
		return from + 1
	case b.kept > 0 && b.t.Unit(b.at-1) == lineBreak:
		b.before, b.back = slices.Insert(b.before, 0, lineBreak), slices.Insert(b.back, 0, lineBreak)
		b.kept--
		for i := range b.moved {
			b.moved[i] = span{b.moved[i].from + 1, b.moved[i].to + 1}
		}
	}
	return from
}

// countRedacted counts the redacted units among the units from..to of back.
func (b *builder) countRedacted(from, to int) {
	for i := from; i < to; i++ {
		if b.back[i] == event.Blank && !b.wasMoved(i) {
			b.redacted++
		}
	}
}

// moves reports whether something moves to where the text is done, or away from
// between there and a position.
func (b *builder) moves(to int) bool {
	some := len(b.moved) > 0
	for ; len(b.displaced) > 0 && b.displaced[0] < to; b.displaced = b.displaced[1:] {
		some = true
	}
	return some
}

// change returns the change of the whole text.
func (b *builder) change() ot.Change {
	b.keep(b.t.Len(), b.t.Len())
	b.Keep(b.kept)
	return b.Change()
}

func (b *builder) wasMoved(i int) bool {
	return slices.ContainsFunc(b.moved, func(s span) bool { return i >= s.from && i < s.to })
}

// changes reports whether c changes the text: it may insert before something what
// it deletes behind it.
func (b *builder) changes(c ot.Change) bool {
	if c.Deleted() != c.Inserted() {
		return true
	}
	before := b.t.Units(0, b.t.Len())
	after, err := c.Apply(before)
	return err != nil || !slices.Equal(before, after)
}
