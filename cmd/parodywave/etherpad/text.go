package etherpad

import (
	"slices"

	"parodywave/eventlog/ot"
)

// A text is what a pad holds, as it is in Etherpad and as it is here. Both have
// the same length; they differ in units that no text here may hold.
type text struct {
	raw, clean []uint16
}

func newText() *text { return &text{[]uint16{lineBreak}, []uint16{lineBreak}} }

// apply makes the edits of a revision and returns the change that they are
// here, and whether something was mended in what they touch.
func (t *text) apply(edits []edit) (c ot.Change, mend bool) {
	before := slices.Clone(t.clean)
	shift := 0
	for _, e := range edits {
		from, to := e.from+shift, e.to+shift
		t.raw = slices.Replace(t.raw, from, to, e.insert...)
		t.clean = slices.Replace(t.clean, from, to, e.insert...)
		shift += len(e.insert) - (e.to - e.from)
	}
	shift = 0
	for i := range edits {
		e := &edits[i]
		// A unit beside the edit may have lost or found its other half.
		first, last := max(e.from+shift-1, 0), min(e.from+shift+len(e.insert)+1, len(t.raw))
		for k := first; k < last; k++ {
			if t.clean[k] = mended(t.raw, k); t.clean[k] != t.raw[k] {
				mend = true
			}
		}
		shift += len(e.insert) - (e.to - e.from)
	}
	return t.change(before, t.widen(before, edits)), mend
}

// widen returns the edits with the units beside them that they alter, too, and
// without edges inside a surrogate pair. Edits that touch become one. The
// inserts are not set.
func (t *text) widen(before []uint16, edits []edit) []stretch {
	var out []stretch
	shift, end := 0, 0 // end: of the stretch before, in the text before
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

// A stretch says that units from..to of a text became fromNew..toNew.
type stretch struct{ from, to, fromNew, toNew int }

func (t *text) change(before []uint16, stretches []stretch) ot.Change {
	var b ot.Builder
	at := 0
	for _, s := range stretches {
		b.Keep(s.from - at)
		b.Replace(s.to-s.from, t.clean[s.fromNew:s.toNew])
		at = s.to
	}
	b.Keep(len(before) - at)
	return b.Change()
}
