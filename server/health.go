package server

import (
	"context"
	"errors"
	"io"
	"net/http"
	"sync/atomic"
	"time"

	"parodywave/eventlog"
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
	if at := s.log.refused.Load(); at != 0 && now()-at < refusalLasts.Milliseconds() {
		return eventlog.ErrUnavailable
	}
	head, err := s.log.Head(ctx, eventlog.Authors)
	if err == nil {
		_, err = s.log.Append(ctx, eventlog.Authors, head.Revision)
	}
	return err
}

// A watchedLog remembers when it last refused an append.
type watchedLog struct {
	eventlog.AuditLog
	refused atomic.Int64 // Unix milliseconds; 0: the last append went well
}

func (l *watchedLog) Append(ctx context.Context, stream eventlog.Stream, expected eventlog.Revision, records ...eventlog.Record) (eventlog.Head, error) {
	head, err := l.AuditLog.Append(ctx, stream, expected, records...)
	switch {
	case len(records) == 0:
	case err == nil:
		l.refused.Store(0)
	case errors.Is(err, eventlog.ErrUnavailable), errors.Is(err, eventlog.ErrUnknown):
		l.refused.Store(now())
	}
	return head, err
}
