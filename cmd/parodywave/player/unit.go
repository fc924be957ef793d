package player

import (
	"slices"

	"parodywave/eventlog"
)

// A Unit is the size of a step: Edit, Burst or Submit.
type Unit string

// The units.
const (
	Edit   Unit = "edit"
	Burst  Unit = "burst"
	Submit Unit = "submit"
)

// Ends returns the last revision of each step. The first step begins at from.
func (h *History) Ends(unit Unit, from eventlog.Revision) []eventlog.Revision {
	var ends []eventlog.Revision
	for at := from; at <= h.Head(); at++ {
		if at == h.Head() || !h.goesOn(unit, at) {
			ends = append(ends, at)
		}
	}
	return ends
}

// goesOn reports whether the next record belongs to the same step.
func (h *History) goesOn(unit Unit, at eventlog.Revision) bool {
	switch unit {
	case Submit:
		return h.Kind(at) != "submitted"
	case Burst:
		a, b := &h.records[at-1], &h.records[at]
		return h.kinds[a.kind] == "changed" && a.kind == b.kind && a.author == b.author && b.time-a.time <= h.Pause
	}
	return false
}

// Step returns the index of the step that contains a revision, and the end of the
// step before it.
func Step(ends []eventlog.Revision, from, at eventlog.Revision) (i int, prev eventlog.Revision) {
	i, _ = slices.BinarySearch(ends, at)
	if i == 0 {
		return 0, from - 1
	}
	return i, ends[i-1]
}
