package api

import (
	"encoding/json"
	"net/http"

	"parodywave/server/internal/wire"
)

// WriteError answers a request with an error and the status of its code.
func WriteError(w http.ResponseWriter, err error) {
	WriteErrorStatus(w, err, wire.ErrorFor(err, "").Code.Status())
}

// WriteErrorStatus answers a request with an error and a status.
func WriteErrorStatus(w http.ResponseWriter, err error, status int) {
	e := wire.ErrorFor(err, "")
	body := map[string]any{"code": e.Code, "text": e.Text}
	if e.Head > 0 {
		body["head"] = e.Head
	}
	writeJSON(w, status, map[string]any{"error": body})
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	if status == http.StatusServiceUnavailable || status == http.StatusTooManyRequests {
		w.Header().Set("Retry-After", "1")
	}
	w.WriteHeader(status)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(v) // it fails only where the client has gone
}
