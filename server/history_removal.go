package server

import (
	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/projection"
)

// A removedPart is deleted text that one author had written.
type removedPart struct {
	Text     string            `json:"text"`
	Author   string            `json:"author"`
	AuthorID string            `json:"author_id"`
	First    eventlog.Revision `json:"first"`
	Last     eventlog.Revision `json:"last"`
}

// removalRow tells of text that one author deleted at one place.
func (s *Server) removalRow(t *projection.Thread, m *projection.Removal) accountRow {
	a := &projection.Account{
		Revision: m.To, Position: m.Position, Time: m.End, Author: t.Authors()[m.Author], Kind: kindChanged,
		First: m.From, Edits: m.Edits, Lines: []int{m.Line, m.Line},
	}
	var parts []removedPart
	for _, p := range m.Parts {
		by := t.Authors()[p.Author]
		parts = append(parts, removedPart{p.Text, s.people.name(by), event.AuthorString(by), p.From, p.To})
		a.Deleted += p.Length
	}
	r := s.accountRow(t.Stream, a)
	r.Removed = parts
	return r
}
