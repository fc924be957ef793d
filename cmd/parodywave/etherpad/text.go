package etherpad

import (
	"slices"

	"parodywave/eventlog/ot"
)

// A text is the text of a pad, as Etherpad has it (raw) and as a valid text here
// (clean). Both have the same length; they differ in units that are invalid here.
type text struct {
	raw, clean []uint16
	odd        bool // there was an odd unit (see isOdd); before that clean is raw

	// The first known units have knownBreaks line breaks. The next edit is usually
	// near, so counting on from there is quick.
	known, knownBreaks int
}

func newText() *text {
	t := &text{raw: []uint16{lineBreak}}
	t.clean = t.raw
	return t
}

// breaks counts the line breaks among the units from..to.
func (t *text) breaks(from, to int) int {
	if from == 0 { // keeps known in place
		return t.breaksBefore(to)
	}
	n := t.breaksBefore(from)
	return t.breaksBefore(to) - n
}

func (t *text) breaksBefore(pos int) int {
	if pos >= t.known {
		t.knownBreaks += breaks(t.raw[t.known:pos])
	} else if pos < t.known/2 {
		t.knownBreaks = breaks(t.raw[:pos])
	} else {
		t.knownBreaks -= breaks(t.raw[pos:t.known])
	}
	t.known = pos
	return t.knownBreaks
}

// apply applies the edits of a revision. It returns them as a change, and whether a
// unit next to them was mended.
func (t *text) apply(edits []edit) (c ot.Change, mend bool) {
	if len(edits) > 0 {
		t.breaksBefore(edits[0].from) // the count after the edit becomes invalid
	}
	for _, e := range edits {
		if !t.odd && slices.ContainsFunc(e.insert, isOdd) {
			t.odd, t.clean = true, slices.Clone(t.raw)
		}
	}
	if !t.odd {
		var b ot.Builder
		for _, e := range edits {
			b.Edit(e.from, e.to, e.insert)
		}
		b.KeepTo(len(t.raw))
		t.raw = splice(t.raw, edits)
		t.clean = t.raw
		return b.Change(), false
	}
	before := slices.Clone(t.clean)
	t.raw, t.clean = splice(t.raw, edits), splice(t.clean, edits)
	shift := 0
	for _, e := range edits {
		// A unit beside the edit may have lost or found its other half.
		first, last := max(e.from+shift-1, 0), min(e.from+shift+len(e.insert)+1, len(t.raw))
		for k := first; k < last; k++ {
			if t.clean[k] = mended(t.raw, k); t.clean[k] != t.raw[k] {
				mend = true
			}
		}
		shift += len(e.insert) - (e.to - e.from)
	}
	var b ot.Builder
	for _, s := range t.widen(before, edits) {
		b.Edit(s.from, s.to, t.clean[s.fromNew:s.toNew])
	}
	b.KeepTo(len(before))
	return b.Change(), mend
}

// isOdd reports whether a unit by itself is not a valid character of a text.
func isOdd(u uint16) bool { return isHigh(u) || isLow(u) || u == '\r' || u == 0 }

func splice(units []uint16, edits []edit) []uint16 {
	shift := 0
	for _, e := range edits {
		units = slices.Replace(units, e.from+shift, e.to+shift, e.insert...)
		shift += len(e.insert) - (e.to - e.from)
	}
	return units
}

// widen returns the edits, extended by the units next to them whose mending they
// change, and so that no edge is inside a surrogate pair. Adjacent edits become one.
func (t *text) widen(before []uint16, edits []edit) []stretch {
	var out []stretch
	shift, end := 0, 0 // end of the previous stretch, in the old text
	for i, e := range edits {
		s := stretch{e.from, e.to, e.from + shift, e.from + shift + len(e.insert)}
		next := len(before)
		if i+1 < len(edits) {
			next = edits[i+1].from
		}
		for s.from > end && (before[s.from-1] != t.clean[s.fromNew-1] || inPair(before, s.from) || inPair(t.clean, s.fromNew)) {
			s.from, s.fromNew = s.from-1, s.fromNew-1
		}
		for s.to < next && (before[s.to] != t.clean[s.toNew] || inPair(before, s.to) || inPair(t.clean, s.toNew)) {
			s.to, s.toNew = s.to+1, s.toNew+1
		}
		if n := len(out); n > 0 && out[n-1].to == s.from {
			out[n-1].to, out[n-1].toNew = s.to, s.toNew
		} else {
			out = append(out, s)
		}
		shift, end = s.toNew-s.to, s.to
	}
	return out
}

// A stretch maps the units from to to of the old text to fromNew to toNew of the
// new one.
type stretch struct{ from, to, fromNew, toNew int }
