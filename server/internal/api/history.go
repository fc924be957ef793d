package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
	"parodywave/eventlog/event"
	"parodywave/projection"
	"parodywave/server/internal/authority"
	"parodywave/server/internal/wire"
)

// An array holds values of several types: a row without field names.
type array = []any

// An authorJSON is an author, to whom arrays refer by the index in "authors".
type authorJSON struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Kind string `json:"kind"`
}

func (a *API) authorsJSON(ids []eventlog.AuthorID) []authorJSON {
	out := make([]authorJSON, len(ids))
	for i, id := range ids {
		author := a.People.Author(id)
		out[i] = authorJSON{event.AuthorString(id), author.Name, string(author.Kind)}
	}
	return out
}

// threadOf returns the thread that the path names; "-", which no thread is, for
// any other stream.
func threadOf(r *http.Request) eventlog.Stream {
	stream := eventlog.Stream(strings.ToUpper(r.PathValue("thread")))
	if !event.IsThread(stream) {
		return "-"
	}
	return stream
}

// A moment is the revision of a thread that a request asks for.
type moment struct {
	stream eventlog.Stream
	rev    eventlog.Revision
	head   eventlog.Revision
	newest int64 // the time of the newest record, in Unix milliseconds
	live   bool  // the request asks for the head, whatever its number
	fixed  bool  // the request has a number below the head: the answer never changes
}

// moment reads the thread and ?at= of a request.
func (a *API) moment(r *http.Request) (moment, error) {
	t, err := a.thread(r)
	m := moment{stream: t.Stream, rev: t.Revision, head: t.Revision, newest: t.UpdatedAt}
	if err != nil {
		return m, err
	}
	at := r.URL.Query().Get("at")
	if at == "" {
		m.live = true
		return m, nil
	}
	return m, a.locate(r, &m, "at", at)
}

// locate sets the revision of m to the one that a parameter names: by its
// number, a time or the name of a version.
func (a *API) locate(r *http.Request, m *moment, param, at string) error {
	rev, err := projection.Resolve(r.Context(), a.Log, m.stream, at, a.Now())
	var u *projection.Unresolved
	switch {
	case errors.Is(err, projection.ErrMoment) && errors.As(err, &u):
		return wire.Errorf(wire.BadValue, "%s: %s: %s", param, u.Reason, u.Hint)
	case errors.As(err, &u):
		return wire.Errorf(wire.NotFound, "%s: %s", u.Reason, u.Hint)
	case err != nil:
		return err
	}
	m.rev, m.head = rev, max(m.head, rev) // the list may be behind the log
	_, err = strconv.ParseUint(at, 10, 53)
	m.fixed = err == nil && m.rev < m.head
	return nil
}

// since reads ?since=, which must not be above the moment; ok is false where the
// request has none.
func (m moment) since(r *http.Request) (since eventlog.Revision, ok bool, err error) {
	q := queryOf(r)
	if since = q.revision("since"); since > m.rev {
		q.fail("since=%d is after revision %d", since, m.rev)
	}
	return since, q.Get("since") != "", q.err
}

// look calls f once with the thread as it is at m, and sets the revision and
// the head of m to those that f saw. f must not keep the thread. For the head,
// also by its number, which editors ask for, f sees the thread in memory.
func (a *API) look(r *http.Request, m *moment, f func(*projection.Thread)) error {
	if m.live || m.rev == m.head {
		if seen, err := a.lookLive(r.Context(), m, f); seen || err != nil {
			return err
		}
	}
	return a.beside(r.Context(), func(ctx context.Context) error {
		t, err := projection.Replay(ctx, a.Log, m.stream, m.rev)
		if err == nil {
			f(t)
		}
		return err
	})
}

// lookLive reports whether the thread in memory is at the moment m.
func (a *API) lookLive(ctx context.Context, m *moment, f func(*projection.Thread)) (bool, error) {
	seen := false
	err := a.Threads.With(ctx, m.stream, func(au *authority.Authority) error {
		return au.View(ctx, func(t *projection.Thread, _ chain.Digest) {
			if seen = m.live || m.rev == t.Revision; seen {
				m.rev, m.head = t.Revision, t.Revision
				f(t)
			}
		})
	})
	if err != nil { // and View may still run
		return false, err
	}
	return seen, nil
}

// answer sends v.
func (m moment) answer(w http.ResponseWriter, v any) {
	m.headers(w)
	writeJSON(w, http.StatusOK, v)
}

// headers says how long the browser that asked may keep the answer.
func (m moment) headers(w http.ResponseWriter) {
	w.Header().Set("ETag", fmt.Sprintf("\"%d\"", m.rev))
	keep := "no-cache"
	if m.fixed {
		keep = "private, max-age=3600"
	}
	w.Header().Set("Cache-Control", keep)
}
