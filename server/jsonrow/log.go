package jsonrow

import (
	"time"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/projection"
)

// Names returns the name of an author.
type Names func(eventlog.AuthorID) string

// Time formats Unix milliseconds as rows have them.
func Time(ms int64) string {
	return time.UnixMilli(ms).UTC().Format("2006-01-02T15:04:05.000Z")
}

// A Log is one event, or several edits that one author made without a pause;
// its revision, position, id and time are those of the last one.
type Log struct {
	Thread    eventlog.Stream     `json:"thread"`
	Revision  eventlog.Revision   `json:"revision"`
	Position  eventlog.Position   `json:"position"`
	ID        string              `json:"id"`
	Time      string              `json:"time"`
	Author    string              `json:"author"`
	AuthorID  string              `json:"author_id"`
	Kind      string              `json:"kind"`
	First     eventlog.Revision   `json:"first"`     // of the first edit
	Edits     int                 `json:"edits"`     // 0 for an event that does not change the text
	Inserted  int                 `json:"inserted"`  // UTF-16 units, over all edits
	Deleted   int                 `json:"deleted"`   // UTF-16 units, over all edits
	Text      string              `json:"text"`      // inserted text; or a title, a name, a reason
	Lines     []int               `json:"lines"`     // the first and the last touched line, as numbered then
	Revisions []eventlog.Revision `json:"revisions"` // named by a version, redacted, or imported (the first and the last)
}

// NewLog returns an account of a thread as a row.
func NewLog(stream eventlog.Stream, a *projection.Account, name Names) Log {
	r := Log{
		Thread: stream, Revision: a.Revision, Position: a.Position, ID: event.ID(stream, a.Revision, a.Time).String(),
		Time: Time(a.Time), Author: name(a.Author), AuthorID: event.AuthorString(a.Author), Kind: a.Kind, First: a.First,
		Edits: a.Edits, Inserted: a.Inserted, Deleted: a.Deleted, Text: string(a.Text),
		Lines: make([]int, 0, len(a.Lines)), Revisions: append([]eventlog.Revision{}, a.Revisions...),
	}
	for _, i := range a.Lines {
		r.Lines = append(r.Lines, i+1)
	}
	return r
}

// A Removed is deleted text that one author had written.
type Removed struct {
	Text     string            `json:"text"`
	Author   string            `json:"author"`
	AuthorID string            `json:"author_id"`
	First    eventlog.Revision `json:"first"` // that wrote some of it
	Last     eventlog.Revision `json:"last"`
}

// NewRemoval returns text that one author deleted in one place as a row of the
// log, and the deleted text by who had written it.
func NewRemoval(t *projection.Thread, m *projection.Removal, name Names) (Log, []Removed) {
	a := &projection.Account{
		Revision: m.To, Position: m.Position, Time: m.End, Author: t.Authors()[m.Author], Kind: event.Kind(event.Changed{}),
		First: m.From, Edits: m.Edits, Lines: []int{m.Line, m.Line},
	}
	var parts []Removed
	for _, p := range m.Parts {
		by := t.Authors()[p.Author]
		parts = append(parts, Removed{p.Text, name(by), event.AuthorString(by), p.From, p.To})
		a.Deleted += p.Length
	}
	return NewLog(t.Stream, a, name), parts
}
