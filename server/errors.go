package server

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"parodywave/eventlog"
	"parodywave/server/internal/wire"
)

// errorFor is the one table from errors to codes.
func errorFor(err error, re string) *wire.Error {
	var w *wire.Error
	switch {
	case errors.As(err, &w) && w.Re == "":
		return w.Answering(re)
	case w != nil:
		return w
	case errors.Is(err, eventlog.ErrNotFound):
		return refusal(wire.NotFound, re, "there is no such thread or revision")
	case errors.Is(err, eventlog.ErrUnavailable), errors.Is(err, eventlog.ErrUnknown),
		errors.Is(err, eventlog.ErrClosed), errors.Is(err, eventlog.ErrConflict), errors.Is(err, context.Canceled):
		return refusal(wire.Unavailable, re, "the log cannot take this now: nothing was lost, send again")
	}
	return refusal(wire.Unavailable, re, "%v", err)
}

// writeError answers an HTTP request with an error and its status.
func writeError(w http.ResponseWriter, err error) {
	writeErrorStatus(w, err, errorFor(err, "").Code.Status())
}

func writeErrorStatus(w http.ResponseWriter, err error, status int) {
	e := errorFor(err, "")
	body := map[string]any{"code": e.Code, "text": e.Text}
	if e.Head > 0 {
		body["head"] = e.Head
	}
	writeJSON(w, status, map[string]any{"error": body})
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(v) // the client has gone, if at all
}

// refusal is an error that answers a message of type re.
func refusal(code wire.Code, re, format string, args ...any) *wire.Error {
	e := wire.Errorf(code, format, args...)
	e.Re = re
	return e
}
