package server

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"slices"
	"time"
	"unicode/utf8"

	"parodywave/eventlog"
	"parodywave/projection"
	"parodywave/server/internal/wire"
	"parodywave/server/jsonrow"
)

// patternMost is how many characters (code points) a pattern has at most.
const patternMost = 1000

// grepMost is how long a request may search: a pattern may make every edit
// dear, and who asks may be gone.
const grepMost = 10 * time.Second

// getGrep answers what ever matched in a thread up to a moment, the oldest
// first: limit (1000, at most 10,000) rows.
func (s *Server) getGrep(w http.ResponseWriter, r *http.Request) {
	m, err := s.moment(r)
	var g *grep
	if err == nil {
		g, err = newGrep(r)
	}
	if err == nil {
		ctx, cancel := g.begin(r, grepMost)
		defer cancel()
		err = g.search(ctx, s, m.stream, m.rev)
	}
	if err != nil {
		writeError(w, err)
		return
	}
	m.answer(w, struct {
		Thread eventlog.Stream   `json:"thread"`
		Rev    eventlog.Revision `json:"rev"`
		Rows   []*jsonrow.Hit    `json:"rows"`
		More   bool              `json:"more"`
	}{m.stream, m.rev, g.rows, g.more})
}

// getGrepAll answers what ever matched in any thread, up to its head; the
// threads come in the order in which they were begun.
func (s *Server) getGrepAll(w http.ResponseWriter, r *http.Request) {
	g, err := newGrep(r)
	if err == nil && r.URL.Query().Has("at") {
		err = refusal(wire.BadValue, "", "at is of one thread: ask for /api/threads/T/grep")
	}
	var threads []listed
	if err == nil {
		threads, _ = s.hub.list(0, s.hub.threads())
		slices.SortFunc(threads, func(a, b listed) int { return cmp.Compare(a.Stream, b.Stream) })
	}
	if err == nil {
		ctx, cancel := g.begin(r, grepMost)
		defer cancel()
		for _, t := range threads {
			if err == nil && !g.more {
				err = g.search(ctx, s, t.Stream, 0)
			}
		}
	}
	if err != nil {
		writeError(w, err)
		return
	}
	w.Header().Set("Cache-Control", "no-cache")
	writeJSON(w, http.StatusOK, struct {
		Rows []*jsonrow.Hit `json:"rows"`
		More bool           `json:"more"`
	}{g.rows, g.more})
}

// A grep is a search and what it has found.
type grep struct {
	pattern *projection.Pattern
	gone    bool // only what is there no more
	limit   int
	rows    []*jsonrow.Hit
	more    bool // than limit
}

// newGrep reads ?pattern=, ?regexp=, ?ignore_case=, ?gone= and ?limit=.
func newGrep(r *http.Request) (*grep, error) {
	q := r.URL.Query()
	limit, err := number(r, "limit", 1000, 10_000)
	if err == nil && limit == 0 {
		err = refusal(wire.BadValue, "", "limit=0 asks for nothing")
	}
	if err != nil {
		return nil, err
	}
	g := &grep{gone: q.Get("gone") == "true", limit: int(limit), rows: []*jsonrow.Hit{}}
	text, fold := q.Get("pattern"), q.Get("ignore_case") == "true"
	switch n := utf8.RuneCountInString(text); {
	case n == 0:
		return nil, refusal(wire.BadValue, "", "say what to look for: pattern=…")
	case n > patternMost:
		return nil, refusal(wire.BadValue, "", "the pattern has %d characters and may have %d", n, patternMost)
	case q.Get("regexp") == "true":
		g.pattern, err = projection.ExpressionPattern(text, fold)
	default:
		g.pattern, err = projection.FixedPattern(text, fold)
	}
	if err != nil {
		return nil, refusal(wire.BadValue, "", "%v", err)
	}
	return g, nil
}

// errLong is the cause of a context whose search took too long.
var errLong = errors.New("the search takes too long")

// begin gives the search its time.
func (g *grep) begin(r *http.Request, most time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(r.Context(), most, errLong)
}

// search adds what matched in a thread up to a revision, 0 for the head.
func (g *grep) search(ctx context.Context, s *Server, stream eventlog.Stream, rev eventlog.Revision) error {
	found, err := projection.ReplaySearch(ctx, watched{s.log}, stream, g.pattern, rev)
	if err != nil && errors.Is(context.Cause(ctx), errLong) {
		return refusal(wire.BadValue, "", "the search of thread %s took longer than %v and was ended: say a narrower pattern, an earlier moment (at=), or one thread", stream, grepMost)
	}
	if err != nil {
		return fmt.Errorf("search thread %s: %w", stream, err)
	}
	for _, h := range found.Hits {
		if g.gone && h.Now >= 0 {
			continue
		}
		if g.more = len(g.rows) == g.limit; g.more {
			break
		}
		g.rows = append(g.rows, jsonrow.NewHit(found.Thread, h, s.people.name))
	}
	return nil
}

// A watched log ends a reading between two records, wherever its pages end.
type watched struct{ eventlog.Log }

// Read implements eventlog.Log.
func (w watched) Read(ctx context.Context, stream eventlog.Stream, after eventlog.Revision) iter.Seq2[eventlog.Record, error] {
	return func(yield func(eventlog.Record, error) bool) {
		for r, err := range w.Log.Read(ctx, stream, after) {
			if err == nil {
				err = ctx.Err()
			}
			if !yield(r, err) || err != nil {
				return
			}
		}
	}
}
