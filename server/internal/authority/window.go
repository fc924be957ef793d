package authority

import (
	"context"
	"fmt"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/projection"
)

// windowMax is how many entries at least are kept in memory for clients that
// are behind; what is older is read from the log.
const windowMax = 1024

// A window is the newest entries of the thread, without a gap up to its
// revision.
type window struct {
	max     int
	base    eventlog.Revision // before the first entry; on disk
	entries []entry
}

type entry struct {
	event   event.Event
	inverse ot.Change // of a changed, undoes it
	hunks   []projection.Hunk
}

func (w *window) reset(base eventlog.Revision) {
	clear(w.entries)
	w.base, w.entries = base, w.entries[:0]
}

func (w *window) add(e entry) { w.entries = append(w.entries, e) }

// trim forgets entries that are too old, but none after told. All must be on
// disk, where they are looked for from then on.
func (w *window) trim(told eventlog.Revision) {
	if len(w.entries) < 2*w.max { // copy seldom
		return
	}
	keep := max(w.max, int(w.base)+len(w.entries)-int(told))
	if len(w.entries)-keep < w.max/2 {
		return
	}
	n := copy(w.entries, w.entries[len(w.entries)-keep:])
	clear(w.entries[n:])
	w.base += eventlog.Revision(len(w.entries) - n)
	w.entries = w.entries[:n]
}

// after returns the entries after a revision; false when they reach back
// behind the window.
func (w *window) after(r eventlog.Revision) ([]entry, bool) {
	if r < w.base {
		return nil, false
	}
	return w.entries[r-w.base:], true
}

// change returns what the event did to the text; false for nothing.
func change(e event.Event) (ot.Change, bool) {
	switch f := e.Fact.(type) {
	case event.Changed:
		return f.Change, true
	case event.Redacted:
		return f.Change, true
	}
	return ot.Change{}, false
}

// since returns the events after a revision through the head, from memory or
// from the log. What is still in the batch is in memory.
func (a *Authority) since(r eventlog.Revision) ([]event.Event, error) {
	if entries, ok := a.window.after(r); ok {
		return eventsOf(entries), nil
	}
	var out []event.Event
	for rec, err := range a.cfg.Log.Read(context.Background(), a.cfg.Stream, r) {
		if err != nil {
			return nil, err
		}
		if rec.Revision > a.window.base {
			break
		}
		e, err := event.Decode(rec)
		if err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	if n := eventlog.Revision(len(out)); r+n != a.window.base {
		return nil, fmt.Errorf("thread %s: %d entries after revision %d, want %d: %w", a.cfg.Stream, n, r, a.window.base-r, eventlog.ErrDamaged)
	}
	for i := range a.window.entries {
		out = append(out, a.window.entries[i].event)
	}
	return out, nil
}

// readEntries returns the events after a revision, all on disk, with the
// text's length after each.
func (a *Authority) readEntries(after eventlog.Revision) ([]event.Event, []int, error) {
	events, err := a.since(after)
	if err != nil {
		return nil, nil, err
	}
	return events, lengths(events, a.thread.Len()), nil
}

// lengths returns the text's length after each event, given it after the last.
func lengths(events []event.Event, length int) []int {
	out := make([]int, len(events))
	for i := len(events) - 1; i >= 0; i-- {
		out[i] = length
		if c, ok := change(events[i]); ok {
			length += c.Len() - c.NewLen()
		}
	}
	return out
}

// lengthAt returns the text's length before the first of events.
func lengthAt(events []event.Event, length int) int {
	for _, e := range events {
		if c, ok := change(e); ok {
			length += c.Len() - c.NewLen()
		}
	}
	return length
}
