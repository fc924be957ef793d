package main

import (
	"slices"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/projection"
)

// A lineage is the lines that one line is made of: itself, what it was split
// from before that, and what was joined into it, each up to a revision.
type lineage map[projection.LineID]eventlog.Revision

// A family is who was split from whom and joined into whom in a thread.
type family struct {
	from map[projection.LineID]projection.LineID // split from
	into map[projection.LineID][]joint           // joined into the key
}

type joint struct {
	id projection.LineID
	at eventlog.Revision
}

func newFamily() *family {
	return &family{map[projection.LineID]projection.LineID{}, map[projection.LineID][]joint{}}
}

// add takes in what an event did to the lines of t.
func (f *family) add(e event.Event, t *projection.Thread, effect *projection.Effect) {
	for _, h := range effect.Hunks {
		for i, id := range h.New {
			if from := t.Row(h.NewAt + i).SplitFrom; id.Revision == e.Revision && !from.IsZero() {
				f.from[id] = from
			}
		}
		for _, id := range h.Old {
			if into := t.Resolve(id); into != id {
				f.into[into] = append(f.into[into], joint{id, e.Revision})
			}
		}
	}
}

// of returns the lineage of a line that lives.
func (f *family) of(id projection.LineID) lineage {
	out := lineage{}
	var visit func(id projection.LineID, until eventlog.Revision)
	visit = func(id projection.LineID, until eventlog.Revision) {
		if known, ok := out[id]; ok && known >= until {
			return
		}
		out[id] = until
		if from, ok := f.from[id]; ok {
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

// has reports whether what an event at a revision did to id belongs here.
func (l lineage) has(id projection.LineID, at eventlog.Revision) bool {
	until, ok := l[id]
	return ok && at <= until
}

// moved reports whether id is among old and new, and stands otherwise to one
// of the lines that are in both.
func moved(id projection.LineID, hunks []projection.Hunk) bool {
	var before, after []projection.LineID
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
	rank := make(map[projection.LineID]int, len(after))
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
