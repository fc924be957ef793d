package api

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"slices"
	"time"
	"unicode/utf8"

	"parodywave/eventlog"
	"parodywave/projection"
	"parodywave/projection/search"
	"parodywave/server/internal/wire"
	"parodywave/server/jsonrow"
)

// patternMost is how many characters (code points) a pattern has at most.
const patternMost = 1000

// searchMost is how long a request may search: a pattern may make every edit
// expensive, and the client may have gone.
const searchMost = 10 * time.Second

// getGrep answers all text that ever matched in a thread up to a moment, oldest
// first: limit (1000, at most 10,000) rows.
func (a *API) getGrep(w http.ResponseWriter, r *http.Request, m moment) error {
	g, err := newGrep(r)
	if err != nil {
		return err
	}
	ctx, cancel := limited(r.Context(), searchMost)
	defer cancel()
	if err := g.search(ctx, a, m.stream, m.rev); err != nil {
		return err
	}
	m.answer(w, struct {
		Thread eventlog.Stream   `json:"thread"`
		Rev    eventlog.Revision `json:"rev"`
		Rows   []*jsonrow.Hit    `json:"rows"`
		More   bool              `json:"more"`
	}{m.stream, m.rev, g.rows, g.more})
	return nil
}

// getGrepAll answers all text that ever matched in any thread, up to its head.
// The threads come in the order in which they were opened.
func (a *API) getGrepAll(w http.ResponseWriter, r *http.Request) error {
	g, err := newGrep(r)
	if err != nil {
		return err
	}
	if r.URL.Query().Has("at") {
		return wire.Errorf(wire.BadValue, "at needs one thread: use /api/threads/T/grep")
	}
	threads, _ := a.Threads.Newest(0, math.MaxInt)
	threads = slices.DeleteFunc(threads, func(t projection.Summary) bool { return a.Threads.Damaged(t.Stream) != nil })
	slices.SortFunc(threads, func(a, b projection.Summary) int { return cmp.Compare(a.Stream, b.Stream) })
	ctx, cancel := limited(r.Context(), searchMost)
	defer cancel()
	for _, t := range threads {
		if g.more {
			break
		}
		if err := g.search(ctx, a, t.Stream, 0); err != nil {
			return err
		}
	}
	w.Header().Set("Cache-Control", "no-cache")
	writeJSON(w, http.StatusOK, struct {
		Rows []*jsonrow.Hit `json:"rows"`
		More bool           `json:"more"`
	}{g.rows, g.more})
	return nil
}

// A grep is a search and what it has found.
type grep struct {
	pattern *search.Pattern
	gone    bool // only what matches no more
	limit   int
	rows    []*jsonrow.Hit
	more    bool // than limit
}

// newGrep reads ?pattern=, ?regexp=, ?ignore_case=, ?gone= and ?limit=.
func newGrep(r *http.Request) (*grep, error) {
	q := queryOf(r)
	g := &grep{gone: q.is("gone"), limit: q.limit(1000, 10_000), rows: []*jsonrow.Hit{}}
	text, fold := q.Get("pattern"), q.is("ignore_case")
	var err error
	switch n := utf8.RuneCountInString(text); {
	case q.err != nil:
		return nil, q.err
	case n == 0:
		return nil, wire.Errorf(wire.BadValue, "name what to search for: pattern=…")
	case n > patternMost:
		return nil, wire.Errorf(wire.BadValue, "the pattern has %d characters: use at most %d", n, patternMost)
	case q.is("regexp"):
		g.pattern, err = search.Expression(text, fold)
	default:
		g.pattern, err = search.Fixed(text, fold)
	}
	if err != nil {
		return nil, wire.Errorf(wire.BadValue, "%v", err)
	}
	return g, nil
}

// errLong is the cause of a context whose search took too long.
var errLong = errors.New("the search takes too long")

func limited(ctx context.Context, most time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, most, errLong)
}

// search adds what matched in a thread up to a revision, 0 for the head.
func (g *grep) search(ctx context.Context, a *API, stream eventlog.Stream, rev eventlog.Revision) error {
	found, err := search.Replay(ctx, a.Log, stream, g.pattern, rev)
	if err != nil && errors.Is(context.Cause(ctx), errLong) {
		return wire.Errorf(wire.BadValue, "the search of thread %s took longer than %v and was stopped: use a narrower pattern, an earlier moment (at=), or one thread", stream, searchMost)
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
		g.rows = append(g.rows, jsonrow.NewHit(found.Thread, h, a.People.Name))
	}
	return nil
}
