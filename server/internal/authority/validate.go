package authority

import (
	"cmp"
	"math"
	"sort"

	"parodywave/eventlog/ot"
	"parodywave/server/internal/wire"
)

// validate checks changes, each based on the one before, against the text. It
// changes nothing, so that a push is refused as a whole.
func (a *Authority) validate(changes []ot.Change) *wire.Error {
	if f := a.checkSize(changes); f != nil {
		return f
	}
	pairs := a.pairs
	for i, c := range changes {
		if !pairs { // there is no pair that c could cut
			pairs = changePairs(c)
			continue
		}
		e := edgesOf(c)
		if !a.readUnits(&e, changes[:i]) {
			return tooFar("%d changes have too many edges to check for cut characters: send fewer in a push", len(changes))
		}
		if c.CutsPair(e.unit) {
			return wire.Errorf(wire.BadChange, "change %d cuts a surrogate pair", i)
		}
	}
	return nil
}

// checkSize refuses changes that leave more text or more lines than allowed and more
// than before. It computes what they delete only where that matters.
func (a *Authority) checkSize(changes []ot.Change) *wire.Error {
	old := max(a.thread.LineCount(), 1)
	bytes, lines := a.bytes, old
	for _, c := range changes {
		bytes += size(c)
		lines += breaks(c)
	}
	maxLines := cmp.Or(a.cfg.MaxLines, math.MaxInt)
	if bytes <= a.cfg.MaxText && lines <= maxLines || len(changes) == 0 {
		return nil
	}
	all := together(changes)
	back := all.InvertWith(a.thread.Units)
	if bytes = a.bytes + size(all) - size(back); bytes > a.cfg.MaxText && bytes > a.bytes {
		return wire.Errorf(wire.TooLarge, "the text would have %d bytes and the limit is %d: start another thread", bytes, a.cfg.MaxText)
	}
	if lines = old + breaks(all) - breaks(back); lines > maxLines && lines > old {
		return wire.Errorf(wire.TooLarge, "the text would have %d lines and the limit is %d: start another thread", lines, maxLines)
	}
	return nil
}

// breaks returns how many line breaks a change inserts.
func breaks(c ot.Change) (n int) {
	c.Each(func(_, _, _, _ int, insert []uint16) {
		for _, u := range insert {
			if u == '\n' {
				n++
			}
		}
	})
	return n
}

// together composes changes by halves, so that each section is passed log2(n) times and
// not n times.
func together(changes []ot.Change) ot.Change {
	if n := len(changes) / 2; n > 0 {
		return compose(together(changes[:n]), together(changes[n:]))
	}
	return changes[0]
}

// edges are the units beside the edges of a change, in the text that it is made for.
type edges struct {
	at    []int    // ascending
	units []uint16 // at these places
}

func edgesOf(c ot.Change) (e edges) {
	note := func(pos int) {
		if n := len(e.at); pos >= 0 && pos < c.Len() && (n == 0 || e.at[n-1] < pos) {
			e.at = append(e.at, pos)
		}
	}
	for ed := range c.Edits() {
		note(ed.FromA - 1)
		note(ed.FromA)
		note(ed.ToA - 1)
		note(ed.ToA)
	}
	e.units = make([]uint16, len(e.at))
	return e
}

// unit returns the unit at a place, 0 if the place is at no edge.
func (e *edges) unit(pos int) uint16 {
	if i := sort.SearchInts(e.at, pos); i < len(e.at) && e.at[i] == pos {
		return e.units[i]
	}
	return 0
}

// readUnits reads the units of edges of the text after changes. It walks back over the
// changes, each one side by side with the places that are still to be found. It returns
// false if that takes too many steps.
func (a *Authority) readUnits(e *edges, changes []ot.Change) bool {
	at, left := append([]int(nil), e.at...), make([]int, len(e.at)) // places, and whose they are
	for i := range left {
		left[i] = i
	}
	for k := len(changes) - 1; k >= 0 && len(left) > 0; k-- {
		if !a.walk(len(left) + changes[k].Sections()) {
			return false
		}
		n, next, shift := 0, 0, 0
		keepTo := func(end int) { // places that lie before the next edit
			for ; next < len(left) && at[next] < end; next++ {
				at[n], left[n] = at[next]+shift, left[next]
				n++
			}
		}
		for ed := range changes[k].Edits() {
			keepTo(ed.FromB)
			for ; next < len(left) && at[next] < ed.ToB; next++ {
				e.units[left[next]] = ed.Insert[at[next]-ed.FromB]
			}
			shift = ed.ToA - ed.ToB
		}
		keepTo(changes[k].NewLen())
		at, left = at[:n], left[:n]
	}
	if len(left) > manyUnits {
		text := a.thread.Units(0, a.thread.Len())
		for i, of := range left {
			e.units[of] = text[at[i]]
		}
		return true
	}
	for i, of := range left {
		e.units[of] = a.thread.Unit(at[i])
	}
	return true
}

// manyUnits is from how many on it is faster to read all of the text than units one by
// one.
const manyUnits = 1 << 14

// hasPair reports whether units contain half of a surrogate pair.
func hasPair(units []uint16) bool {
	for _, u := range units {
		if u >= 0xd800 && u < 0xe000 {
			return true
		}
	}
	return false
}

func changePairs(c ot.Change) bool {
	found := false
	c.Each(func(_, _, _, _ int, insert []uint16) { found = found || hasPair(insert) })
	return found
}
