package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"parodywave/cmd/parodywave/etherpad"
	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ndjson"
	"parodywave/projection"
	"parodywave/server/intake"

	"github.com/oklog/ulid/v2"
)

// A padImport makes the records of a thread of a pad's revisions: what opens the
// thread, then a change for each revision, even for one that changed nothing but
// formatting, and between them, at their times, the names of saved revisions.
type padImport struct {
	pad     *etherpad.Pad
	stream  eventlog.Stream
	ids     map[string]eventlog.AuthorID // by Etherpad's
	names   map[eventlog.AuthorID]string
	records []eventlog.Record
	at      []eventlog.Revision // of the pad's revisions here
	named   map[string]bool     // versions
	unnamed int                 // saved revisions whose label is no name here
}

// pad reads what Etherpad exported, and makes an export of ours of it, so that
// there is one way into a log.
func (c *importCommand) pad(a *app, b []byte) (*importing, error) {
	if c.CRLF {
		return nil, usage("leave --crlf out", "--crlf is for a text")
	}
	p, err := etherpad.Read(b)
	if err != nil {
		hint := "export it again, and do not edit the file"
		switch {
		case errors.Is(err, etherpad.ErrNoPad):
			hint = "Etherpad gives such a file at /p/PAD/export/etherpad"
		case errors.Is(err, etherpad.ErrPartial):
			hint = "export the whole pad, from a server that still has its history; or import only its text, from /p/PAD/export/txt"
		}
		return nil, c.refused(hint, err)
	}
	name := p.ID
	if _, after, ok := strings.Cut(name, "$"); ok { // of a group: g.GROUP$NAME
		name = after
	}
	title, err := c.checkTitle(name)
	if err != nil {
		return nil, err
	}
	m := newPadImport(p, title)
	log := eventlog.NewMemory()
	if _, err := log.Append(a.ctx, m.stream, 0, m.records...); err != nil {
		return nil, err
	}
	var doc bytes.Buffer
	if _, err := ndjson.Export(a.ctx, &doc, log, m.stream, 0, m.author); err != nil {
		return nil, err
	}
	if err := c.check(doc.Bytes()); err != nil {
		return nil, err
	}
	t, err := projection.Replay(a.ctx, log, m.stream, 0)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(b)
	return &importing{"/import", url.Values{"digest": {hex.EncodeToString(sum[:])}}, &doc, m.notes(t)}, nil
}

func newPadImport(p *etherpad.Pad, title string) *padImport {
	m := &padImport{
		pad: p, stream: eventlog.Stream(ulid.Make().String()),
		ids: map[string]eventlog.AuthorID{}, names: map[eventlog.AuthorID]string{}, named: map[string]bool{},
	}
	for who, name := range p.Authors {
		id := eventlog.AuthorID(ulid.Make())
		m.ids[who], m.names[id] = id, intake.Name(name, noName)
	}
	saved := slices.Clone(p.Saved)
	slices.SortStableFunc(saved, func(x, y etherpad.Saved) int { return int(max(-1, min(1, x.Time-y.Time))) })
	first := p.Revisions[0]
	m.add(event.Opened{Title: title}, first.Author, first.Time)
	for i, r := range p.Revisions {
		saved = slices.DeleteFunc(saved, func(s etherpad.Saved) bool {
			done := s.Revision < i && s.Time < r.Time
			if done {
				m.version(s)
			}
			return done
		})
		m.add(event.Changed{Change: r.Change}, r.Author, r.Time)
		m.at = append(m.at, eventlog.Revision(len(m.records)))
	}
	for _, s := range saved {
		m.version(s)
	}
	return m
}

func (m *padImport) add(f event.Payload, who string, ms int64) {
	r := event.Encode(f)
	r.Author, r.Time = m.ids[who], ms
	if n := len(m.records); n > 0 {
		r.Time = max(ms, m.records[n-1].Time)
	}
	m.records = append(m.records, r)
}

func (m *padImport) version(s etherpad.Saved) {
	name := intake.Name(s.Label, "")
	if m.named[name] || projection.CheckVersionName(name) != nil {
		m.unnamed++
		return
	}
	m.named[name] = true
	m.add(event.Version{Revision: m.at[s.Revision], Name: name}, s.Author, s.Time)
}

func (m *padImport) author(id eventlog.AuthorID) (ndjson.Author, bool) {
	name, ok := m.names[id]
	return ndjson.Author{ID: id, Name: name, Kind: event.ImportedKind}, ok
}

// notes tells what came of the pad, and what did not.
func (m *padImport) notes(t *projection.Thread) []string {
	p := m.pad
	first, last := p.Revisions[0], p.Revisions[len(p.Revisions)-1]
	notes := []string{fmt.Sprintf("pad %s: revisions 0 to %d by %d authors, %s to %s, are revisions %d to %d here",
		p.ID, len(p.Revisions)-1, len(t.Authors()), stamp(first.Time), stamp(last.Time), m.at[0], m.at[len(m.at)-1])}
	note := func(n int, format string) {
		if n > 0 {
			notes = append(notes, fmt.Sprintf(format, n))
		}
	}
	var formats []string
	for key, n := range p.Formats {
		formats = append(formats, fmt.Sprintf("%s %d", key, n))
	}
	if slices.Sort(formats); len(formats) > 0 {
		notes = append(notes, "formatting is dropped, with how often it was set: "+strings.Join(formats, ", "))
	}
	notes = append(notes, m.nameNotes(t)...)
	note(m.unnamed, "%d saved revisions have a label that cannot be the name of a version: they are dropped")
	note(p.Mended, "%d revisions hold a carriage return, a NUL or half a character: U+FFFD stands there")
	note(p.Delayed, "%d revisions had no time, or one before that of the revision before, and got that")
	note(p.Others, "%d UTF-16 units were put in under another's name: they are of whose revision it was")
	if agree, told := m.agreement(t); told > 0 {
		notes = append(notes, fmt.Sprintf("who wrote what is as the pad's colours say for %d of %d UTF-16 units", agree, told))
	}
	return notes
}

// agreement counts the units of the final text whose author the pad itself
// tells, and of those the ones for which the thread tells the same.
func (m *padImport) agreement(t *projection.Thread) (agree, told int) {
	at := 0
	for _, w := range m.pad.Writers() {
		if w.Author != "" {
			told += w.Units
			for span := range t.Spans(at, at+w.Units) {
				if t.Authors()[span.Author] == m.ids[w.Author] {
					agree += span.Length
				}
			}
		}
		at += w.Units
	}
	return agree, told
}
