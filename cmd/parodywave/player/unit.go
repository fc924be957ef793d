package player

import (
	"slices"

	"parodywave/eventlog"
)

// A Unit is how much is played at once: Edit, Burst or Submit.
type Unit string

// The units.
const (
	Edit   Unit = "edit"
	Burst  Unit = "burst"
	Submit Unit = "submit"
)

// Ends returns the last revision of each step, the first of which begins at
// from.
func (r *History) Ends(unit Unit, from eventlog.Revision) []eventlog.Revision {
	var ends []eventlog.Revision
	for at := from; at <= r.Head(); at++ {
		if at == r.Head() || !r.goesOn(unit, at) {
			ends = append(ends, at)
		}
	}
	return ends
}

// goesOn reports whether the record after a revision is part of its step.
func (r *History) goesOn(unit Unit, at eventlog.Revision) bool {
	switch unit {
	case Submit:
		return r.Kind(at) != "submitted"
	case Burst:
		a, b := &r.records[at-1], &r.records[at]
		return r.kinds[a.kind] == "changed" && a.kind == b.kind && a.author == b.author && b.time-a.time <= r.Pause
	}
	return false
}

// Step tells in which step a revision is: it is number i, and the step before
// it ends at prev.
func Step(ends []eventlog.Revision, from, at eventlog.Revision) (i int, prev eventlog.Revision) {
	i, _ = slices.BinarySearch(ends, at)
	if i == 0 {
		return 0, from - 1
	}
	return i, ends[i-1]
}
