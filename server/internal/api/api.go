// Package api answers HTTP requests: what robots and pages ask about threads
// (/api/…), and what commands on the same machine ask over the control socket.
//
// It knows threads only through the interface Threads, and sees no WebSocket.
// Answers about the past are folded from the log when a request asks for them: a
// quarter of a million edits take a tenth of a second, so there is no cache to
// keep consistent. The names and codes of errors are those of the wire.
package api

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"time"

	"parodywave/eventlog"
	"parodywave/projection"
	"parodywave/server/internal/authority"
	"parodywave/server/internal/people"
	"parodywave/server/internal/pool"
	"parodywave/server/internal/wire"
)

// An API answers requests. Its fields are set before the first request; all are
// required but Copy. Its methods may be called concurrently.
type API struct {
	Log     projection.Source
	Threads Threads
	People  *people.People
	Limits  wire.Limits
	Logger  *slog.Logger
	Now     func() time.Time // the clock
	Version string
	// Appended is called with the outcome of each append of the API's own.
	Appended people.Appended
	// Copy writes the log as a file; nil: this log cannot do that.
	Copy func(io.Writer) error
	// Patience is how long the reader of a long answer may make no progress
	// before the connection is closed.
	Patience time.Duration
	// Past has the requests that read history, as few at a time as Pool has workers. Pool
	// does their work and the writers' work. Nil pools work at once.
	Past, Pool *pool.Pool
	// Stopping is closed when the server stops: answers without an end then end.
	Stopping <-chan struct{}
}

// Threads is all threads, and the authorities of those in memory.
type Threads interface {
	// Get returns what the list says of a thread, false where there is none.
	Get(eventlog.Stream) (projection.Summary, bool)
	// Damaged returns why a thread cannot be read, nil if it can.
	Damaged(eventlog.Stream) *eventlog.DamageError
	// Newest returns up to limit threads from place offset on, the newest activity
	// first, and how many threads there are.
	Newest(offset, limit int) (list []projection.Summary, total int)
	// Opened returns up to limit threads behind another in order of opening, the last
	// opened first, and how many threads there are; behind "" all threads come.
	Opened(behind eventlog.Stream, limit int) (list []projection.Summary, total int)
	// Present returns how many connections are in a thread, and the names of some
	// people there and of those of them who type; neither list is nil.
	Present(eventlog.Stream) (connections int, here, typing []string)
	// Changed returns a channel that is closed when a thread changes.
	Changed(eventlog.Stream) <-chan struct{}
	// Open begins a thread with a title and a text, in one append. The error is
	// authority.ErrOpened if a request with the key in ctx has opened it before.
	Open(ctx context.Context, author eventlog.AuthorID, title, text string) (eventlog.Stream, error)
	// With calls f with a thread's authority, which runs until f returns. The error
	// is f's, or wraps eventlog.ErrNotFound where there is no such thread.
	With(ctx context.Context, stream eventlog.Stream, f func(*authority.Authority) error) error
	// Update replaces what the list says of a thread.
	Update(projection.Summary)
}

// A Router accepts routes, as http.ServeMux does: method and path.
type Router interface {
	HandleFunc(pattern string, handler func(http.ResponseWriter, *http.Request))
}

// Routes puts up what the world may ask.
func (a *API) Routes(mux Router) {
	const thread = "/api/threads/{thread}"
	for pattern, h := range map[string]handler{
		"GET /api/threads":                        a.getThreads,
		"POST /api/threads":                       by(named, a.postThread),
		"GET " + thread:                           a.getThread,
		"GET " + thread + "/text":                 a.at(a.getText),
		"PUT " + thread + "/text":                 by(named, a.put),
		"GET " + thread + "/blame":                a.at(a.getBlame),
		"GET " + thread + "/events":               a.getEvents,
		"GET " + thread + "/moment":               a.at(a.getMoment),
		"GET " + thread + "/timeline":             a.past(a.at(a.getTimeline)),
		"GET " + thread + "/lines":                a.at(a.getLines),
		"GET " + thread + "/lines/{line}/history": a.past(a.at(a.getLineHistory)),
		"GET " + thread + "/deletions":            a.past(a.at(a.getDeletions)),
		"POST " + thread + "/restore":             by(named, a.postRestore),
		"GET " + thread + "/log":                  a.past(a.at(a.getLog)),
		"GET " + thread + "/grep":                 a.past(a.at(a.getGrep)),
		"GET /api/grep":                           a.past(a.getGrepAll),
		"GET " + thread + "/diff":                 a.past(a.at(a.getDiff)),
		"GET " + thread + "/versions":             a.at(a.getVersions),
		"POST " + thread + "/versions":            by(named, a.postVersion),
	} {
		mux.HandleFunc(pattern, h.serve)
	}
}

// Control puts up what only commands on the same machine may ask.
func (a *API) Control(mux Router) {
	for pattern, h := range map[string]handler{
		"GET /version":                   a.controlVersion,
		"GET /damaged":                   a.controlDamaged,
		"GET /copy":                      a.controlCopy,
		"PUT /threads/{thread}/text":     by(command, a.put),
		"POST /threads/{thread}/changes": by(command, a.controlRevise),
		"POST /threads":                  by(command, a.controlOpen),
		"POST /import":                   by(command, a.controlImport),
	} {
		mux.HandleFunc(pattern, h.serve)
	}
}

// A handler answers a request. It returns an error where it has written nothing.
type handler func(http.ResponseWriter, *http.Request) error

// at returns the handler of requests about a moment.
func (a *API) at(h func(http.ResponseWriter, *http.Request, moment) error) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		m, err := a.moment(r)
		if err != nil {
			return err
		}
		return h(w, r, m)
	}
}

// by returns the handler of requests of a person: identify says whose.
func by(identify func(*http.Request) (people.Identity, error), h func(http.ResponseWriter, *http.Request, people.Identity) error) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		as, err := identify(r)
		if err == nil {
			r, err = withKey(r)
		}
		if err != nil {
			return err
		}
		return h(w, r, as)
	}
}

func (h handler) serve(w http.ResponseWriter, r *http.Request) {
	err := checkQuery(r.URL.RawQuery)
	if err == nil {
		err = h(w, r)
	}
	if err != nil {
		WriteError(w, err)
	}
}
