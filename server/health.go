package server

import (
	"context"
	"io"
	"net/http"
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

// writable asks the log for an append of nothing, which goes all the way to
// its writer.
func (s *Server) writable(ctx context.Context) error {
	head, err := s.log.Head(ctx, eventlog.Authors)
	if err == nil {
		_, err = s.log.Append(ctx, eventlog.Authors, head.Revision)
	}
	return err
}
