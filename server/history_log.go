package server

import (
	"net/http"
	"slices"
	"strings"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/projection"
	"parodywave/server/internal/wire"
	"parodywave/server/jsonrow"
)

// An accountRow is a row of log and, with deletions=true, what was removed.
type accountRow struct {
	jsonrow.Log
	Removed []jsonrow.Removed `json:"removed,omitempty"`
}

// getLog answers what happened, newest first: limit (100, at most 1000) rows
// that stand before a revision; more where several end at one.
func (s *Server) getLog(w http.ResponseWriter, r *http.Request) {
	m, err := s.moment(r)
	var limit, before uint64
	if err == nil {
		limit, before, err = page(r, 100, 1000)
	}
	var q projection.AccountQuery
	if err == nil {
		q, err = s.accountQuery(r, m)
	}
	var all []accountRow
	if err == nil {
		all, err = s.accountRows(r, m.stream, q)
	}
	if err != nil {
		writeError(w, err)
		return
	}
	body := struct {
		Thread eventlog.Stream    `json:"thread"`
		Rev    eventlog.Revision  `json:"rev"`
		Rows   []accountRow       `json:"rows"`
		Next   *eventlog.Revision `json:"next"` // before which the older rows stand; null: there are none
	}{m.stream, m.rev, []accountRow{}, nil}
	for i := range all {
		n := len(body.Rows)
		if before != 0 && all[i].Revision >= eventlog.Revision(before) {
			continue
		}
		if n >= int(limit) && all[i].Revision != body.Rows[n-1].Revision {
			body.Next = &body.Rows[n-1].Revision
			break
		}
		body.Rows = append(body.Rows, all[i])
	}
	m.answer(w, body)
}

// accountRows returns what a query and ?deletions= ask for, newest first.
func (s *Server) accountRows(r *http.Request, stream eventlog.Stream, q projection.AccountQuery) (all []accountRow, err error) {
	ctx, author := r.Context(), r.URL.Query().Get("author")
	if r.URL.Query().Get("deletions") == "true" {
		t, removals, err := projection.ReplayRemovals(ctx, s.log, stream, projection.RemovalQuery{At: q.At, Each: q.Every})
		if err == nil {
			err = s.checkAuthor(t, author)
		}
		if err != nil {
			return nil, err
		}
		for _, m := range removals {
			if id := t.Authors()[m.Author]; q.Keep(&event.Event{Author: id, Time: m.Start}) || q.Keep(&event.Event{Author: id, Time: m.End}) {
				row, parts := jsonrow.NewRemoval(t, m, s.people.name)
				all = append(all, accountRow{row, parts})
			}
		}
		return all, nil
	}
	accounts, err := projection.ReplayAccounts(ctx, s.log, stream, q)
	if err == nil {
		err = s.checkAuthor(accounts.Thread, author)
	}
	if err != nil {
		return nil, err
	}
	for _, a := range accounts.List {
		all = append(all, accountRow{jsonrow.NewLog(stream, a, s.people.name), nil})
	}
	return all, nil
}

// page reads ?limit= and ?before=.
func page(r *http.Request, missing, most uint64) (limit, before uint64, err error) {
	if limit, err = number(r, "limit", missing, most); err == nil {
		before, err = number(r, "before", 0, wire.MaxNumber)
	}
	if err == nil && limit == 0 {
		err = refusal(wire.BadValue, "", "limit=0 asks for nothing")
	}
	return limit, before, err
}

// accountQuery reads ?every=, ?author=, ?since= and ?until=.
func (s *Server) accountQuery(r *http.Request, m moment) (q projection.AccountQuery, err error) {
	q.At = m.rev
	switch every := r.URL.Query().Get("every"); every {
	case "", "burst":
	case "edit":
		q.Every = true
	default:
		return q, refusal(wire.BadValue, "", "every=%.40q is neither edit nor burst", every)
	}
	since, err := timeOf(r, "since", 0)
	if err != nil {
		return q, err
	}
	until, err := timeOf(r, "until", wire.MaxNumber)
	if err != nil {
		return q, err
	}
	q.Keep = func(e *event.Event) bool { return e.Time >= since && e.Time <= until }
	if author := r.URL.Query().Get("author"); author != "" {
		q.Keep = func(e *event.Event) bool {
			return e.Time >= since && e.Time <= until && s.goesBy(e.Author, author)
		}
	}
	return q, nil
}

// goesBy reports whether somebody has a name or an id.
func (s *Server) goesBy(id eventlog.AuthorID, name string) bool {
	return s.people.name(id) == name || strings.EqualFold(event.AuthorString(id), name)
}

// checkAuthor refuses the name of somebody who did nothing in the thread.
func (s *Server) checkAuthor(t *projection.Thread, name string) error {
	if name == "" || slices.ContainsFunc(t.Authors(), func(id eventlog.AuthorID) bool { return s.goesBy(id, name) }) {
		return nil
	}
	return refusal(wire.NotFound, "", "%.200q is no author of thread %s", name, t.Stream)
}
