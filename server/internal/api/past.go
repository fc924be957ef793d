package api

import (
	"bytes"
	"context"
	"fmt"
	"net/http"

	"parodywave/server/internal/pool"
)

// past returns the handler of requests that read history. It runs beside what people type:
// one such request at a time for each worker of the pool, and behind what writers need of
// it. Equal requests that wait share one answer. An answer is made as a whole before it is
// sent, so that a client that reads slowly occupies no worker.
func (a *API) past(h handler) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		made, err := pool.Do(r.Context(), a.Past, a.pastKey(r), func(ctx context.Context) (*answer, error) {
			return pool.Do(ctx, a.Pool, "", func(ctx context.Context) (*answer, error) {
				made := &answer{header: http.Header{}, status: http.StatusOK}
				return made, h(made, r.WithContext(ctx))
			})
		})
		if err != nil {
			return err
		}
		for name, values := range made.header {
			w.Header()[name] = values
		}
		w.WriteHeader(made.status)
		_, _ = w.Write(made.body.Bytes()) // it fails only where the client has gone
		return nil
	}
}

// beside does work as past does, for a part of a request.
func (a *API) beside(ctx context.Context, work func(context.Context) error) error {
	both := func(ctx context.Context) (struct{}, error) { return struct{}{}, work(ctx) }
	_, err := pool.Do(ctx, a.Past, "", func(ctx context.Context) (struct{}, error) { return pool.Do(ctx, a.Pool, "", both) })
	return err
}

// pastKey returns the same key for requests that may share an answer. It has the thread's
// revision: a client must find its own newest edit in its answer.
func (a *API) pastKey(r *http.Request) string {
	t, ok := a.Threads.Get(threadOf(r))
	if !ok { // of all threads, or of none
		return ""
	}
	return fmt.Sprintf("%d %s", t.Revision, r.URL.RequestURI())
}

// An answer is one that is not sent yet.
type answer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

// Header implements http.ResponseWriter.
func (a *answer) Header() http.Header { return a.header }

// WriteHeader implements http.ResponseWriter.
func (a *answer) WriteHeader(status int) { a.status = status }

// Write implements http.ResponseWriter.
func (a *answer) Write(b []byte) (int, error) { return a.body.Write(b) }
