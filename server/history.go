package server

import (
	"context"
	"fmt"
	"net/http"
	"strconv"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
	"parodywave/eventlog/event"
	"parodywave/projection"
	"parodywave/server/internal/wire"
)

// historyAPI is what the pages ask of a thread's past. Everything is folded from
// the log when it is asked for: a quarter of a million edits take a tenth of a
// second, so nothing is kept that would have to be right.
func (s *Server) historyAPI(mux router) {
	const thread = "/api/threads/{thread}"
	mux.HandleFunc("GET "+thread+"/moment", s.getMoment)
	mux.HandleFunc("GET "+thread+"/timeline", s.getTimeline)
	mux.HandleFunc("GET "+thread+"/lines", s.getLines)
	mux.HandleFunc("GET "+thread+"/lines/{line}/history", s.getLineHistory)
	mux.HandleFunc("GET "+thread+"/deletions", s.getDeletions)
	mux.HandleFunc("POST "+thread+"/restore", s.postRestore)
	mux.HandleFunc("GET "+thread+"/log", s.getLog)
	mux.HandleFunc("GET "+thread+"/grep", s.getGrep)
	mux.HandleFunc("GET /api/grep", s.getGrepAll)
	mux.HandleFunc("GET "+thread+"/diff", s.getDiff)
	mux.HandleFunc("GET "+thread+"/versions", s.getVersions)
	mux.HandleFunc("POST "+thread+"/versions", s.postVersion)
}

// A row is an array of values of several types.
type row = []any

// An authorJSON is somebody whom rows name by the index in "authors".
type authorJSON struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Kind string `json:"kind"`
}

func (s *Server) authorsJSON(ids []eventlog.AuthorID) []authorJSON {
	out := make([]authorJSON, len(ids))
	for i, id := range ids {
		a := s.people.author(id)
		out[i] = authorJSON{event.AuthorString(id), a.Name, string(a.Kind)}
	}
	return out
}

// A moment is a revision of a thread that a request asks for.
type moment struct {
	stream eventlog.Stream
	rev    eventlog.Revision
	head   eventlog.Revision
	// live: the head was asked for, whatever its number. fixed: a number below
	// the head was, and what is there stays as it is.
	live, fixed bool
}

// moment reads the thread and ?at= of a request.
func (s *Server) moment(r *http.Request) (moment, error) {
	m := moment{stream: threadOf(r)}
	t, ok := s.hub.get(m.stream)
	if !ok {
		return m, fmt.Errorf("thread %s: %w", m.stream, eventlog.ErrNotFound)
	}
	m.rev, m.head = t.Revision, t.Revision
	at := r.URL.Query().Get("at")
	if at == "" {
		m.live = true
		return m, nil
	}
	return m, s.locate(r, &m, "at", at)
}

func (s *Server) locate(r *http.Request, m *moment, param, at string) (err error) {
	if m.rev, err = s.revision(r, param, at); err != nil {
		return err
	}
	m.head = max(m.head, m.rev)
	_, err = strconv.ParseUint(at, 10, 53)
	m.fixed = err == nil && m.rev < m.head
	return nil
}

// since reads ?since=, which must not be above the moment. It is not there
// where ok is false.
func (m moment) since(r *http.Request) (since eventlog.Revision, ok bool, err error) {
	n, err := number(r, "since", 0, wire.MaxNumber)
	if err != nil {
		return 0, false, err
	}
	since = eventlog.Revision(n)
	if since > m.rev {
		return 0, false, refusal(wire.BadValue, "", "since=%d is after revision %d", since, m.rev)
	}
	return since, r.URL.Query().Get("since") != "", nil
}

// look calls f once with the thread as it is at m, and puts the revision and the
// head that it then is into m. f must keep nothing of it. The thread in memory
// is looked at where that will do: editors ask for the head, by its number.
func (s *Server) look(r *http.Request, m *moment, f func(*projection.Thread)) error {
	if m.live || m.rev == m.head {
		if seen, err := s.lookLive(r.Context(), m, f); seen || err != nil {
			return err
		}
	}
	t, err := projection.Replay(r.Context(), s.log, m.stream, m.rev)
	if err == nil {
		f(t)
	}
	return err
}

// lookLive reports whether the head was what m asks for.
func (s *Server) lookLive(ctx context.Context, m *moment, f func(*projection.Thread)) (bool, error) {
	room, err := s.hub.acquire(ctx, m.stream)
	if err != nil {
		return false, err
	}
	defer s.hub.release(room)
	seen := false
	err = room.authority.View(ctx, func(t *projection.Thread, _ chain.Digest) {
		if seen = m.live || m.rev == t.Revision; seen {
			m.rev, m.head = t.Revision, t.Revision
			f(t)
		}
	})
	if err != nil { // and View may not be over
		return false, err
	}
	return seen, nil
}

// answer sends v.
func (m moment) answer(w http.ResponseWriter, v any) {
	m.headers(w)
	writeJSON(w, http.StatusOK, v)
}

// headers says how long the answer may be kept. What a number below the head
// names may be, by the browser that asked.
func (m moment) headers(w http.ResponseWriter) {
	w.Header().Set("ETag", fmt.Sprintf("\"%d\"", m.rev))
	keep := "no-cache"
	if m.fixed {
		keep = "private, max-age=3600"
	}
	w.Header().Set("Cache-Control", keep)
}
