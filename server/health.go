package server

import (
	"context"
	"errors"
	"io"
	"net/http"
	"sync/atomic"
	"time"

	"parodywave/eventlog"
	"parodywave/projection/snapshot"
)

// healthz says that the process answers.
func (s *Server) healthz(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = io.WriteString(w, "ok\n")
}

// readyz says that the projections are rebuilt and the log can be asked and
// takes appends.
func (s *Server) readyz(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	select {
	case <-s.ready:
	default:
		http.Error(w, "not ready: projections are being rebuilt", http.StatusServiceUnavailable)
		return
	}
	if err := s.writable(ctx); err != nil {
		http.Error(w, "not ready: "+err.Error(), http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = io.WriteString(w, "ready\n")
}

// refusalLasts is how long a refused append speaks against the log when none
// has been tried since.
const refusalLasts = 10 * time.Second

// writable asks the log for an append of nothing, which goes all the way to
// its writer, and recalls whether the last real one was refused.
func (s *Server) writable(ctx context.Context) error {
	if at := s.appends.refused.Load(); at != 0 && now()-at < refusalLasts.Milliseconds() {
		return eventlog.ErrUnavailable
	}
	head, err := s.log.Head(ctx, eventlog.Authors)
	if err == nil {
		_, err = s.log.Append(ctx, eventlog.Authors, head.Revision)
	}
	return err
}

// appends follows the appends of every writer: whether the log accepts them, for
// readyz, and how much it holds by now, for the cache. Each writer reports its own
// appends; those of nothing are not reported.
type appends struct {
	cache   *snapshot.Cache
	refused atomic.Int64 // Unix milliseconds of the last refusal; 0: the last append succeeded
}

// report is for an append of records after a revision of stream, which returned err.
func (a *appends) report(stream eventlog.Stream, after eventlog.Revision, records []eventlog.Record, err error) {
	if err != nil {
		a.failed(err)
		return
	}
	a.appended(stream, after, records)
}

func (a *appends) appended(stream eventlog.Stream, after eventlog.Revision, records []eventlog.Record) {
	a.refused.Store(0)
	a.cache.Appended(stream, after, records)
}

func (a *appends) failed(err error) {
	if errors.Is(err, eventlog.ErrUnavailable) || errors.Is(err, eventlog.ErrUnknown) {
		a.refused.Store(now())
	}
}
