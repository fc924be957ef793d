package api

import (
	"context"
	"iter"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/projection"
	"parodywave/server/internal/pool"
)

// A gatedLog counts the reads that run, and holds each until it is let go.
type gatedLog struct {
	eventlog.AuditLog
	began chan struct{} // gets an element for each read
	gate  chan struct{} // each read takes an element before its first record
	now   atomic.Int32
	most  atomic.Int32
}

func (l *gatedLog) Read(ctx context.Context, s eventlog.Stream, after eventlog.Revision) iter.Seq2[eventlog.Record, error] {
	return func(yield func(eventlog.Record, error) bool) {
		n := l.now.Add(1)
		defer l.now.Add(-1)
		l.most.Store(max(l.most.Load(), n))
		l.began <- struct{}{}
		select {
		case <-l.gate:
		case <-ctx.Done():
			yield(eventlog.Record{}, ctx.Err())
			return
		}
		for r, err := range l.AuditLog.Read(ctx, s, after) {
			if !yield(r, err) {
				return
			}
		}
	}
}

// gated returns an API with pools and the log that its history is read from.
func gated(t *testing.T) (*API, *gatedLog, *httptest.Server) {
	a := newAPI(t, event.Opened{Title: "T"}, event.Renamed{Title: "U"})
	log := &gatedLog{AuditLog: a.Log.AuditLog, began: make(chan struct{}, 1000), gate: make(chan struct{})}
	a.Log = projection.Plain(log)
	a.Past, a.Pool = pool.New(), pool.New()
	mux := http.NewServeMux()
	a.Routes(mux)
	web := httptest.NewServer(mux)
	t.Cleanup(func() { web.Close(); a.Past.Close(); a.Pool.Close() })
	return a, log, web
}

// ask makes n requests at once and returns their statuses.
func ask(web *httptest.Server, n int, path func(i int) string) func() map[int]int {
	var all sync.WaitGroup
	var mu sync.Mutex
	statuses := map[int]int{}
	for i := range n {
		all.Go(func() {
			status := 0
			if resp, err := http.Get(web.URL + "/api/threads/" + string(testThread) + path(i)); err == nil {
				status = resp.StatusCode
				if status == 503 && resp.Header.Get("Retry-After") == "" {
					status = -503
				}
				_ = resp.Body.Close()
			}
			mu.Lock()
			statuses[status]++
			mu.Unlock()
		})
	}
	return func() map[int]int { all.Wait(); return statuses }
}

// TestEqualRequestsShareAnAnswer, while the thread is at one revision: whoever asks after
// an edit must find it in the answer.
func TestEqualRequestsShareAnAnswer(t *testing.T) {
	a := newAPI(t, event.Opened{Title: "T"})
	at := &atRevision{one: a.Threads.(one), revision: 7}
	a.Threads = at
	key := func(path string) string {
		r := httptest.NewRequest(http.MethodGet, "/api/threads/"+string(testThread)+path, nil)
		r.SetPathValue("thread", string(testThread))
		return a.pastKey(r)
	}
	first := key("/log?limit=9")
	if first == "" || key("/log?limit=9") != first {
		t.Error("two equal requests share nothing")
	}
	if key("/log?limit=8") == first || key("/grep?limit=9") == first {
		t.Error("other requests share the answer")
	}
	if at.revision++; key("/log?limit=9") == first {
		t.Error("a request after an edit shares the answer from before it")
	}
}

type atRevision struct {
	one
	revision eventlog.Revision
}

func (a *atRevision) Get(s eventlog.Stream) (projection.Summary, bool) {
	return projection.Summary{Stream: s, Revision: a.revision}, s == testThread
}

// TestHistoryIsReadByFewAtATime: the others wait, as many as may; more are refused with
// the seconds after which to come back. Whoever leaves is not waited for.
func TestHistoryIsReadByFewAtATime(t *testing.T) {
	_, log, web := gated(t)
	statuses := ask(web, 3*pool.Waiting, func(i int) string { return "/grep?pattern=" + strings.Repeat("x", i+1) })
	<-log.began
	done := make(chan struct{})
	go func() {
		defer close(done)
		for range 3 * pool.Waiting {
			select {
			case log.gate <- struct{}{}:
			case <-t.Context().Done():
				return
			}
		}
	}()
	got := statuses()
	if got[200] == 0 || got[200]+got[503] != 3*pool.Waiting {
		t.Errorf("the answers are %v", got)
	}
	if most := int(log.most.Load()); most > pool.Workers() {
		t.Errorf("%d requests read history at once", most)
	}
}

// TestHistoryInsideTheWriter is the twin: without pools all read at once.
func TestHistoryInsideTheWriter(t *testing.T) {
	a, log, web := gated(t)
	a.Past, a.Pool = nil, nil
	n := pool.Workers() + 3
	statuses := ask(web, n, func(i int) string { return "/grep?pattern=" + strings.Repeat("x", i+1) })
	for range n {
		<-log.began
	}
	if most := int(log.most.Load()); most <= pool.Workers() {
		t.Errorf("%d requests read history at once", most)
	}
	close(log.gate)
	statuses()
}

// TestAClientThatLeftReadsNothing: its request ends while it waits.
func TestAClientThatLeftReadsNothing(t *testing.T) {
	_, log, web := gated(t)
	ctx, leave := context.WithCancel(t.Context())
	req, _ := http.NewRequestWithContext(ctx, http.MethodGet, web.URL+"/api/threads/"+string(testThread)+"/timeline", nil)
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		if resp, err := http.DefaultClient.Do(req); err == nil {
			_ = resp.Body.Close()
		}
	}()
	<-log.began
	leave()
	<-gone
	next := ask(web, 1, func(int) string { return "/grep?pattern=x" }) // gets the worker
	<-log.began
	close(log.gate)
	if got := next(); got[200] != 1 {
		t.Errorf("the next answer is %v", got)
	}
}
