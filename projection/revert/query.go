package revert

import (
	"context"
	"strings"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
)

// A Query says which edits of a thread to take back: those for which all of it
// holds.
type Query struct {
	Author string            `json:"author"` // a name or an id; "": everybody's
	From   eventlog.Revision `json:"from"`   // the first revision
	To     eventlog.Revision `json:"to"`     // the last revision
	Since  int64             `json:"since"`  // the earliest time; Unix milliseconds
	Until  int64             `json:"until"`  // the latest time
}

// IsAuthor reports whether the query is about an author with that id and name.
func (q *Query) IsAuthor(id eventlog.AuthorID, name string) bool {
	return q.Author == "" || q.Author == name || strings.EqualFold(q.Author, event.AuthorString(id))
}

// Replay calls the function Replay for the edits that q asks for; name returns an
// author's name.
func (q Query) Replay(ctx context.Context, log eventlog.Log, stream eventlog.Stream, name func(eventlog.AuthorID) string) (*Reversal, error) {
	authors := map[eventlog.AuthorID]bool{}
	return Replay(ctx, log, stream, func(e *event.Event) bool {
		if e.Revision < q.From || e.Revision > q.To || e.Time < q.Since || e.Time > q.Until {
			return false
		}
		is, known := authors[e.Author]
		if !known {
			is = q.IsAuthor(e.Author, name(e.Author))
			authors[e.Author] = is
		}
		return is
	})
}
