package projection

import (
	"context"
	"strings"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
)

// A ReversalQuery says which edits of a thread are taken back.
type ReversalQuery struct {
	Author string            `json:"author"` // a name or an id; "": everybody's
	From   eventlog.Revision `json:"from"`   // none before it
	To     eventlog.Revision `json:"to"`     // none after it
	Since  int64             `json:"since"`  // none before it; Unix milliseconds
	Until  int64             `json:"until"`  // none after it
}

// IsAuthor reports whether the query asks for somebody with that id and name.
func (q *ReversalQuery) IsAuthor(id eventlog.AuthorID, name string) bool {
	return q.Author == "" || q.Author == name || strings.EqualFold(q.Author, event.AuthorString(id))
}

// Replay is ReplayReversal of the edits in question; name says what authors are
// called.
func (q ReversalQuery) Replay(ctx context.Context, log eventlog.Log, stream eventlog.Stream, name func(eventlog.AuthorID) string) (*Reversal, error) {
	authors := map[eventlog.AuthorID]bool{}
	return ReplayReversal(ctx, log, stream, func(e *event.Event) bool {
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
