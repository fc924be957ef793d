package jsonrow

import (
	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/projection"
)

// A Blame is a line of a text with its last change.
type Blame struct {
	Line      int               `json:"line"`
	Revision  eventlog.Revision `json:"revision"`
	Author    string            `json:"author"`
	AuthorID  string            `json:"author_id"`
	Time      string            `json:"time"`
	Text      string            `json:"text"`
	Submitted bool              `json:"submitted"`
}

// NewBlame returns a line of t as a row.
func NewBlame(t *projection.Thread, r projection.Row, name Names) Blame {
	return Blame{r.Line + 1, r.Revision, name(r.Author), event.AuthorString(r.Author), Time(r.Time), t.Content(r), r.Submitted}
}
