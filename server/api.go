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

type threadJSON struct {
	ID          string            `json:"id"`
	Title       string            `json:"title"`
	OpenedBy    string            `json:"opened_by"`
	OpenedAt    int64             `json:"opened_at"`
	UpdatedAt   int64             `json:"updated_at"`
	UpdatedBy   string            `json:"updated_by"`
	Lines       int               `json:"lines"`
	Connections int               `json:"connections"`
	Revisions   eventlog.Revision `json:"revisions"`
	Authors     int               `json:"authors"`
	Rev         eventlog.Revision `json:"rev"`
	Here        []string          `json:"here"`
	Typing      []string          `json:"typing"`
	Last        string            `json:"last"`
}

func (s *Server) threadJSON(t listed) threadJSON {
	r := s.row(t)
	return threadJSON{
		ID: string(r.ID), Title: r.Title, OpenedBy: r.OpenedBy, OpenedAt: r.OpenedAt,
		UpdatedAt: r.UpdatedAt, UpdatedBy: r.UpdatedBy, Lines: r.Lines, Connections: r.Connections,
		Revisions: t.Revision, Authors: t.Authors,
		Rev: r.Rev, Here: r.Here, Typing: r.Typing, Last: r.Last,
	}
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
		Threads []threadJSON `json:"threads"`
		Total   int          `json:"total"`
		Next    *int         `json:"next"` // offset of the next page, null on the last
	}{Threads: make([]threadJSON, len(threads)), Total: total}
	for i, t := range threads {
		page.Threads[i] = s.threadJSON(t)
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
	writeJSON(w, http.StatusOK, s.threadJSON(t))
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

// A blameRow has the fields that the command line's rows have.
type blameRow struct {
	Line      int               `json:"line"` // from 1, as the command line counts
	Revision  eventlog.Revision `json:"revision"`
	Author    string            `json:"author"`
	AuthorID  string            `json:"author_id"`
	Time      string            `json:"time"`
	Text      string            `json:"text"`
	Submitted bool              `json:"submitted"`
}

func (s *Server) getBlame(w http.ResponseWriter, r *http.Request) {
	s.view(w, r, func(t *projection.Thread, c chain.Digest) func() {
		body := struct {
			Thread string            `json:"thread"`
			Title  string            `json:"title"`
			Rev    eventlog.Revision `json:"rev"`
			Lines  []blameRow        `json:"lines"`
		}{Thread: string(t.Stream), Title: t.Title, Rev: t.Revision, Lines: []blameRow{}}
		for row := range t.Rows() {
			if row.Length == 0 && row.Line == t.LineCount()-1 {
				break // a last empty piece is no row
			}
			body.Lines = append(body.Lines, blameRow{
				Line: row.Line + 1, Revision: row.Revision,
				Author: s.people.name(row.Author), AuthorID: event.AuthorString(row.Author),
				Time: formatTime(row.Time), Text: t.Content(row), Submitted: row.Submitted,
			})
		}
		return func() { writeJSON(w, http.StatusOK, body) }
	})
}

func formatTime(ms int64) string {
	return time.UnixMilli(ms).UTC().Format("2006-01-02T15:04:05.000Z")
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
