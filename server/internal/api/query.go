package api

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"parodywave/eventlog"
	"parodywave/projection"
	"parodywave/server/internal/wire"
)

// switches are the parameters that are true or false, wherever they are
// accepted.
var switches = []string{"allow_empty", "deletions", "follow", "gone", "ignore_case", "regexp", "words"}

// checkQuery refuses a query that would be misread: one that is malformed,
// because net/http drops the malformed part silently, and a switch that is
// neither true nor false.
func checkQuery(raw string) error {
	query, err := url.ParseQuery(raw)
	if err != nil {
		return wire.Errorf(wire.BadValue, "the query cannot be read: %v", err)
	}
	for _, name := range switches {
		for _, v := range query[name] {
			if v != "true" && v != "false" {
				return wire.Errorf(wire.BadValue, "%s=%.40q is neither true nor false", name, v)
			}
		}
	}
	return nil
}

// number reads a query parameter from 0 to most; missing is its default.
func number(r *http.Request, name string, missing, most uint64) (uint64, error) {
	v := r.URL.Query().Get(name)
	if v == "" {
		return missing, nil
	}
	n, err := strconv.ParseUint(v, 10, 64)
	if err != nil || n > most {
		return 0, wire.Errorf(wire.BadValue, "%s=%.40q is not a number from 0 to %d", name, v, most)
	}
	return n, nil
}

// limitOf reads ?limit=, from 1 to most; missing is its default.
func limitOf(r *http.Request, missing, most uint64) (int, error) {
	n, err := number(r, "limit", missing, most)
	if err == nil && n == 0 {
		err = wire.Errorf(wire.BadValue, "limit=0 asks for nothing: use 1 to %d", most)
	}
	return int(n), err
}

// beforeOf reads ?before=, a revision; 0 for none.
func beforeOf(r *http.Request) (eventlog.Revision, error) {
	n, err := number(r, "before", 0, wire.MaxNumber)
	return eventlog.Revision(n), err
}

// timeOf reads a query parameter as Unix milliseconds; missing is its default.
func timeOf(r *http.Request, name string, missing int64) (int64, error) {
	v := r.URL.Query().Get(name)
	if v == "" {
		return missing, nil
	}
	t, ok := projection.ParseTime(v, time.Now())
	if !ok {
		return 0, wire.Errorf(wire.BadValue, "%s=%.40q is not a time like 2026-11-22T10:00:00Z or -15m", name, v)
	}
	return t.UnixMilli(), nil
}
