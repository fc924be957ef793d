package api

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"parodywave/eventlog"
	"parodywave/eventlog/names"
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

// A query reads the parameters of a request. After the first that is wrong, err
// says what is wrong with it.
type query struct {
	url.Values
	err error
}

func queryOf(r *http.Request) *query { return &query{Values: r.URL.Query()} }

func (q *query) fail(format string, args ...any) {
	if q.err == nil {
		q.err = wire.Errorf(wire.BadValue, format, args...)
	}
}

// is reads a switch.
func (q *query) is(name string) bool { return q.Get(name) == "true" }

// number reads a number from 0 to most; missing is its default.
func (q *query) number(name string, missing, most uint64) uint64 {
	v := q.Get(name)
	if v == "" {
		return missing
	}
	n, err := strconv.ParseUint(v, 10, 64)
	if err != nil || n > most {
		q.fail("%s=%.40q is not a number from 0 to %d", name, v, most)
	}
	return n
}

// limit reads ?limit=, from 1 to most; missing is its default.
func (q *query) limit(missing, most uint64) int {
	n := q.number("limit", missing, most)
	if n == 0 {
		q.fail("limit=0 asks for nothing: use 1 to %d", most)
	}
	return int(n)
}

// revision reads a revision; 0 for none.
func (q *query) revision(name string) eventlog.Revision {
	return eventlog.Revision(q.number(name, 0, wire.MaxNumber))
}

// time reads a time as Unix milliseconds; missing is its default. A time like -15m
// counts back from now.
func (q *query) time(name string, missing int64, now time.Time) int64 {
	v := q.Get(name)
	if v == "" {
		return missing
	}
	t, ok := names.Moment(v, now)
	if !ok {
		q.fail("%s=%.40q is not a time like 2026-11-22T10:00:00Z or -15m", name, v)
	}
	return t.UnixMilli()
}
