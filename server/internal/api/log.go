package api

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/names"
	"parodywave/projection"
	"parodywave/server/internal/wire"
	"parodywave/server/jsonrow"
)

// A logRow is a row of the log and, with deletions=true, the deleted text.
type logRow struct {
	jsonrow.Log
	Removed []jsonrow.Removed `json:"removed,omitempty"`
}

// getLog answers what happened, newest first: limit (100, at most 1000) rows
// before a revision; more where several rows end at the same revision.
func (a *API) getLog(w http.ResponseWriter, r *http.Request, m moment) error {
	q := queryOf(r)
	if err := a.resolveAuthor(r.Context(), q, m); err != nil {
		return err
	}
	limit, before, asked := q.limit(100, 1000), q.revision("before"), a.accountQuery(q, m)
	if q.err != nil {
		return q.err
	}
	page := a.accountRows
	if q.is("deletions") {
		page = a.removalRows
	}
	rows, more, err := page(r.Context(), m.stream, asked, before, limit)
	if err != nil {
		return err
	}
	body := struct {
		Thread eventlog.Stream    `json:"thread"`
		Rev    eventlog.Revision  `json:"rev"`
		Rows   []logRow           `json:"rows"`
		Next   *eventlog.Revision `json:"next"` // ask for the older rows with before=next; null: there are none
	}{m.stream, m.rev, rows, nil}
	if more {
		body.Next = &rows[len(rows)-1].Revision
	}
	m.answer(w, body)
	return nil
}

// accountRows returns the newest rows before a revision, and whether there are more.
func (a *API) accountRows(ctx context.Context, stream eventlog.Stream, asked projection.AccountQuery, before eventlog.Revision, limit int) (rows []logRow, more bool, err error) {
	page, more, err := projection.ReplayAccountPage(ctx, a.Log, stream, asked, before, limit)
	rows = make([]logRow, len(page))
	for i, account := range page {
		rows[i] = logRow{jsonrow.NewLog(stream, account, a.People.Name), nil}
	}
	return rows, more, err
}

// removalRows returns the newest rows of deletions before a revision, and whether there
// are more. Where several end at one revision the page has all of them.
func (a *API) removalRows(ctx context.Context, stream eventlog.Stream, asked projection.AccountQuery, before eventlog.Revision, limit int) (rows []logRow, more bool, err error) {
	t, removals, err := projection.ReplayRemovals(ctx, a.Log, stream, projection.RemovalQuery{At: asked.At, Each: asked.Every})
	if err != nil {
		return nil, false, err
	}
	rows = []logRow{}
	for _, m := range removals {
		id := t.Authors()[m.Author]
		if !asked.Keep(&event.Event{Author: id, Time: m.Start}) && !asked.Keep(&event.Event{Author: id, Time: m.End}) {
			continue
		}
		row, parts := jsonrow.NewRemoval(t, m, a.People.Name)
		switch n := len(rows); {
		case before != 0 && row.Revision >= before:
		case n >= limit && row.Revision != rows[n-1].Revision:
			return rows, true, nil
		default:
			rows = append(rows, logRow{row, parts})
		}
	}
	return rows, false, nil
}

// accountQuery reads ?every=, ?author=, ?since= and ?until=.
func (a *API) accountQuery(q *query, m moment) projection.AccountQuery {
	every := q.Get("every")
	if every != "" && every != "burst" && every != "edit" {
		q.fail("every=%.40q is neither edit nor burst", every)
	}
	now := projection.Now(eventlog.Head{Time: m.newest}, a.Now())
	since, until, author := q.time("since", 0, now), q.time("until", wire.MaxNumber, now), q.Get("author")
	return projection.AccountQuery{At: m.rev, Every: every == "edit", Keep: func(e *event.Event) bool {
		return e.Time >= since && e.Time <= until && (author == "" || a.isCalled(e.Author, author))
	}}
}

// isCalled reports whether an author has this name or this id.
func (a *API) isCalled(id eventlog.AuthorID, name string) bool {
	return a.People.Name(id) == name || strings.EqualFold(event.AuthorString(id), name)
}

// resolveAuthor puts the author's own spelling of a name in the place of ?author=, which
// may be in another Unicode form or case. It refuses a name that no author of the thread
// has.
func (a *API) resolveAuthor(ctx context.Context, q *query, m moment) error {
	asked := q.Get("author")
	if asked == "" {
		return nil
	}
	t, err := projection.Replay(ctx, a.Log, m.stream, m.rev)
	if err != nil {
		return err
	}
	var called []string
	for _, id := range t.Authors() {
		called = append(called, a.People.Name(id))
	}
	name := names.Exact(asked, called)
	if !slices.ContainsFunc(t.Authors(), func(id eventlog.AuthorID) bool { return a.isCalled(id, name) }) {
		return wire.Errorf(wire.NotFound, "%.200q is not an author of thread %s", asked, m.stream)
	}
	q.Set("author", name)
	return nil
}
