package revert

import (
	"cmp"
	"encoding/binary"
	"slices"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/projection"
)

// A lineThen is a line as it was before the edits first touched it, since when nobody
// else has.
type lineThen struct {
	row projection.Row
	dead
}

// keepLines keeps the lines that the next event touches if it is one of the edits, and
// forgets them otherwise.
func (r *Reversal) keepLines() {
	if !r.t.Written {
		return
	}
	for _, s := range r.sections {
		for i, last := r.t.LineAt(s.FromA), r.t.LineAt(s.ToA); i <= last; i++ {
			row := r.t.Row(i)
			_, known := r.lines[row.ID]
			switch {
			case !r.ours:
				delete(r.lines, row.ID)
			case !known:
				r.lines[row.ID] = lineOf(r.t, row)
			}
		}
	}
}

func lineOf(t *projection.Thread, row projection.Row) lineThen {
	end := row.Start + row.Length
	return lineThen{row, dead{t.Units(row.Start, end), slices.Collect(t.Spans(row.Start, end))}}
}

// key is the same for lines that have the same characters, with their revisions.
func (l lineThen) key() string {
	key := binary.AppendUvarint(nil, uint64(len(l.spans)))
	for _, s := range l.spans {
		key = binary.AppendUvarint(binary.AppendUvarint(key, uint64(s.Revision)), uint64(s.Length))
	}
	return string(key) + ot.String(l.units)
}

// stateLines adds to f which lines are again as they were before the edits: those that
// have their characters of then, with their revisions. It leaves out what the thread
// would refuse.
func (r *Reversal) stateLines(f event.Changed) event.Changed {
	if len(r.lines) == 0 {
		return f
	}
	after, err := r.try(f)
	if err != nil {
		return event.Changed{Change: f.Change}
	}
	alive := map[projection.LineID]bool{}
	for row := range after.Rows() {
		alive[row.ID] = true
	}
	free := map[string][]projection.LineID{} // by characters
	for id, then := range r.lines {
		if !alive[id] {
			free[then.key()] = append(free[then.key()], id)
		}
	}
	for _, ids := range free {
		slices.SortFunc(ids, compareAge)
	}
	stated := f
	next := 0 // the first line that no section before touched
	for ed := range f.Change.Edits() {
		for next = max(next, after.LineAt(ed.FromB)); next <= after.LineAt(ed.ToB); next++ {
			row := after.Row(next)
			now := lineOf(after, row)
			then, lives := r.lines[row.ID]
			if key := now.key(); !lives || then.key() != key {
				ids := free[key]
				if len(ids) == 0 {
					continue
				}
				then, free[key] = r.lines[ids[0]], ids[1:] // the oldest of those that it may be
			}
			if then := then.row; then.ID != row.ID || then.Revision != row.Revision || then.Submitted != row.Submitted {
				author, _ := r.t.AuthorIndex(then.Author)
				stated.Lines = append(stated.Lines, event.StatedLine{Piece: next, Born: then.ID.Revision, Ordinal: int(then.ID.Ordinal),
					Revision: then.Revision, Author: author, Time: then.Time, Submitted: then.Submitted})
			}
		}
	}
	if _, err := r.try(stated); err != nil {
		return f
	}
	return stated
}

func compareAge(a, b projection.LineID) int {
	return cmp.Or(cmp.Compare(a.Revision, b.Revision), cmp.Compare(a.Ordinal, b.Ordinal))
}

// try returns the thread as f would leave it.
func (r *Reversal) try(f event.Changed) (*projection.Thread, error) {
	t, err := projection.Thaw(r.t.Freeze(nil))
	if err == nil {
		_, err = t.Apply(event.Event{Stream: t.Stream, Revision: t.Revision + 1, Time: t.UpdatedAt, Author: eventlog.AuthorID{}, Payload: f})
	}
	return t, err
}
