package authority

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/projection"
	"parodywave/server/internal/wire"
)

// A window keeps windowMax entries at least for clients that are behind, and
// those of the last windowAge milliseconds as well, up to windowMost; what is
// older is read from the log. A thread in which nothing was written for
// windowRest keeps windowIdle. An entry costs some 300 bytes, and there may be
// thousands of threads in memory.
const (
	windowMax  = 256
	windowAge  = 2000
	windowMost = 4096
	windowRest = 10 * time.Second
	windowIdle = 16
)

// A window is the newest entries of the thread, without a gap up to its
// revision.
type window struct {
	max     int
	age     int64             // Unix milliseconds
	base    eventlog.Revision // before the first entry; on disk
	entries []entry
	rest    bool              // a timer is set for when nothing is written
	at      eventlog.Revision // where the thread was when it was set
}

type entry struct {
	event event.Event
	lines *lineEffect // nil where it is empty, as for most keystrokes
}

// A lineEffect is what an event did to lines beyond changing some in place.
type lineEffect struct {
	rows    []wire.Splice
	hunks   []projection.Hunk
	inverse *ot.Change // undoes a changed; nil if it was folded while nobody was in line mode
}

// newEntry returns the entry of an event that was just applied to t with this
// effect.
func newEntry(t *projection.Thread, e event.Event, eff *projection.Effect, inverse *ot.Change) entry {
	ent := entry{event: e}
	rows := Splices(t, &e, eff)
	if len(rows) > 0 || len(eff.Hunks) > 0 || inverse != nil {
		ent.lines = &lineEffect{rows, eff.Hunks, inverse}
	}
	return ent
}

// rows returns what a client has to splice into its rows.
func (e *entry) rows() []wire.Splice {
	if e.lines == nil {
		return nil
	}
	return e.lines.rows
}

// weight is about how many bytes the entry takes in a frame, in sixths: as many as
// it inserts units, and eleven for a row.
func (e *entry) weight() int { return inserted(e.event) + 11*wire.RowsIn(e.rows()) }

// hunks returns which runs of lines the entry replaced by which.
func (e *entry) hunks() []projection.Hunk {
	if e.lines == nil {
		return nil
	}
	return e.lines.hunks
}

func (w *window) reset(base eventlog.Revision) {
	clear(w.entries)
	w.base, w.entries = base, w.entries[:0]
}

// cut forgets the entries after a revision of the window's.
func (w *window) cut(r eventlog.Revision) {
	n := int(r - w.base)
	clear(w.entries[n:])
	w.entries = w.entries[:n]
}

func (w *window) add(e entry) { w.entries = append(w.entries, e) }

// trim forgets entries that are too old at a time, but none after told. All must
// be on disk, where they are looked for from then on.
func (w *window) trim(told eventlog.Revision, now int64) {
	if len(w.entries) < w.max+w.max/2 { // copy seldom
		return
	}
	keep := w.max
	if young := w.youngerThan(now - w.age); young < windowMost {
		keep = max(keep, young)
	}
	keep = max(keep, int(w.base)+len(w.entries)-int(told))
	if len(w.entries)-keep >= w.max/2 {
		w.keep(keep)
	}
}

// youngerThan counts the entries after a time.
func (w *window) youngerThan(at int64) int {
	first, _ := slices.BinarySearchFunc(w.entries, at, func(e entry, at int64) int { return cmp.Compare(e.event.Time, at+1) })
	return len(w.entries) - first
}

// keep forgets all but the newest n entries.
func (w *window) keep(n int) {
	old := len(w.entries) - n
	w.base += eventlog.Revision(old)
	if cap(w.entries) > 2*n+w.max {
		w.entries = slices.Clone(w.entries[old:])
		return
	}
	copy(w.entries, w.entries[old:])
	clear(w.entries[n:])
	w.entries = w.entries[:n]
}

// restLater has the window shrink when nothing is written for a while.
func (a *Authority) restLater() {
	w := &a.window
	if w.rest || len(w.entries) <= windowIdle {
		return
	}
	w.rest, w.at = true, a.thread.Revision
	a.cfg.After(windowRest, func() {
		a.enqueue(request{now: true, do: func() {
			if w.rest = false; w.at != a.thread.Revision || !a.batch.empty() {
				a.restLater()
				return
			}
			w.keep(min(len(w.entries), windowIdle))
			w.entries = slices.Clip(slices.Clone(w.entries))
			a.batch = batch{}
			a.batch.reset(a.thread.Revision)
		}})
	})
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
	switch f := e.Payload.(type) {
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
	if entries, ok := a.past.after(r, a.window.base); ok {
		return append(eventsOf(entries), eventsOf(a.window.entries)...), nil
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

// entriesAfter returns the entries after a revision, which must be in memory and
// on disk.
func (a *Authority) entriesAfter(after eventlog.Revision) []Entry {
	past, _ := a.past.after(after, a.window.base)
	recent, _ := a.window.after(max(after, a.window.base))
	out := make([]Entry, len(past)+len(recent))
	length := a.thread.Len()
	for i := len(out) - 1; i >= 0; i-- {
		var e *entry
		if k := i - len(past); k >= 0 {
			e = &recent[k]
		} else {
			e = &past[i]
		}
		out[i] = Entry{e.event, length, e.rows()}
		if c, ok := change(e.event); ok {
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
