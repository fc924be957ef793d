package authority

import (
	"context"
	"slices"

	"parodywave/eventlog"
	"parodywave/projection"
	"parodywave/server/internal/wire"
)

// identityAt returns the identity that the line with index i had at a revision.
// Thread.Resolve and Thread.Find lead from it to the line now.
func (a *Authority) identityAt(rev eventlog.Revision, i int) (projection.LineID, *wire.Error) {
	id, found := projection.LineID{}, false
	switch {
	case rev == 0 || i < 0: // there were no lines
	case rev > a.thread.Revision:
		return id, a.stale("rev %d is above the head %d", rev, a.thread.Revision)
	default:
		if entries, ok := a.recent.after(rev); ok {
			id, found = lineAt(a.thread, entries, i)
			break
		}
		old, err := projection.Replay(context.Background(), a.cfg.Log, a.cfg.Stream, rev)
		if err != nil {
			return id, wire.Errorf(wire.Unavailable, "revision %d cannot be read: %v", rev, err)
		}
		if found = i < old.LineCount(); found {
			id = old.Row(i).ID
		}
	}
	if !found {
		return id, wire.Errorf(wire.BadValue, "line %d did not exist at revision %d: lines count from 0", i, rev)
	}
	return id, nil
}

// lineAt returns the identity that the line with index i had before entries.
func lineAt(t *projection.Thread, entries []entry, i int) (projection.LineID, bool) {
	for _, e := range entries {
		shift := 0
		for _, h := range e.hunks() {
			switch {
			case len(h.Old) == 0: // the thread's first line was born here
				return projection.LineID{}, false
			case i >= h.At+len(h.Old):
				shift = h.NewAt + len(h.New) - h.At - len(h.Old)
			case i >= h.At:
				return h.Old[i-h.At], true
			}
		}
		i += shift
	}
	if i >= t.LineCount() {
		return projection.LineID{}, false
	}
	return t.Row(i).ID, true
}

// indexAt returns the index at a revision of the line that has index i now, -1
// if the line did not exist or the revision is older than the recent entries.
func (a *Authority) indexAt(rev eventlog.Revision, i int) int {
	entries, ok := a.recent.after(min(rev, a.thread.Revision))
	if !ok {
		return -1
	}
	for _, e := range slices.Backward(entries) {
		if i = before(e.hunks(), i); i < 0 {
			return -1
		}
	}
	return i
}

// before returns the index before hunks of the line that has index i after
// them.
func before(hunks []projection.Hunk, i int) int {
	shift := 0
	for _, h := range hunks {
		if i >= h.NewAt+len(h.New) {
			shift = h.At + len(h.Old) - h.NewAt - len(h.New)
			continue
		}
		if i < h.NewAt {
			break
		}
		for _, from := range hunks { // a move may have carried it from another hunk
			if k := slices.Index(from.Old, h.New[i-h.NewAt]); k >= 0 {
				return from.At + k
			}
		}
		return -1
	}
	return i + shift
}

// linesAt returns the indexes now of the lines from..to of a revision, without
// those that are dead, ascending.
func (a *Authority) linesAt(rev eventlog.Revision, from, to int) ([]int, *wire.Error) {
	t := a.thread
	if from > to || from < 0 {
		return nil, wire.Errorf(wire.BadValue, "lines %d to %d: the first must not be after the last", from, to)
	}
	if rev > t.Revision {
		return nil, a.stale("rev %d is above the head %d", rev, t.Revision)
	}
	if behind := int(t.Revision - rev); behind > 0 && to-from >= a.costMax/behind {
		return nil, a.stale("lines %d to %d are %d entries behind: pull first", from, to, behind)
	}
	ids := map[projection.LineID]bool{}
	var out []int
	for i := from; i <= to; i++ {
		id, f := a.identityAt(rev, i)
		if f != nil {
			return nil, f
		}
		if rev == t.Revision {
			out = append(out, i)
		}
		ids[t.Resolve(id)] = true
	}
	if rev < t.Revision {
		for row := range t.Rows() {
			if ids[row.ID] {
				out = append(out, row.Line)
			}
		}
	}
	return out, nil
}
