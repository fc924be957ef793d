package server

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
	"parodywave/eventlog/event"
	"parodywave/projection"
	"parodywave/server/internal/wire"
	"parodywave/server/jsonrow"
)

// api is what robots ask over HTTP, with the names and codes of the wire.
func (s *Server) api(mux router) {
	mux = queryRouter{mux}
	mux.HandleFunc("GET /api/threads", s.getThreads)
	mux.HandleFunc("POST /api/threads", s.postThread)
	mux.HandleFunc("GET /api/threads/{thread}", s.getThread)
	mux.HandleFunc("GET /api/threads/{thread}/text", s.getText)
	mux.HandleFunc("PUT /api/threads/{thread}/text", s.putText)
	mux.HandleFunc("GET /api/threads/{thread}/blame", s.getBlame)
	mux.HandleFunc("GET /api/threads/{thread}/events", s.getEvents)
	mux.HandleFunc("GET /api/openapi.json", getDescription)
	s.historyAPI(mux)
}

func (s *Server) threadRow(t listed) jsonrow.Thread {
	r, g := jsonrow.NewThread(&t.Summary, s.people.name), s.glance(t.room)
	r.Connections, r.Rev, r.Here, r.Typing, r.Last = &g.connections, t.Revision, g.here, g.typing, &t.Last
	return r
}

// getThreads answers a page: offset (0) and limit (100, at most 1000).
func (s *Server) getThreads(w http.ResponseWriter, r *http.Request) {
	offset, err := number(r, "offset", 0, 1<<31)
	if err != nil {
		writeError(w, err)
		return
	}
	limit, err := number(r, "limit", 100, 1000)
	if err != nil {
		writeError(w, err)
		return
	}
	threads, total := s.hub.list(int(offset), int(limit))
	page := struct {
		Threads []jsonrow.Thread `json:"threads"`
		Total   int              `json:"total"`
		Next    *int             `json:"next"` // offset of the next page, null on the last
	}{Threads: make([]jsonrow.Thread, len(threads)), Total: total}
	for i, t := range threads {
		page.Threads[i] = s.threadRow(t)
	}
	if next := int(offset) + len(threads); next < total && len(threads) > 0 {
		page.Next = &next
	}
	writeJSON(w, http.StatusOK, page)
}

func (s *Server) getThread(w http.ResponseWriter, r *http.Request) {
	t, ok := s.hub.get(threadOf(r))
	if !ok {
		writeError(w, fmt.Errorf("thread %s: %w", threadOf(r), eventlog.ErrNotFound))
		return
	}
	writeJSON(w, http.StatusOK, s.threadRow(t))
}

func (s *Server) getText(w http.ResponseWriter, r *http.Request) {
	s.view(w, r, func(t *projection.Thread, _ chain.Digest) func() {
		text, rev := t.Text(), t.Revision
		return func() {
			w.Header().Set("Content-Type", "text/plain; charset=utf-8")
			w.Header().Set("ETag", fmt.Sprintf("\"%d\"", rev))
			_, _ = io.WriteString(w, text)
		}
	})
}

func (s *Server) getBlame(w http.ResponseWriter, r *http.Request) {
	s.view(w, r, func(t *projection.Thread, c chain.Digest) func() {
		body := struct {
			Thread string            `json:"thread"`
			Title  string            `json:"title"`
			Rev    eventlog.Revision `json:"rev"`
			Lines  []jsonrow.Blame   `json:"lines"`
		}{Thread: string(t.Stream), Title: t.Title, Rev: t.Revision, Lines: []jsonrow.Blame{}}
		for row := range t.Rows() {
			if row.Length == 0 && row.Line == t.LineCount()-1 {
				break // a last empty piece is no row
			}
			body.Lines = append(body.Lines, jsonrow.NewBlame(t, row, s.people.name))
		}
		return func() { writeJSON(w, http.StatusOK, body) }
	})
}

// view has f look at the thread that a request asks for, at the head or at
// ?at=, and then calls what f returned.
func (s *Server) view(w http.ResponseWriter, r *http.Request, f func(*projection.Thread, chain.Digest) func()) {
	ctx, stream := r.Context(), threadOf(r)
	if _, ok := s.hub.get(stream); !ok {
		writeError(w, fmt.Errorf("thread %s: %w", stream, eventlog.ErrNotFound))
		return
	}
	var answer func()
	if at := r.URL.Query().Get("at"); at != "" {
		rev, err := s.revision(r, "at", at)
		var t *projection.Thread
		if err == nil {
			t, err = projection.Replay(ctx, s.log, stream, rev)
		}
		if err != nil {
			writeError(w, err)
			return
		}
		answer = f(t, chain.Digest{})
	} else {
		room, err := s.hub.acquire(ctx, stream)
		if err == nil {
			err = room.authority.View(ctx, func(t *projection.Thread, c chain.Digest) { answer = f(t, c) })
			s.hub.release(room)
		}
		if err != nil {
			writeError(w, err)
			return
		}
	}
	answer()
}

// revision reads a parameter that says a moment: a revision, a time or the name
// of a version.
func (s *Server) revision(r *http.Request, param, at string) (eventlog.Revision, error) {
	name, bad := wire.CleanVersion(at, s.limits)
	if bad != nil {
		return 0, refusal(wire.BadValue, "", "%s: %.40q is not a revision, a time or the name of a version: %s", param, at, bad.Text)
	}
	rev, err := projection.Resolve(r.Context(), s.log, threadOf(r), name, time.Now())
	var u *projection.Unresolved
	switch {
	case !errors.As(err, &u):
		return rev, err
	case errors.Is(err, projection.ErrMoment):
		return 0, refusal(wire.BadValue, "", "%s: %s: %s", param, u.Reason, u.Hint)
	}
	return 0, refusal(wire.NotFound, "", "%s: %s", u.Reason, u.Hint)
}

// threadOf returns the thread that the path names; streams that are no
// threads have no name here.
func threadOf(r *http.Request) eventlog.Stream {
	stream := eventlog.Stream(strings.ToUpper(r.PathValue("thread")))
	if !event.IsThread(stream) {
		return "-"
	}
	return stream
}
