package main

import (
	"fmt"
	"strings"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/projection"
)

func idString(id eventlog.AuthorID) string { return event.AuthorString(id) }

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
	r := &eventRow{
		Thread: e.Stream, Revision: e.Revision, Position: e.Position, ID: event.ID(e.Stream, e.Revision, e.Time).String(),
		Time: stamp(e.Time), Author: s.name(e.Author), AuthorID: idString(e.Author), Kind: event.Kind(e.Fact), First: e.Revision,
		Lines: []int{}, Revisions: []eventlog.Revision{}, at: e.Time, author: e.Author,
	}
	if n := len(effect.Touched); n > 0 {
		r.Lines = []int{effect.Touched[0] + 1, effect.Touched[n-1] + 1}
	}
	switch f := e.Fact.(type) {
	case event.Opened:
		r.Text = f.Title
	case event.Renamed:
		r.Text = f.Title
	case event.Changed:
		r.Edits, r.Inserted, r.Deleted = 1, f.Change.Inserted(), f.Change.Deleted()
		for ed := range f.Change.Edits() {
			r.text = ot.AppendUTF8(r.text, ed.Insert)
		}
		if len(r.Lines) == 0 && t.LineCount() > 0 { // whole lines were deleted: say where
			for ed := range f.Change.Edits() {
				n := t.LineAt(min(ed.FromB, t.Len())) + 1
				r.Lines = []int{n, n}
				break
			}
		}
	case event.Version:
		r.Text, r.Revisions = f.Name, []eventlog.Revision{f.Revision}
	case event.Redacted:
		r.Text = f.Reason
		for _, c := range f.Commitments {
			r.Revisions = append(r.Revisions, c.Revision)
		}
	case event.Imported:
		r.Revisions = []eventlog.Revision{1, f.Revisions}
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
