package main

import (
	"fmt"
	"strings"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/projection"
)

func idString(id eventlog.AuthorID) string { return event.AuthorString(id) }

// burstPause is how long an author pauses, in milliseconds, before the next
// edit counts as another step.
const burstPause = 30_000

// An eventRow is a line of log and tail: one event, or edits of one author
// folded, of which it has the last one's revision and id.
type eventRow struct {
	Thread    eventlog.Stream     `json:"thread"`
	Revision  eventlog.Revision   `json:"revision"`
	Position  eventlog.Position   `json:"position"`
	ID        string              `json:"id"`
	Time      string              `json:"time"`
	Author    string              `json:"author"`
	AuthorID  string              `json:"author_id"`
	Kind      string              `json:"kind"`
	First     eventlog.Revision   `json:"first"`     // of the first edit folded
	Edits     int                 `json:"edits"`     // how many; 0 where the text stayed as it was
	Inserted  int                 `json:"inserted"`  // UTF-16 units, over all of them
	Deleted   int                 `json:"deleted"`   // UTF-16 units, over all of them
	Text      string              `json:"text"`      // what was inserted; a title, a name, a reason
	Lines     []int               `json:"lines"`     // touched ones, the first and the last, from 1, as they were then
	Revisions []eventlog.Revision `json:"revisions"` // named by a version, blacked out, or imported (the first and the last)

	at     int64 // Unix milliseconds
	author eventlog.AuthorID
	text   []byte // inserted, so far
}

// newRow tells of an event that was just applied to t. The redacted texts of
// its revision are the black ones.
func (s *source) newRow(e event.Event, t *projection.Thread, effect *projection.Effect) *eventRow {
	return s.rowOf(e.Stream, t.Account(&e, effect))
}

// rowOf returns an account as a row.
func (s *source) rowOf(stream eventlog.Stream, a *projection.Account) *eventRow {
	r := &eventRow{
		Thread: stream, Revision: a.Revision, Position: a.Position, ID: event.ID(stream, a.Revision, a.Time).String(),
		Time: stamp(a.Time), Author: s.name(a.Author), AuthorID: idString(a.Author), Kind: a.Kind,
		First: a.First, Edits: a.Edits, Inserted: a.Inserted, Deleted: a.Deleted,
		Lines: []int{}, Revisions: []eventlog.Revision{}, at: a.Time, author: a.Author,
	}
	for _, i := range a.Lines {
		r.Lines = append(r.Lines, i+1)
	}
	r.Revisions = append(r.Revisions, a.Revisions...)
	if a.Edits > 0 {
		r.text = a.Text
	} else {
		r.Text = string(a.Text)
	}
	return r
}

// add folds the next edit of the same author in.
func (r *eventRow) add(next *eventRow) {
	r.Revision, r.Position, r.ID, r.Time, r.at, r.Lines = next.Revision, next.Position, next.ID, next.Time, next.at, next.Lines
	r.Edits, r.Inserted, r.Deleted = r.Edits+next.Edits, r.Inserted+next.Inserted, r.Deleted+next.Deleted
	r.text = append(r.text, next.text...)
}

// json returns the row as log and tail --json print it.
func (r *eventRow) json() string {
	if r.Edits > 0 {
		r.Text = string(r.text)
	}
	return jsonLine(r)
}

// cells returns the row as log and tail print it.
func (r *eventRow) cells() []string {
	revision := fmt.Sprint(r.Revision)
	if r.First != r.Revision {
		revision = fmt.Sprintf("%d-%d", r.First, r.Revision)
	}
	return []string{revision, r.Time, visible(r.Author), r.Kind, r.what()}
}

const textColumns = 60

// what says in words what happened.
func (r *eventRow) what() string {
	switch r.Kind {
	case "changed":
		out := fmt.Sprintf("+%d -%d", r.Inserted, r.Deleted)
		if len(r.Lines) > 0 {
			out += " " + r.lines()
		}
		if len(r.text) > 0 {
			out += " " + quote(string(r.text))
		}
		return out
	case "submitted":
		return r.lines()
	case "version":
		return fmt.Sprintf("%s is revision %d", quote(r.Text), r.Revisions[0])
	case "redacted":
		return fmt.Sprintf("%d revisions blacked out: %s", len(r.Revisions), quote(r.Text))
	case "imported":
		return fmt.Sprintf("revisions 1 to %d came from an export", r.Revisions[1])
	}
	return quote(r.Text)
}

func (r *eventRow) lines() string {
	switch {
	case len(r.Lines) == 0:
		return ""
	case r.Lines[0] == r.Lines[1]:
		return fmt.Sprintf("line %d", r.Lines[0])
	}
	return fmt.Sprintf("lines %d to %d", r.Lines[0], r.Lines[1])
}

// quote returns the beginning of s, in quotes, on one line.
func quote(s string) string {
	cut := s
	if len(cut) > 8*textColumns { // before any work in proportion to a paste
		cut = strings.ToValidUTF8(cut[:8*textColumns], "")
	}
	cut = strings.ReplaceAll(visible(strings.ReplaceAll(cut, "\n", "⏎")), "\t", " ")
	return `"` + shorten(cut, textColumns) + `"`
}
