package server

import (
	"net/http"
	"strings"
	"time"

	"parodywave/server/internal/api"
	"parodywave/server/internal/wire"
)

const (
	// bodyWithin is how long a client may take to send the body of a request.
	bodyWithin = time.Minute
	// stallMost is how long the reader of an answer may make no progress.
	stallMost = time.Minute
)

// limited gives requests deadlines and counts what an address writes. A WebSocket has
// deadlines and counts of its own.
func (g guard) limited(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Upgrade") != "" {
			next.ServeHTTP(w, r)
			return
		}
		s := &stalling{w, http.NewResponseController(w)}
		s.goOn()
		if r.Body != nil && r.Body != http.NoBody {
			_ = s.c.SetReadDeadline(time.Now().Add(bodyWithin)) // it fails only in tests without a connection
		}
		if err := g.mayWrite(r); err != nil {
			api.WriteError(s, err)
			return
		}
		next.ServeHTTP(s, r)
	})
}

// mayWrite counts the bytes and the thread that a request would bring.
func (g guard) mayWrite(r *http.Request) error {
	if r.Method == http.MethodGet || r.Method == http.MethodHead || !strings.HasPrefix(r.URL.Path, "/api/") {
		return nil
	}
	q := g.quotas.Of(r)
	switch {
	case !q.Write(int(max(r.ContentLength, 0))):
		return wire.Errorf(wire.RateLimited, "this address writes too much: wait a moment and send the request again")
	case r.URL.Path == "/api/threads" && !q.Open():
		return wire.Errorf(wire.RateLimited, "this address begins too many threads: wait a moment and send the request again")
	}
	return nil
}

// A stalling writer aborts an answer whose reader makes no progress.
type stalling struct {
	http.ResponseWriter
	c *http.ResponseController
}

func (s *stalling) goOn() { _ = s.c.SetWriteDeadline(time.Now().Add(stallMost)) }

// pieceBytes is how much of an answer its reader must read within stallMost.
const pieceBytes = 16 << 10

// Write implements http.ResponseWriter.
func (s *stalling) Write(b []byte) (n int, err error) {
	for len(b) > 0 && err == nil {
		s.goOn()
		var k int
		k, err = s.ResponseWriter.Write(b[:min(len(b), pieceBytes)])
		n, b = n+k, b[k:]
	}
	return n, err
}

// Unwrap is for http.ResponseController.
func (s *stalling) Unwrap() http.ResponseWriter { return s.ResponseWriter }
