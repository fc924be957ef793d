package main

import (
	"fmt"
	"strings"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/projection"
	"parodywave/server/jsonrow"
)

func idString(id eventlog.AuthorID) string { return event.AuthorString(id) }

// burstPause is the pause of an author, in milliseconds, after which the next edit
// starts another burst.
const burstPause = 30_000

// An eventRow is a row of log and tail: one event, or folded edits of one author,
// with the revision and the id of the last edit.
type eventRow struct {
	jsonrow.Log

	at     int64 // Unix milliseconds
	author eventlog.AuthorID
	text   []byte // inserted, so far
}

// newRow returns the row of an event that was just applied to t. Redacted texts of
// its revision are redacted in the row.
func (s *source) newRow(e event.Event, t *projection.Thread, effect *projection.Effect) *eventRow {
	return s.rowOf(e.Stream, t.Account(&e, effect))
}

// rowOf returns the row of an account.
func (s *source) rowOf(stream eventlog.Stream, a *projection.Account) *eventRow {
	r := &eventRow{Log: jsonrow.NewLog(stream, a, s.name), at: a.Time, author: a.Author}
	if a.Edits > 0 {
		r.Text, r.text = "", a.Text
	}
	return r
}

// add folds in the next edit of the same author.
func (r *eventRow) add(next *eventRow) {
	r.Revision, r.Position, r.ID, r.Time, r.at, r.Lines = next.Revision, next.Position, next.ID, next.Time, next.at, next.Lines
	r.Edits, r.Inserted, r.Deleted = r.Edits+next.Edits, r.Inserted+next.Inserted, r.Deleted+next.Deleted
	r.text = append(r.text, next.text...)
}

// json returns the row as log --json and tail --json print it.
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
	return []string{revision, r.Time, visibleName(r.Author), r.Kind, r.what()}
}

const textColumns = 60

// what describes the event in words. Exported commits have it as their subject, so
// that another wording would change their ids.
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
		return fmt.Sprintf("%d revisions redacted: %s", len(r.Revisions), quote(r.Text))
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
	if len(cut) > 8*textColumns { // s may be a paste of megabytes
		cut = strings.ToValidUTF8(cut[:8*textColumns], "")
	}
	cut = strings.ReplaceAll(visible(strings.ReplaceAll(cut, "\n", "⏎")), "\t", " ")
	return `"` + shorten(cut, textColumns) + `"`
}
