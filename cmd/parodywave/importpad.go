package main

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"parodywave/cmd/parodywave/etherpad"
	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ndjson"
	"parodywave/eventlog/ot"
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
// log. The text of a pad whose history is broken follows the export.
func (c *importCommand) pad(a *app, b []byte) (*importing, error) {
	if c.CRLF {
		return nil, usage("leave --crlf out", "--crlf is for texts")
	}
	p, err := etherpad.Read(a.ctx, b)
	if errors.Is(err, etherpad.ErrNoPad) {
		return nil, c.refused("Etherpad exports a pad at /p/PAD/export/etherpad", err)
	} else if err != nil {
		return nil, err
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
	if _, err := c.check(a.ctx, doc.Bytes()); err != nil {
		return nil, err
	}
	t, err := projection.Replay(a.ctx, projection.Plain(log), m.stream, 0)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(b)
	send := &importing{path: "/import", query: url.Values{"digest": {hex.EncodeToString(sum[:])}}, body: bytes.NewReader(doc.Bytes()), notes: m.notes(t, c.As)}
	if p.Broken != nil {
		text := ot.String(p.Text)
		if len(text) > intake.TextMost() {
			return nil, failed("", "the pad's text has %d bytes: the limit for a text is %d", len(text), intake.TextMost())
		}
		send.query.Set("text", strconv.Itoa(len(text)))
		send.body = bytes.NewReader(append([]byte(text), doc.Bytes()...))
	}
	return send, nil
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
	slices.SortStableFunc(saved, func(x, y etherpad.Saved) int { return cmp.Compare(x.Time, y.Time) })
	first := etherpad.Revision{Time: time.Now().UnixMilli()} // of a pad without one
	if len(p.Revisions) > 0 {
		first = p.Revisions[0]
	}
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

// notes describes the imported thread, and the parts of the pad that were changed or
// dropped. The pad's text is a change by as if the history is broken.
func (m *padImport) notes(t *projection.Thread, as string) []string {
	p := m.pad
	var notes []string
	if n := len(p.Revisions); n > 0 {
		notes = append(notes, fmt.Sprintf("pad %s: revisions 0 to %d by %d authors, from %s to %s, are revisions %d to %d here",
			p.ID, n-1, len(t.Authors()), stamp(p.Revisions[0].Time), stamp(p.Revisions[n-1].Time), m.at[0], m.at[n-1]))
	}
	note := func(n int, format string, args ...any) {
		if n > 0 {
			notes = append(notes, fmt.Sprintf(format, append([]any{n}, args...)...))
		}
	}
	if p.Broken != nil {
		notes = append(notes, fmt.Sprintf("the history of the pad is broken at %v", p.Broken))
		note(p.Lost, "%d revisions from there on are not in the history here")
		notes = append(notes, fmt.Sprintf("the pad's text after them is one change by %q", as))
	}
	if len(p.Formats) > 0 {
		notes = append(notes, "formatting was dropped; each was set this often: "+counts(p.Formats))
	}
	if len(p.Dropped) > 0 {
		notes = append(notes, "these parts of the pad are not part of a text and were dropped: "+counts(p.Dropped))
	}
	notes = append(notes, m.nameNotes(t)...)
	note(m.unnamed, "%d saved revisions were dropped: their label is not a valid name of a version")
	note(p.Cut, "%d saved revisions were dropped: their revisions are not in the history")
	note(p.Mended, "%d revisions have a carriage return, a NUL or half a character: it was replaced by U+FFFD")
	note(p.Delayed, "%d revisions had no time, or one before the previous revision: they got the previous revision's time")
	note(p.Others, "%d UTF-16 units were inserted in another author's name: they belong to the author of the revision here")
	if agree, known := m.agreement(t); known > 0 {
		notes = append(notes, fmt.Sprintf("the authors agree with the pad's colours for %d of %d UTF-16 units", agree, known))
	}
	return notes
}

// counts lists the entries of a map, sorted.
func counts(of map[string]int) string {
	var list []string
	for _, key := range slices.Sorted(maps.Keys(of)) {
		list = append(list, fmt.Sprintf("%.80s %d", key, of[key]))
	}
	return listed(list)
}

// agreement counts the units of the final text that have an author in the pad
// (known), and those that have the same author in the thread (agree).
func (m *padImport) agreement(t *projection.Thread) (agree, known int) {
	if m.pad.Broken != nil { // the thread's text is another
		return 0, 0
	}
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
