package server

import (
	"encoding/json"
	"io"
	"net/http"
	"time"

	"parodywave/eventlog/event"
	"parodywave/projection"
	"parodywave/server/internal/wire"
	"parodywave/server/jsonrow"
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
	if err := c.CopyTo(s.patient(w)); err != nil {
		s.logger.Error("cannot copy the log", "error", err)
		panic(http.ErrAbortHandler) // the command must not take half a file for a whole one
	}
}

// patientFor is how many writeTimeouts who is sent much over HTTP may take nothing:
// it may have a slow disk.
const patientFor = 12

// A patient writer gives up on who takes nothing for so long. A copy is made in
// one transaction: one that never ended, as of a command that was stopped, would
// let the file grow, and hold up all appends and reads when it has grown so far
// that it must be mapped anew. And of a thread in a sealed block all records of
// that block are in memory while some of them are sent.
type patient struct {
	w    http.ResponseWriter
	c    *http.ResponseController
	wait time.Duration
}

func (s *Server) patient(w http.ResponseWriter) patient {
	return patient{w, http.NewResponseController(w), patientFor * s.peers.writeTimeout}
}

func (p patient) Write(b []byte) (int, error) {
	_ = p.c.SetWriteDeadline(time.Now().Add(p.wait)) // where that cannot be set nobody keeps it waiting
	return p.w.Write(b)
}

// command says who writes by command.
func command(r *http.Request) Identity {
	return Identity{r.URL.Query().Get("as"), event.Cli}
}

func (s *Server) controlPut(w http.ResponseWriter, r *http.Request) { s.put(w, r, command(r)) }

// controlRevise takes the edits back that the body asks for, a
// projection.ReversalQuery, or with ?dry_run=true tells what that would be.
func (s *Server) controlRevise(w http.ResponseWriter, r *http.Request) {
	dry := r.URL.Query().Get("dry_run") == "true"
	body, err := s.body(w, r, s.limits.Frame)
	var q projection.ReversalQuery
	if err == nil {
		if bad := json.Unmarshal([]byte(body), &q); bad != nil {
			err = refusal(wire.BadMessage, "", "the body says not what is to be taken back: %v", bad)
		}
	}
	var done reversed
	switch {
	case err != nil:
	case dry:
		_, done, err = s.lookBack(r.Context(), threadOf(r), &q)
	default:
		done, err = s.reverse(r.Context(), threadOf(r), q, 0, command(r))
	}
	if err != nil {
		writeError(w, err)
		return
	}
	answer := jsonrow.NewReversal(done.Reversion, done.Thread)
	if answer.Rev, answer.Head = done.Rev, done.Head; !dry {
		answer.Change, answer.Text = "", ""
	}
	writeJSON(w, http.StatusOK, answer)
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
