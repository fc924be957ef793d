package api

import (
	"encoding/json"
	"net/http"
	"time"

	"parodywave/eventlog/event"
	"parodywave/projection/revert"
	"parodywave/server/internal/people"
	"parodywave/server/internal/wire"
	"parodywave/server/jsonrow"
)

// controlVersion lets a command see whether the server is of its own release.
func (a *API) controlVersion(w http.ResponseWriter, _ *http.Request) error {
	writeJSON(w, http.StatusOK, map[string]any{"version": a.Version})
	return nil
}

func (a *API) controlCopy(w http.ResponseWriter, _ *http.Request) error {
	if a.Copy == nil {
		return wire.Errorf(wire.NotFound, "this log cannot be copied as a file")
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	if err := a.Copy(a.patient(w)); err != nil {
		a.Logger.Error("cannot copy the log", "error", err)
		panic(http.ErrAbortHandler) // the command must not mistake half a file for a whole one
	}
	return nil
}

// A patient writer aborts an answer whose reader makes no progress for wait. A
// copy holds a read transaction of bbolt: while it is open the file cannot reuse
// pages, and once the file must be mapped again that waits for it, and all
// appends wait with it.
type patient struct {
	w    http.ResponseWriter
	c    *http.ResponseController
	wait time.Duration
}

func (a *API) patient(w http.ResponseWriter) patient {
	return patient{w, http.NewResponseController(w), a.Patience}
}

func (p patient) Write(b []byte) (int, error) {
	_ = p.c.SetWriteDeadline(time.Now().Add(p.wait)) // it fails only where no connection can stall
	return p.w.Write(b)
}

// command returns the identity of whoever runs a command.
func command(r *http.Request) (people.Identity, error) {
	return people.Identity{Name: r.URL.Query().Get("as"), Kind: event.Cli}, nil
}

// controlRevise reverses the edits that the body asks for, a
// revert.Query. With ?dry_run=true it answers what that would do.
func (a *API) controlRevise(w http.ResponseWriter, r *http.Request, as people.Identity) error {
	body, err := a.body(w, r, a.Limits.Frame)
	if err != nil {
		return err
	}
	var q revert.Query
	if err := json.Unmarshal([]byte(body), &q); err != nil {
		return wire.Errorf(wire.BadMessage, "the body does not say which edits to reverse: %v", err)
	}
	dry := r.URL.Query().Get("dry_run") == "true"
	var done reversed
	if dry {
		_, done, err = a.findReversal(r.Context(), threadOf(r), &q)
	} else {
		done, err = a.reverse(r.Context(), threadOf(r), q, 0, as)
	}
	if err != nil {
		return err
	}
	answer := jsonrow.NewReversal(done.Plan, done.Thread)
	if answer.Rev, answer.Head = done.Rev, done.Head; !dry {
		answer.Change, answer.Text = "", ""
	}
	writeJSON(w, http.StatusOK, answer)
	return nil
}

func (a *API) controlOpen(w http.ResponseWriter, r *http.Request, as people.Identity) error {
	text, err := a.body(w, r, a.Limits.Text)
	if err != nil {
		return err
	}
	stream, err := a.NewThread(r.Context(), r.URL.Query().Get("title"), text, as)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusCreated, map[string]any{"id": stream})
	return nil
}
