package authority

import (
	"cmp"
	"slices"
	"time"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/projection"
	"parodywave/server/internal/wire"
)

// At least recentMax entries are kept for clients that are behind, and up to
// recentMost of those from the last recentAge milliseconds; older ones are read
// from the log. When a thread has not been written to for recentRest,
// recentIdle are kept. An entry costs some 300 bytes, and thousands of threads
// may be in memory.
const (
	recentMax  = 256
	recentAge  = 2000
	recentMost = 4096
	recentRest = 10 * time.Second
	recentIdle = 16
)

// recent holds the newest entries of the thread, without a gap up to its
// revision.
type recent struct {
	max     int
	age     int64             // milliseconds
	base    eventlog.Revision // revision before the first entry; on disk
	entries []entry
	views   eventlog.Revision // the last change without an inverse, from before which no view can be made
	rest    bool              // a timer is running, to shrink when the thread rests
	at      eventlog.Revision // the thread's revision when the timer was set
}

type entry struct {
	event event.Event
	lines *lineEffect // nil if it is empty, as for most keystrokes
}

// A lineEffect is what an event did to lines other than to change some in
// place, and what it states.
type lineEffect struct {
	rows    []wire.Splice
	origins []wire.Origin // of the text that the event inserted
	hunks   []projection.Hunk
	inverse *ot.Change // undoes a changed event; nil if it was folded while no peer was in line mode
}

// newEntry returns the entry of an event that was just applied to t with this
// effect.
func newEntry(t *projection.Thread, e event.Event, eff *projection.Effect, inverse *ot.Change) entry {
	ent := entry{event: e}
	rows, origins := Splices(t, &e, eff), Origins(t, &e)
	if len(rows) > 0 || len(origins) > 0 || len(eff.Hunks) > 0 || inverse != nil {
		ent.lines = &lineEffect{rows, origins, eff.Hunks, inverse}
	}
	return ent
}

// rows returns the splices that a client applies to its rows.
func (e *entry) rows() []wire.Splice {
	if e.lines == nil {
		return nil
	}
	return e.lines.rows
}

// origins returns the origins that a client gives to the inserted text.
func (e *entry) origins() []wire.Origin {
	if e.lines == nil {
		return nil
	}
	return e.lines.origins
}

// weight estimates the bytes that the entry takes in a frame, in units of six:
// one for each UTF-16 unit it inserts, eleven for each row, seven for each origin.
func (e *entry) weight() int {
	return inserted(e.event) + 11*wire.RowsIn(e.rows()) + 7*len(e.origins())
}

// hunks returns the runs of lines that the entry replaced, and their
// replacements.
func (e *entry) hunks() []projection.Hunk {
	if e.lines == nil {
		return nil
	}
	return e.lines.hunks
}

func (w *recent) reset(base eventlog.Revision) {
	clear(w.entries)
	w.base, w.entries = base, w.entries[:0]
}

// cut forgets the entries after revision r, which is not below base.
func (w *recent) cut(r eventlog.Revision) {
	n := int(r - w.base)
	clear(w.entries[n:])
	w.entries = w.entries[:n]
}

func (w *recent) add(e entry) {
	w.entries = append(w.entries, e)
	if c, ok := change(e.event); ok && !c.IsEmpty() && (e.lines == nil || e.lines.inverse == nil) {
		w.views = e.event.Revision
	}
}

// trim forgets old entries, but none after revision sent: peers that keep up
// are sent those from memory. All entries must be on disk, where later readers
// find them.
func (w *recent) trim(sent eventlog.Revision, now int64) {
	if len(w.entries) < w.max+w.max/2 { // copy rarely
		return
	}
	keep := w.max
	if young := w.youngerThan(now - w.age); young < recentMost {
		keep = max(keep, young)
	}
	keep = max(keep, int(w.base)+len(w.entries)-int(sent))
	if len(w.entries)-keep >= w.max/2 {
		w.keep(keep)
	}
}

// youngerThan counts the entries after a time in Unix milliseconds.
func (w *recent) youngerThan(at int64) int {
	first, _ := slices.BinarySearchFunc(w.entries, at, func(e entry, at int64) int { return cmp.Compare(e.event.Time, at+1) })
	return len(w.entries) - first
}

// keep forgets all but the newest n entries.
func (w *recent) keep(n int) {
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

// restLater shrinks the recent entries when nothing is written for a while.
func (a *Authority) restLater() {
	w := &a.recent
	if w.rest || len(w.entries) <= recentIdle {
		return
	}
	w.rest, w.at = true, a.thread.Revision
	a.cfg.After(recentRest, func() {
		a.enqueue(request{now: true, do: func() {
			if w.rest = false; w.at != a.thread.Revision || !a.batch.empty() {
				a.restLater()
				return
			}
			w.keep(min(len(w.entries), recentIdle))
			w.entries = slices.Clip(slices.Clone(w.entries))
			a.batch = batch{}
			a.batch.reset(a.thread.Revision)
		}})
	})
}

// after returns the entries after a revision, or false if they are not all
// there.
func (w *recent) after(r eventlog.Revision) ([]entry, bool) {
	if r < w.base {
		return nil, false
	}
	return w.entries[r-w.base:], true
}

// change returns what the event did to the text, or false if nothing.
func change(e event.Event) (ot.Change, bool) {
	switch f := e.Payload.(type) {
	case event.Changed:
		return f.Change, true
	case event.Redacted:
		return f.Change, true
	}
	return ot.Change{}, false
}

// since returns the events after a revision up to the thread's, or false if they are not
// all in memory.
func (a *Authority) since(r eventlog.Revision) ([]event.Event, bool) {
	entries, ok := a.recent.after(r)
	return eventsOf(entries), ok
}

// entriesAfter returns the entries after a revision. They must be on disk and
// in memory.
func (a *Authority) entriesAfter(after eventlog.Revision) []Entry {
	past, _ := a.resumes.cache.Load().after(after, a.recent.base)
	recent, _ := a.recent.after(max(after, a.recent.base))
	out := make([]Entry, len(past)+len(recent))
	length := a.thread.Len()
	for i := len(out) - 1; i >= 0; i-- {
		var e *entry
		if k := i - len(past); k >= 0 {
			e = &recent[k]
		} else {
			e = &past[i]
		}
		out[i] = Entry{e.event, length, e.rows(), e.origins()}
		c, _ := change(e.event) // empty if the event changes no text
		length += c.Len() - c.NewLen()
	}
	return out
}

// lengthAt returns the text's length before the first event, given it after the
// last.
func lengthAt(events []event.Event, length int) int {
	for _, e := range events {
		c, _ := change(e)
		length += c.Len() - c.NewLen()
	}
	return length
}
