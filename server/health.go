package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync/atomic"
	"time"

	"parodywave/eventlog"
	"parodywave/projection"
	"parodywave/projection/snapshot"
)

// A health tells whether the server works.
type health struct {
	log     eventlog.Log
	appends *appends
	damaged int // threads
	now     func() time.Time
}

// healthz answers while the process does.
func (health) healthz(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = io.WriteString(w, "ok\n")
}

// readyz answers 200 while the log can be read and accepts appends. Further
// lines say that the clock of the log runs ahead, and that threads are damaged, if so.
func (h health) readyz(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	if err := h.writable(ctx); err != nil {
		http.Error(w, "not ready: "+err.Error(), http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	text := "ready\n"
	if ahead := h.ahead(ctx); ahead != "" {
		text += ahead + "\n"
	}
	if h.damaged > 0 {
		text += fmt.Sprintf("%d threads are damaged: parodywave doctor says what to do\n", h.damaged)
	}
	_, _ = io.WriteString(w, text)
}

// ahead says by how much the clock of the log runs ahead; empty if it does not.
func (h health) ahead(ctx context.Context) string {
	heads, err := h.log.Streams(ctx)
	newest := int64(0)
	for i := range heads {
		newest = max(newest, heads[i].Time)
	}
	if err != nil {
		return ""
	}
	return projection.Ahead(newest, h.now())
}

// refusalLasts is how long a refused append makes the server unready if no other
// append follows.
const refusalLasts = 10 * time.Second

// writable makes an append of nothing, which goes all the way to the writer of
// the log, unless the last real append was refused lately.
func (h health) writable(ctx context.Context) error {
	if at := h.appends.refused.Load(); at != nil && time.Since(*at) < refusalLasts {
		return eventlog.ErrUnavailable
	}
	head, err := h.log.Head(ctx, eventlog.Authors)
	if err == nil {
		_, err = h.log.Append(ctx, eventlog.Authors, head.Revision)
	}
	return err
}

// appends follows the appends of every writer: whether the log accepts them, for
// readyz, and how much the log holds now, for the cache. Each writer reports its
// own appends, except appends of nothing.
type appends struct {
	cache   *snapshot.Cache
	refused atomic.Pointer[time.Time] // when the last append was refused; nil: it succeeded
}

// report implements people.Appended.
func (a *appends) report(stream eventlog.Stream, after eventlog.Revision, records []eventlog.Record, err error) {
	switch {
	case err == nil:
		a.refused.Store(nil)
		a.cache.Appended(stream, after, records)
	case errors.Is(err, eventlog.ErrUnavailable), errors.Is(err, eventlog.ErrUnknown):
		now := time.Now()
		a.refused.Store(&now)
	}
}
