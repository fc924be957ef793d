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

// A padImport converts a pad into the records of a thread: the opening, then a
// change for each revision (an empty change if it only formatted), and between
// them, at their times, the names of saved revisions.
type padImport struct {
	pad     *etherpad.Pad
	stream  eventlog.Stream
	ids     map[string]eventlog.AuthorID // by Etherpad's ids
	names   map[eventlog.AuthorID]string
	records []eventlog.Record
	at      []eventlog.Revision // by revision of the pad
	named   map[string]bool     // names of versions
	unnamed int                 // saved revisions whose label is not a valid name
}

// pad converts a file of Etherpad into an export, so that there is one way into a
// log.
func (c *importCommand) pad(a *app, b []byte) (*importing, error) {
	if c.CRLF {
		return nil, usage("leave --crlf out", "--crlf is for texts")
	}
	p, err := etherpad.Read(b)
	if err != nil {
		hint := "export the pad again, and do not edit the file"
		switch {
		case errors.Is(err, etherpad.ErrNoPad):
			hint = "Etherpad exports a pad at /p/PAD/export/etherpad"
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
	if _, err := c.check(doc.Bytes()); err != nil {
		return nil, err
	}
	t, err := projection.Replay(a.ctx, projection.Plain(log), m.stream, 0)
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
	f := event.Version{Revision: m.at[s.Revision], Name: intake.Name(s.Label, "")}
	if m.named[f.Name] || f.Valid() != nil {
		m.unnamed++
		return
	}
	m.named[f.Name] = true
	m.add(f, s.Author, s.Time)
}

func (m *padImport) author(id eventlog.AuthorID) (ndjson.Author, bool) {
	name, ok := m.names[id]
	return ndjson.Author{ID: id, Name: name, Kind: event.ImportedKind}, ok
}

// notes describes the imported thread, and what of the pad was changed or dropped.
func (m *padImport) notes(t *projection.Thread) []string {
	p := m.pad
	first, last := p.Revisions[0], p.Revisions[len(p.Revisions)-1]
	notes := []string{fmt.Sprintf("pad %s: revisions 0 to %d by %d authors, from %s to %s, are revisions %d to %d here",
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
		notes = append(notes, "formatting was dropped; each was set this often: "+strings.Join(formats, ", "))
	}
	notes = append(notes, m.nameNotes(t)...)
	note(m.unnamed, "%d saved revisions were dropped: their label is not a valid name of a version")
	note(p.Mended, "%d revisions have a carriage return, a NUL or half a character: it was replaced by U+FFFD")
	note(p.Delayed, "%d revisions had no time, or one before the previous revision: they got the previous revision's time")
	note(p.Others, "%d UTF-16 units were inserted in another author's name: they belong to the author of the revision here")
	if agree, known := m.agreement(t); known > 0 {
		notes = append(notes, fmt.Sprintf("the authors agree with the pad's colours for %d of %d UTF-16 units", agree, known))
	}
	return notes
}

// agreement counts the units of the final text that have an author in the pad
// (known), and those that have the same author in the thread (agree).
func (m *padImport) agreement(t *projection.Thread) (agree, known int) {
	at := 0
	for _, w := range m.pad.Writers() {
		if w.Author != "" {
			known += w.Units
			for span := range t.Spans(at, at+w.Units) {
				if t.Authors()[span.Author] == m.ids[w.Author] {
					agree += span.Length
				}
			}
		}
		at += w.Units
	}
	return agree, known
}
