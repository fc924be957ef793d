package server

import (
	"io"
	"net/http"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
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

// controlRevise appends one change, of which ?rev= says what it was made for.
func (s *Server) controlRevise(w http.ResponseWriter, r *http.Request) {
	at, err := number(r, "rev", 0, wire.MaxNumber)
	var body string
	if err == nil {
		body, err = s.body(w, r, importBytes)
	}
	var c ot.Change
	if err == nil {
		if c, err = ot.Parse([]byte(body)); err != nil {
			err = refusal(wire.BadChange, "", "%v", err)
		}
	}
	var rev eventlog.Revision
	if err == nil {
		rev, err = s.Revise(r.Context(), threadOf(r), c, eventlog.Revision(at), 0, command(r))
	}
	if err != nil {
		writeError(w, err)
		return
	}
	writeJSON(w, http.StatusOK, map[string]any{"rev": rev})
}

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
