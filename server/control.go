package server

import (
	"io"
	"net/http"

	"parodywave/eventlog/event"
	"parodywave/server/internal/wire"
)

// controlVersion tells a command whether it is of the server's release.
func (s *Server) controlVersion(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, map[string]any{"version": s.cfg.Version})
}

// A copier is a log that can be copied while it is in use.
type copier interface{ CopyTo(w io.Writer) error }

func (s *Server) controlCopy(w http.ResponseWriter, _ *http.Request) {
	c, ok := s.cfg.Log.(copier)
	if !ok {
		writeError(w, refusal(wire.NotFound, "", "this log cannot be copied as a file"))
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	if err := c.CopyTo(w); err != nil {
		s.logger.Error("cannot copy the log", "error", err)
		panic(http.ErrAbortHandler) // the command must not take half a file for a whole one
	}
}

// command says who writes by command.
func command(r *http.Request) Identity {
	return Identity{r.URL.Query().Get("as"), event.Cli}
}

func (s *Server) controlPut(w http.ResponseWriter, r *http.Request) { s.put(w, r, command(r)) }

func (s *Server) controlOpen(w http.ResponseWriter, r *http.Request) {
	text, err := s.body(w, r, s.limits.Text)
	if err != nil {
		writeError(w, err)
		return
	}
	stream, err := s.NewThread(r.Context(), r.URL.Query().Get("title"), text, command(r))
	if err != nil {
		writeError(w, err)
		return
	}
	writeJSON(w, http.StatusCreated, map[string]any{"id": stream})
}
