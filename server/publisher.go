package server

import (
	"time"
	"weak"

	"parodywave/eventlog/event"
	"parodywave/server/internal/authority"
	"parodywave/server/internal/wire"
)

// A publisher is the authority.Room of a thread: it encodes the authority's
// messages and passes on what it announces. It runs in the authority's goroutine.
type publisher struct {
	s *Server
	r *room

	// run is what was encoded last: in one turn peers that lack different entries
	// are told one after the other, and all lack the last ones. It is kept until
	// memory is collected.
	run weak.Pointer[wire.Run]
}

// Frame implements authority.Room.
func (p *publisher) Frame(m authority.Message) []byte {
	if e, ok := m.(authority.Entries); ok {
		return p.entriesFrame(e)
	}
	return framed(p.message(m))
}

// Announce implements authority.Room.
func (p *publisher) Announce(b authority.Batch) {
	p.s.appends.appended(p.r.stream, b.After, b.Records)
	p.r.note(p.s, b.Records)
	p.s.hub.update(b.Summary)
}

// Refused implements authority.Room.
func (p *publisher) Refused(err error) { p.s.appends.failed(err) }

// Flush implements authority.Room.
func (p *publisher) Flush(peers int) bool { return p.s.peers.frames.AllowN(time.Now(), peers) }

// entriesFrame encodes what of entries is not encoded yet.
func (p *publisher) entriesFrame(m authority.Entries) []byte {
	from, to := m.List[0].Revision, m.List[len(m.List)-1].Revision
	run := p.run.Value()
	if run != nil {
		if first, last := run.Entries(); from < first || to != last {
			run = nil
		}
	}
	if run == nil {
		u := wire.TextUpdate{ID: p.r.stream, Updates: make([]wire.Entry, len(m.List))}
		for i := range m.List {
			u.Updates[i] = p.s.entry(&m.List[i])
		}
		u.Updates[len(u.Updates)-1].Chain = m.Chain
		run = wire.NewRun(&u)
		p.run = weak.Make(run)
	}
	return run.Frame(from)
}

// message returns what is sent of a message.
func (p *publisher) message(m authority.Message) interface{ AppendJSON([]byte) []byte } {
	switch m := m.(type) {
	case authority.TextJoined:
		return p.textJoin(m)
	case authority.Resumed:
		return &wire.ResumeJoin{Thread: p.r.stream, Title: m.Thread.Title, Rev: m.Since, Head: m.Thread.Revision, Limits: p.s.limits}
	case authority.LineJoined:
		return p.lineJoin(m)
	case authority.LineUpdate:
		u := wire.LineUpdate{
			ID: p.r.stream, Line: m.Line, Value: m.Value, User: p.s.people.Name(m.Author),
			Rev: m.Revision, Submitted: m.Submitted, Mine: m.Mine,
		}
		if m.Line < 0 {
			u.Line, u.Gone = m.Last, true
		}
		return &u
	case authority.Cursor:
		return &wire.CursorOut{
			ID: p.r.stream, Client: m.Client, User: p.s.people.Name(m.Author), Author: m.Author,
			Rev: m.Revision, Ranges: m.Ranges,
		}
	case authority.Beacon:
		return &wire.Beacon{ID: p.r.stream, Rev: m.Revision, Length: m.Length, SHA256: m.SHA256, Chain: m.Chain}
	case authority.Failed:
		return m.Err.Answering(m.Re)
	}
	panic("server: message without a frame")
}

// entry returns e as text mode streams it.
func (s *Server) entry(e *authority.Entry) wire.Entry {
	w := wire.Entry{
		Rev: e.Revision, User: s.people.Name(e.Author), Author: e.Author, At: e.Time, Length: e.Length, Rows: e.Rows,
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

func (p *publisher) textJoin(m authority.TextJoined) *wire.TextJoin {
	return &wire.TextJoin{
		Thread: p.r.stream, Title: m.Thread.Title, Rev: m.Thread.Revision, Chain: m.Chain,
		Text: m.Thread.Text(), Blame: p.s.people.Blame(m.Thread), Limits: p.s.limits, Reset: m.Reset,
	}
}

func (p *publisher) lineJoin(m authority.LineJoined) *wire.LineJoin {
	j := &wire.LineJoin{Thread: p.r.stream, Title: m.Thread.Title, Rev: m.Thread.Revision, Limits: p.s.limits}
	j.Data = make([]wire.LineRow, 0, m.Thread.LineCount())
	for row := range m.Thread.Rows() {
		j.Data = append(j.Data, wire.LineRow{
			Line: row.Line, Value: m.Thread.Content(row), User: p.s.people.Name(row.Author), Submitted: row.Submitted,
		})
	}
	if m.Resync {
		j.Received = &m.Received
		if m.Current >= 0 {
			j.Current = &m.Current
		}
	}
	return j
}
