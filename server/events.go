package server

import (
	"fmt"
	"io"
	"net/http"

	"parodywave/eventlog"
	"parodywave/eventlog/ndjson"
	"parodywave/server/internal/wire"
)

// eventsMax is how many records one answer holds where limit says nothing.
const eventsMax = 10_000

// getEvents answers the records after a revision as NDJSON, those of an export
// (package ndjson) without its end line. With follow=true it goes on as
// records come, until the client leaves.
func (s *Server) getEvents(w http.ResponseWriter, r *http.Request) {
	after, err := number(r, "after", 0, wire.MaxNumber)
	if err != nil {
		writeError(w, err)
		return
	}
	follow := r.URL.Query().Get("follow") == "true"
	missing := uint64(eventsMax)
	if follow {
		missing = wire.MaxNumber
	}
	limit, err := number(r, "limit", missing, wire.MaxNumber)
	if err != nil {
		writeError(w, err)
		return
	}
	if _, ok := s.hub.get(threadOf(r)); !ok {
		writeError(w, fmt.Errorf("thread %s: %w", threadOf(r), eventlog.ErrNotFound))
		return
	}
	w.Header().Set("Content-Type", "application/x-ndjson")
	e := eventWriter{s: s, w: s.patient(w), flush: http.NewResponseController(w), left: limit, after: eventlog.Revision(after), told: map[eventlog.AuthorID]bool{}}
	for {
		changed := s.hub.watch() // before reading, so that nothing falls between
		if err := e.write(r); err != nil {
			s.logger.Warn("events cut short", "thread", threadOf(r), "error", err)
			panic(http.ErrAbortHandler) // not an end that looks like one
		}
		if !follow || e.left == 0 {
			return
		}
		select {
		case <-changed:
		case <-r.Context().Done():
			return
		case <-s.stopped:
			return
		}
	}
}

type eventWriter struct {
	s     *Server
	w     io.Writer // records of a whole block wait behind it
	flush *http.ResponseController
	left  uint64
	after eventlog.Revision
	told  map[eventlog.AuthorID]bool
	buf   []byte
}

// write sends what there is after e.after.
func (e *eventWriter) write(r *http.Request) error {
	for rec, err := range e.s.log.Prove(r.Context(), threadOf(r), e.after) {
		if err != nil {
			return err
		}
		if e.left == 0 {
			break
		}
		e.buf = e.buf[:0]
		if !e.told[rec.Author] {
			e.told[rec.Author] = true
			if a := e.s.people.author(rec.Author); a.Kind != "" {
				e.buf = ndjson.AppendAuthor(e.buf, ndjson.Author{ID: a.ID, Name: a.Name, Kind: a.Kind})
			}
		}
		if e.buf, err = ndjson.AppendRecord(e.buf, &rec); err != nil {
			return err
		}
		if _, err := e.w.Write(e.buf); err != nil {
			return err
		}
		e.after, e.left = rec.Revision, e.left-1
	}
	return e.flush.Flush()
}
