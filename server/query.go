package server

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"parodywave/projection"
	"parodywave/server/internal/wire"
)

// A queryRouter refuses a query that would be read otherwise than it was meant:
// what is not written as queries are, which net/http leaves out in silence, and
// switches that are neither on nor off.
type queryRouter struct{ router }

// HandleFunc implements router.
func (q queryRouter) HandleFunc(pattern string, handler func(http.ResponseWriter, *http.Request)) {
	q.router.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		if err := checkQuery(r.URL.RawQuery); err != nil {
			writeError(w, err)
			return
		}
		handler(w, r)
	})
}

// switches are the parameters that are true or false, wherever they are taken.
var switches = []string{"allow_empty", "deletions", "follow", "gone", "ignore_case", "regexp", "words"}

func checkQuery(raw string) error {
	query, err := url.ParseQuery(raw)
	if err != nil {
		return refusal(wire.BadValue, "", "the query cannot be read: %v", err)
	}
	for _, name := range switches {
		for _, v := range query[name] {
			if v != "true" && v != "false" {
				return refusal(wire.BadValue, "", "%s=%.40q is neither true nor false", name, v)
			}
		}
	}
	return nil
}

// number reads a query parameter, from 0 to most.
func number(r *http.Request, name string, missing, most uint64) (uint64, error) {
	v := r.URL.Query().Get(name)
	if v == "" {
		return missing, nil
	}
	n, err := strconv.ParseUint(v, 10, 64)
	if err != nil || n > most {
		return 0, refusal(wire.BadValue, "", "%s=%.40q is not a number from 0 to %d", name, v, most)
	}
	return n, nil
}

// timeOf reads a query parameter into Unix milliseconds.
func timeOf(r *http.Request, name string, missing int64) (int64, error) {
	v := r.URL.Query().Get(name)
	if v == "" {
		return missing, nil
	}
	t, ok := projection.ParseTime(v, time.Now())
	if !ok {
		return 0, refusal(wire.BadValue, "", "%s=%.40q is no time like 2026-11-22T10:00:00Z or -15m", name, v)
	}
	return t.UnixMilli(), nil
}
