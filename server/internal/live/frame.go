package live

import (
	"time"
	"weak"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/projection"
	"parodywave/server/internal/authority"
	"parodywave/server/internal/people"
	"parodywave/server/internal/wire"
)

// frames encodes what a room's authority sends, in the authority's goroutine.
type frames struct {
	// run is the entries encoded last. One flush often sends entries to peers that
	// lack different numbers of them, and all lack the last ones. It is kept until
	// the next garbage collection.
	run weak.Pointer[wire.Run]
	// lines is the lines encoded last, for resyncs.
	lines weak.Pointer[lineData]
	// whole is the answer to a join encoded last.
	whole weak.Pointer[textFrame]
}

// Frame implements authority.Room.
func (r *room) Frame(m authority.Message) []byte {
	switch m := m.(type) {
	case authority.Entries:
		return r.entriesFrame(m)
	case authority.TextJoined:
		return r.textFrame(m)
	}
	return encoded(r.message(m))
}

// A textFrame is the answer to a join in text mode at a revision.
type textFrame struct {
	thread *projection.Thread
	at     eventlog.Revision
	reset  bool
	frame  []byte
}

// textFrame encodes the answer to a join once for all who join at this revision, as a
// crowd does that comes back after a restart.
func (r *room) textFrame(m authority.TextJoined) []byte {
	ahead := r.ahead(m.Thread)
	if f := r.whole.Value(); f != nil && ahead == 0 && f.thread == m.Thread && f.at == m.Thread.Revision && f.reset == m.Reset {
		return f.frame
	}
	frame := encoded(&wire.TextJoin{
		Thread: r.stream, Title: m.Thread.Title, Rev: m.Thread.Revision, Chain: m.Chain,
		Text: m.Thread.Text(), Blame: r.hub.people.Blame(m.Thread), Limits: r.hub.limits, Reset: m.Reset, Ahead: ahead,
	})
	if ahead == 0 { // else it depends on the time
		r.whole = weak.Make(&textFrame{m.Thread, m.Thread.Revision, m.Reset, frame})
	}
	return frame
}

// ahead returns how far the clock of the log runs ahead, as joins have it.
func (r *room) ahead(t *projection.Thread) int64 {
	return projection.AheadBy(t.UpdatedAt, r.hub.now()).Milliseconds()
}

// Announce implements authority.Room.
func (r *room) Announce(b authority.Batch) {
	r.hub.appended(r.stream, b.After, b.Records, nil)
	r.count(b.Records)
	r.hub.Update(b.Summary)
}

// Refused implements authority.Room.
func (r *room) Refused(err error) { r.hub.appended(r.stream, 0, nil, err) }

// Behind implements authority.Room.
func (r *room) Behind(ms int64) { r.hub.clock.behind(r.hub.logger, ms) }

// Flush implements authority.Room.
func (r *room) Flush(peers int) bool { return r.hub.flushes.AllowN(time.Now(), peers) }

// entriesFrame encodes the entries that are not encoded yet.
func (r *room) entriesFrame(m authority.Entries) []byte {
	from, to := m.List[0].Revision, m.List[len(m.List)-1].Revision
	run := r.run.Value()
	if run != nil {
		if first, last := run.Entries(); from < first || to != last {
			run = nil
		}
	}
	if run == nil {
		entries := make([]wire.Entry, len(m.List))
		for i := range m.List {
			entries[i] = entry(r.hub.people, &m.List[i])
		}
		entries[len(entries)-1].Chain = m.Chain
		run = wire.NewRun(r.stream, entries)
		r.run = weak.Make(run)
	}
	return run.Frame(from)
}

// message returns the wire's message for one of the authority's.
func (r *room) message(m authority.Message) message {
	switch m := m.(type) {
	case authority.Resumed:
		return &wire.ResumeJoin{
			Thread: r.stream, Title: m.Thread.Title, Rev: m.Since, Head: m.Thread.Revision, Limits: r.hub.limits, Ahead: r.ahead(m.Thread),
		}
	case authority.LineJoined:
		return r.lineJoin(m)
	case authority.LineUpdate:
		u := wire.LineUpdate{
			ID: r.stream, Line: m.Line, Value: m.Value, User: r.hub.people.Name(m.Author),
			Rev: m.Revision, Submitted: m.Submitted, Mine: m.Mine,
		}
		if m.Line < 0 {
			u.Line, u.Gone = m.Last, true
		}
		return &u
	case authority.Cursor:
		return &wire.CursorOut{
			ID: r.stream, Client: m.Client, User: r.hub.people.Name(m.Author), Author: m.Author,
			Rev: m.Revision, Ranges: m.Ranges,
		}
	case authority.Beacon:
		return &wire.Beacon{ID: r.stream, Rev: m.Revision, Length: m.Length, SHA256: m.SHA256, Chain: m.Chain}
	case authority.Failed:
		return m.Err.Answering(m.Re)
	}
	panic("live: message without a frame")
}

// entry returns e as text mode streams it.
func entry(people *people.People, e *authority.Entry) wire.Entry {
	w := wire.Entry{
		Rev: e.Revision, User: people.Name(e.Author), Author: e.Author, At: e.Time, Length: e.Length, Rows: e.Rows, Origins: e.Origins,
	}
	switch f := e.Payload.(type) {
	case event.Changed:
		w.Changes, w.Client, w.Seq = f.Change, e.Client, e.Seq
		return w
	case event.Redacted:
		w.Changes = f.Change
	case event.Opened:
		w.Title = f.Title
	case event.Renamed:
		w.Title = f.Title
	case event.Submitted:
		w.Lines = &[2]int{f.From, f.To}
	case event.Version:
		w.Name, w.Of = f.Name, f.Revision
	}
	w.Kind = event.Kind(e.Payload)
	return w
}

// lineData is the lines of a thread at a revision.
type lineData struct {
	thread *projection.Thread
	at     eventlog.Revision
	wire.LineData
}

// data returns the lines of t. A resync goes to all peers in line mode, one by one: the
// lines are encoded once for them.
func (r *room) data(t *projection.Thread) wire.LineData {
	if d := r.lines.Value(); d != nil && d.thread == t && d.at == t.Revision {
		return d.LineData
	}
	d := &lineData{t, t.Revision, wire.NewLineData(func(yield func(wire.LineRow) bool) {
		for row := range t.Rows() {
			if !yield(wire.LineRow{
				Line: row.Line, Value: t.Content(row), User: r.hub.people.Name(row.Author), Submitted: row.Submitted,
			}) {
				return
			}
		}
	})}
	r.lines = weak.Make(d)
	return d.LineData
}

func (r *room) lineJoin(m authority.LineJoined) *wire.LineJoin {
	j := &wire.LineJoin{Thread: r.stream, Title: m.Thread.Title, Rev: m.Thread.Revision, Data: r.data(m.Thread), Limits: r.hub.limits}
	if m.Resync {
		j.Received = &m.Received
		if m.Current >= 0 {
			j.Current = &m.Current
		}
	}
	return j
}
