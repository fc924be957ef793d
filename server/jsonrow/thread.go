package jsonrow

import (
	"parodywave/eventlog"
	"parodywave/projection"
)

// A Thread is a row of the list of threads. Only a server knows who is there:
// the fields that may be nil, and Rev, are left out of what a command prints.
type Thread struct {
	ID          eventlog.Stream   `json:"id"`
	Title       string            `json:"title"`
	OpenedBy    string            `json:"opened_by"`
	OpenedAt    int64             `json:"opened_at"`
	UpdatedAt   int64             `json:"updated_at"`
	UpdatedBy   string            `json:"updated_by"`
	Lines       int               `json:"lines"` // as git counts: an empty piece behind the last break is none
	Connections *int              `json:"connections,omitzero"`
	Revisions   eventlog.Revision `json:"revisions"`
	Authors     int               `json:"authors"`
	Rev         eventlog.Revision `json:"rev,omitzero"` // equals Revisions
	Here        []string          `json:"here,omitzero"`
	Typing      []string          `json:"typing,omitzero"`
	Last        *string           `json:"last,omitzero"`
	Damaged     string            `json:"damaged,omitzero"` // why it cannot be read
}

// NewThread returns a thread's summary as a row, without who is there.
func NewThread(s *projection.Summary, name Names) Thread {
	return Thread{
		ID: s.Stream, Title: s.Title, OpenedBy: name(s.OpenedBy), OpenedAt: s.OpenedAt,
		UpdatedAt: s.UpdatedAt, UpdatedBy: name(s.UpdatedBy), Lines: s.Lines, Revisions: s.Revision, Authors: s.Authors,
	}
}
