package api

import (
	"net/http"

	"parodywave/eventlog"
	"parodywave/eventlog/ndjson"
	"parodywave/server/internal/wire"
)

// eventsMax is the default limit of one answer, in records.
const eventsMax = 10_000

// getEvents answers the records after a revision as NDJSON: the records of an
// export (package ndjson) without its end line. With follow=true it also sends
// new records as they are appended, until the client leaves.
func (a *API) getEvents(w http.ResponseWriter, r *http.Request) error {
	q := queryOf(r)
	after, follow, missing := q.revision("after"), q.is("follow"), uint64(eventsMax)
	if follow {
		missing = wire.MaxNumber
	}
	limit := q.number("limit", missing, wire.MaxNumber)
	if q.err != nil {
		return q.err
	}
	if _, err := a.thread(r); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/x-ndjson")
	// The writer is patient: a sealed block's records are in memory while some are sent.
	e := eventWriter{API: a, w: ndjson.NewWriter(a.patient(w), a.exportName), flush: http.NewResponseController(w), left: limit, after: after}
	for {
		changed := a.Threads.Changed(threadOf(r)) // before reading, so that no record is missed
		if err := e.write(r); err != nil {
			a.Logger.Warn("an answer of events was cut short", "thread", threadOf(r), "error", err)
			panic(http.ErrAbortHandler) // or the client would take it for whole
		}
		if !follow || e.left == 0 {
			return nil
		}
		select {
		case <-changed:
		case <-r.Context().Done():
			return nil
		case <-a.Stopping:
			return nil
		}
	}
}

type eventWriter struct {
	*API
	w     *ndjson.Writer
	flush *http.ResponseController
	left  uint64 // records that may still be sent
	after eventlog.Revision
}

func (a *API) exportName(id eventlog.AuthorID) (ndjson.Author, bool) {
	p := a.People.Author(id)
	return ndjson.Author{ID: p.ID, Name: p.Name, Kind: p.Kind}, p.Kind != ""
}

// write sends the records after e.after.
func (e *eventWriter) write(r *http.Request) error {
	for rec, err := range e.Log.Prove(r.Context(), threadOf(r), e.after) {
		if err != nil {
			return err
		}
		if e.left == 0 {
			break
		}
		if err := e.w.Write(rec); err != nil {
			return err
		}
		e.after, e.left = rec.Revision, e.left-1
	}
	return e.flush.Flush()
}
