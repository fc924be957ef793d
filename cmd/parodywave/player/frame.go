package player

import (
	"unicode/utf16"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/projection"
)

// A Frame is the text after a step, with the changes of the step. It is immutable.
type Frame struct {
	Prev, Revision    eventlog.Revision // the step is the revisions after Prev up to Revision
	Title             string
	Lines             []Line
	Inserted, Deleted int // UTF-16 units; text inserted and deleted within the step does not count

	text []uint16 // after the step
	cuts []cut
}

// A Line is a line after the step.
type Line struct {
	ID        projection.LineID
	Start     int               // position, in UTF-16 units
	Length    int               // UTF-16 units, without the break
	Author    int               // of its last change; index into History.Names
	Revision  eventlog.Revision // of its last change
	Submitted bool
}

// A cut is a place where the step changed the text: the deleted units, and the
// number of inserted units.
type cut struct {
	at, inserted int // position after the step
	deleted      []uint16
}

// Text returns the whole text.
func (f *Frame) Text() string { return string(utf16.Decode(f.text)) }

// Rows returns the number of lines, not counting an empty last one.
func (f *Frame) Rows() int {
	n := len(f.Lines)
	if n > 0 && f.Lines[n-1].Length == 0 {
		n--
	}
	return n
}

// weight estimates the memory of f in bytes.
func (f *Frame) weight() int { return 2*len(f.text) + 64*len(f.Lines) + 512 }

// render applies the records after t's revision up to another revision, and
// returns the frame.
func (h *History) render(t *projection.Thread, to eventlog.Revision) (*Frame, error) {
	f := &Frame{Prev: t.Revision, Revision: to}
	change, err := h.change(t.Len(), f.Prev, to)
	if err != nil {
		return nil, err
	}
	for e := range change.Edits() {
		c := cut{at: e.FromB, inserted: e.ToB - e.FromB, deleted: t.Units(e.FromA, e.ToA)}
		f.Inserted, f.Deleted = f.Inserted+c.inserted, f.Deleted+len(c.deleted)
		f.cuts = append(f.cuts, c)
	}
	if to > t.Revision {
		if err := t.Advance(h.after(t.Revision), to); err != nil {
			return nil, err
		}
	}
	f.Title, f.text = t.Title, t.Units(0, t.Len())
	f.Lines = make([]Line, 0, t.LineCount())
	for row := range t.Rows() {
		f.Lines = append(f.Lines, Line{row.ID, row.Start, row.Length, h.numbers[row.Author], row.Revision, row.Submitted})
	}
	return f, nil
}

// change composes the changes after prev up to to, on a text of a length. It
// composes pairs, then pairs of pairs, so that the work is O(n log n).
func (h *History) change(length int, prev, to eventlog.Revision) (ot.Change, error) {
	var all []ot.Change
	for record := range h.after(prev) {
		if record.Revision > to {
			break
		}
		e, err := event.Decode(record)
		if err != nil {
			return ot.Change{}, err
		}
		switch f := e.Payload.(type) {
		case event.Changed:
			all = append(all, f.Change)
		case event.Redacted:
			all = append(all, f.Change)
		}
	}
	for len(all) > 1 {
		n := 0
		for i := 0; i < len(all); i += 2 {
			c := all[i]
			if i+1 < len(all) {
				var err error
				if c, err = c.Compose(all[i+1]); err != nil {
					return ot.Change{}, err
				}
			}
			all[n] = c
			n++
		}
		all = all[:n]
	}
	if len(all) == 0 {
		return ot.Keep(length), nil
	}
	return all[0], nil
}
