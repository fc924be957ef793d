package authority

import (
	"slices"

	"parodywave/eventlog"
	"parodywave/projection"
	"parodywave/server/internal/wire"
)

// identityAt returns the identity that the line with index i had at a revision; before
// is that line, if it is not in memory. Thread.Resolve and Thread.Find lead from the
// identity to the line now.
func (a *Authority) identityAt(rev eventlog.Revision, i int, before *pastLine) (projection.LineID, *wire.Error) {
	switch {
	case rev == 0 || i < 0: // there were no lines
		return projection.LineID{}, noLine(i, rev)
	case rev > a.thread.Revision:
		return projection.LineID{}, a.stale("rev %d is above the head %d", rev, a.thread.Revision)
	case before != nil:
		return before.id, nil
	}
	entries, ok := a.recent.after(rev)
	if !ok || !a.walk(hunksIn(entries)) {
		return projection.LineID{}, a.farLine(rev)
	}
	id, found := lineAt(a.thread, entries, i)
	if !found {
		return id, noLine(i, rev)
	}
	return id, nil
}

// hunksIn returns how many entries and hunks there are.
func hunksIn(entries []entry) int {
	n := len(entries)
	for i := range entries {
		n += len(entries[i].hunks())
	}
	return n
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
// those that are dead. before is their identities, if they are not in memory.
func (a *Authority) linesAt(rev eventlog.Revision, from, to int, before []projection.LineID) ([]int, *wire.Error) {
	t := a.thread
	if from > to || from < 0 {
		return nil, wire.Errorf(wire.BadValue, "lines %d to %d: the first must not be after the last", from, to)
	}
	if rev > t.Revision {
		return nil, a.stale("rev %d is above the head %d", rev, t.Revision)
	}
	if rev == 0 {
		return nil, noLine(to, rev)
	}
	f := follower{ids: before}
	if before == nil {
		f.runs = []lineRun{{from, to + 1}}
		entries, ok := a.recent.after(rev)
		if !ok {
			return nil, a.stale("lines %d to %d are %d entries behind: pull first", from, to, t.Revision-rev)
		}
		for i := range entries {
			if !a.walk(1 + len(f.runs) + len(entries[i].hunks())) {
				return nil, a.stale("lines %d to %d are %d entries behind: pull first", from, to, t.Revision-rev)
			}
			if !f.follow(entries[i].hunks()) {
				return nil, noLine(to, rev)
			}
		}
	}
	var out []int
	for _, r := range f.runs {
		if r.to > t.LineCount() {
			return nil, noLine(to, rev)
		}
		for i := r.from; i < r.to; i++ {
			out = append(out, i)
		}
	}
	if len(f.ids) == 0 {
		return out, nil
	}
	ids := make(map[projection.LineID]bool, len(f.ids))
	for _, id := range f.ids {
		ids[t.Resolve(id)] = true
	}
	for row := range t.Rows() {
		if ids[row.ID] {
			out = append(out, row.Line)
		}
	}
	return out, nil
}

// A follower follows lines over entries, as lineAt does one: runs of lines that no hunk
// has touched, by their indexes now, and the identities of the others.
type follower struct {
	runs []lineRun // ascending
	ids  []projection.LineID
}

// follow goes on over the hunks of one entry. It returns false if the lines did not exist
// before it.
func (f *follower) follow(hunks []projection.Hunk) bool {
	if len(hunks) == 0 {
		return true
	}
	var runs []lineRun
	k, shift := 0, 0
	for _, r := range f.runs {
		for r.from < r.to {
			for k < len(hunks) && hunks[k].At+len(hunks[k].Old) <= r.from {
				if len(hunks[k].Old) == 0 { // the thread's first line was born here
					return false
				}
				shift = hunks[k].NewAt + len(hunks[k].New) - hunks[k].At - len(hunks[k].Old)
				k++
			}
			kept := r.to
			if k < len(hunks) {
				if len(hunks[k].Old) == 0 {
					return false
				}
				kept = min(r.to, max(r.from, hunks[k].At))
			}
			if kept > r.from {
				runs = append(runs, lineRun{r.from + shift, kept + shift})
			}
			r.from = kept
			for r.from < r.to && r.from < hunks[k].At+len(hunks[k].Old) {
				f.ids = append(f.ids, hunks[k].Old[r.from-hunks[k].At])
				r.from++
			}
		}
	}
	f.runs = runs
	return true
}
