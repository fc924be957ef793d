package projection

import (
	"slices"
	"strconv"
	"strings"

	"parodywave/eventlog"
)

// A Lineage is the lines that one line was made of, each up to a revision: the
// line itself, the lines that it was split from, up to then, and the lines joined
// into it, up to then.
type Lineage map[LineID]eventlog.Revision

// A Family has which lines of a thread were split from which and joined into
// which.
type Family struct {
	from map[LineID]LineID  // split from; zero: born of new text
	into map[LineID][]joint // joined into the key
}

type joint struct {
	id LineID
	at eventlog.Revision
}

// NewFamily returns the family of a thread at revision 0.
func NewFamily() *Family {
	return &Family{map[LineID]LineID{}, map[LineID][]joint{}}
}

// Add adds the effect of the last event that was applied to t.
func (f *Family) Add(t *Thread, effect *Effect) {
	for _, h := range effect.Hunks {
		for i, id := range h.New {
			if id.Revision == t.Revision {
				f.from[id] = t.Row(h.NewAt + i).SplitFrom
			}
		}
		for _, id := range h.Old {
			if into := t.Resolve(id); into != id {
				f.into[into] = append(f.into[into], joint{id, t.Revision})
			}
		}
	}
}

// Knows reports whether there ever was a line with that identity.
func (f *Family) Knows(id LineID) bool {
	_, ok := f.from[id]
	return ok
}

// Of returns the lineage of a line, dead or not. For a line that was joined into
// another, pass what Thread.Resolve returns.
func (f *Family) Of(id LineID) Lineage {
	out := Lineage{}
	var visit func(id LineID, until eventlog.Revision)
	visit = func(id LineID, until eventlog.Revision) {
		if known, ok := out[id]; ok && known >= until {
			return
		}
		out[id] = until
		if from := f.from[id]; !from.IsZero() {
			visit(from, id.Revision-1)
		}
		for _, j := range f.into[id] {
			if j.at <= until {
				visit(j.id, j.at)
			}
		}
	}
	visit(id, 1<<63)
	return out
}

// Has reports whether the lineage has id at a revision.
func (l Lineage) Has(id LineID, at eventlog.Revision) bool {
	until, ok := l[id]
	return ok && at <= until
}

// Moved reports whether id is among the old and the new lines of hunks and is on
// the other side of another line that is among both.
func Moved(id LineID, hunks []Hunk) bool {
	var before, after []LineID
	place := -1
	for k, h := range hunks {
		if slices.Contains(h.Old, id) {
			place = k
		}
		before, after = append(before, h.Old...), append(after, h.New...)
	}
	for k, h := range hunks {
		if slices.Contains(h.New, id) && place >= 0 && k != place {
			return true
		}
	}
	i, j := slices.Index(before, id), slices.Index(after, id)
	if i < 0 || j < 0 {
		return false
	}
	rank := make(map[LineID]int, len(after))
	for k, other := range after {
		rank[other] = k
	}
	for k, other := range before {
		if r, ok := rank[other]; ok && other != id && (k < i) != (r < j) {
			return true
		}
	}
	return false
}

// Returned reports whether the line id was gone and is back after an event with these
// hunks: its author took the change back that had deleted it or joined it into another.
// It must not have been born by that event.
func Returned(id LineID, hunks []Hunk) bool {
	back := false
	for _, h := range hunks {
		if slices.Contains(h.Old, id) {
			return false
		}
		back = back || slices.Contains(h.New, id)
	}
	return back
}

// ParseLineID parses what LineID.String returns.
func ParseLineID(s string) (LineID, bool) {
	rev, ord, _ := strings.Cut(s, ".")
	r, err1 := strconv.ParseUint(rev, 10, 53)
	o, err2 := strconv.ParseUint(ord, 10, 32)
	id := LineID{eventlog.Revision(r), uint32(o)}
	return id, err1 == nil && err2 == nil && !id.IsZero() && id.String() == s
}
