package api

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
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
	limit, before, asked := q.limit(100, 1000), q.revision("before"), a.accountQuery(q, m)
	if q.err != nil {
		return q.err
	}
	all, err := a.logRows(r.Context(), m.stream, q, asked)
	if err != nil {
		return err
	}
	body := struct {
		Thread eventlog.Stream    `json:"thread"`
		Rev    eventlog.Revision  `json:"rev"`
		Rows   []logRow           `json:"rows"`
		Next   *eventlog.Revision `json:"next"` // ask for the older rows with before=next; null: there are none
	}{m.stream, m.rev, []logRow{}, nil}
	for i := range all {
		n := len(body.Rows)
		if before != 0 && all[i].Revision >= before {
			continue
		}
		if n >= limit && all[i].Revision != body.Rows[n-1].Revision {
			body.Next = &body.Rows[n-1].Revision
			break
		}
		body.Rows = append(body.Rows, all[i])
	}
	m.answer(w, body)
	return nil
}

// logRows returns the rows that are asked for, with ?deletions= those of deletions,
// newest first.
func (a *API) logRows(ctx context.Context, stream eventlog.Stream, q *query, asked projection.AccountQuery) (all []logRow, err error) {
	author := q.Get("author")
	if q.is("deletions") {
		t, removals, err := projection.ReplayRemovals(ctx, a.Log, stream, projection.RemovalQuery{At: asked.At, Each: asked.Every})
		if err == nil {
			err = a.checkAuthor(t, author)
		}
		if err != nil {
			return nil, err
		}
		for _, m := range removals {
			if id := t.Authors()[m.Author]; asked.Keep(&event.Event{Author: id, Time: m.Start}) || asked.Keep(&event.Event{Author: id, Time: m.End}) {
				row, parts := jsonrow.NewRemoval(t, m, a.People.Name)
				all = append(all, logRow{row, parts})
			}
		}
		return all, nil
	}
	accounts, err := projection.ReplayAccounts(ctx, a.Log, stream, asked)
	if err == nil {
		err = a.checkAuthor(accounts.Thread, author)
	}
	if err != nil {
		return nil, err
	}
	for _, account := range accounts.List {
		all = append(all, logRow{jsonrow.NewLog(stream, account, a.People.Name), nil})
	}
	return all, nil
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

// checkAuthor refuses a name that no author of the thread has.
func (a *API) checkAuthor(t *projection.Thread, name string) error {
	if name == "" || slices.ContainsFunc(t.Authors(), func(id eventlog.AuthorID) bool { return a.isCalled(id, name) }) {
		return nil
	}
	return wire.Errorf(wire.NotFound, "%.200q is not an author of thread %s", name, t.Stream)
}
