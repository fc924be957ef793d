package server

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"parodywave/eventlog"
	"parodywave/server/internal/quota"
)

// A fullLog refuses appends while full is set.
type fullLog struct {
	eventlog.AuditLog
	full atomic.Bool
}

func (l *fullLog) Append(ctx context.Context, s eventlog.Stream, expected eventlog.Revision, records ...eventlog.Record) (eventlog.Head, error) {
	if l.full.Load() && len(records) > 0 {
		return eventlog.Head{}, eventlog.ErrUnavailable
	}
	return l.AuditLog.Append(ctx, s, expected, records...)
}

// A request is one and the status of its answer.
type request struct {
	method, path string
	header       string // name: value
	body         string
	status       int
}

// TestEveryDescribedAnswerIsGiven gets each answer that openapi.json describes
// from a server; the contract checks them on the way.
func TestEveryDescribedAnswerIsGiven(t *testing.T) {
	log := &fullLog{AuditLog: minutesLog(t)}
	_, url := start(t, log)
	c, err := newContract(described)
	if err != nil {
		t.Fatal(err)
	}
	big := strings.Repeat("x", 5<<20)
	const ben, foreign = "Parodywave-User: Ben", "Origin: http://elsewhere.example"
	for _, tc := range append([]request{
		{"GET", "/healthz", "", "", 200},
		{"GET", "/readyz", "", "", 200},
		{"GET", "/api/openapi.json", "", "", 200},
		{"GET", "/ws", "", "", 400},
		{"GET", "/ws", foreign, "", 403},
		{"GET", "/api/threads?limit=1&offset=0", "", "", 200},
		{"GET", "/api/threads?limit=1&cursor=", "", "", 200},
		{"GET", "/api/threads?cursor=x", "", "", 400},
		{"GET", "/api/threads?cursor=&offset=0", "", "", 400},
		{"GET", "/api/threads?limit=1001", "", "", 400},
		{"POST", "/api/threads", ben, `{"title":"새 글"}`, 201},
		{"POST", "/api/threads", ben, `{}`, 400},
		{"POST", "/api/threads", foreign, `{"title":"T"}`, 403},
		{"POST", "/api/threads", ben, big, 413},
		{"GET", "T", "", "", 200},
		{"GET", "X", "", "", 404},
		{"GET", "T/text?at=3", "", "", 200},
		{"GET", "T/text?at=0", "", "", 400},
		{"GET", "T/blame", "", "", 200},
		{"GET", "T/blame?at=0", "", "", 400},
		{"GET", "T/events?after=1&limit=9", "", "", 200},
		{"GET", "T/events?after=x", "", "", 400},
		{"GET", "T/moment?at=%EC%B4%88%EC%95%88&since=2", "", "", 200},
		{"GET", "T/moment?since=99", "", "", 400},
		{"GET", "T/timeline?at=2", "", "", 200},
		{"GET", "T/timeline?at=0", "", "", 400},
		{"GET", "T/lines?words=true&from=0&to=9", "", "", 200},
		{"GET", "T/lines?from=-1", "", "", 400},
		{"GET", "T/lines/2.0/history?limit=2&before=7", "", "", 200},
		{"GET", "T/lines/2.9/history", "", "", 404},
		{"GET", "T/lines/2.0/history?limit=0", "", "", 400},
		{"GET", "T/deletions?since=2", "", "", 200},
		{"GET", "T/deletions?since=99", "", "", 400},
		{"GET", "T/log?author=Ben&since=1970-01-01&until=2026-01-01&every=edit&limit=1&before=9&at=8", "", "", 200},
		{"GET", "T/log?deletions=true", "", "", 200},
		{"GET", "T/log?every=minute", "", "", 400},
		{"GET", "T/grep?pattern=%5E%EB%91%98$&regexp=true&ignore_case=true&gone=true&limit=5", "", "", 200},
		{"GET", "T/grep?pattern=.*&regexp=true", "", "", 400},
		{"GET", "/api/grep?pattern=%EC%85%8B", "", "", 200},
		{"GET", "/api/grep", "", "", 400},
		{"GET", "T/diff?from=1&to=%EC%B4%88%EC%95%88&context=0", "", "", 200},
		{"GET", "T/diff", "", "", 400},
		{"GET", "T/versions", "", "", 200},
		{"GET", "T/versions?at=0", "", "", 400},
		{"PUT", "T/text?base=3", ben, "둘\n셋\n", 200},
		{"PUT", "T/text?base=head", ben, "", 400},
		{"PUT", "T/text?base=head", foreign, "x", 403},
		{"PUT", "X/text?base=1", ben, "x", 404},
		{"PUT", "T/text?expected=1", ben, "x", 412},
		{"PUT", "T/text?base=99", ben, "x", 412},
		{"PUT", "T/text?base=head", ben, big, 413},
		{"PUT", "T/text", ben, "x", 428},
		{"POST", "T/restore", ben, `{"at":"3"}`, 200},
		{"POST", "T/restore", ben, `{}`, 400},
		{"POST", "T/restore", foreign, `{"at":3}`, 403},
		{"POST", "X/restore", ben, `{"at":3}`, 404},
		{"POST", "T/restore", ben, `{"at":3,"rev":2}`, 412},
		{"POST", "T/restore", ben, big, 413},
		{"POST", "T/versions", ben, `{"name":"둘째","rev":2}`, 201},
		{"POST", "T/versions", ben, `{"name":"12","rev":2}`, 400},
		{"POST", "T/versions", foreign, `{"name":"x","rev":2}`, 403},
		{"POST", "X/versions", ben, `{"name":"x","rev":2}`, 404},
		{"POST", "T/versions", ben, `{"name":"x","rev":99}`, 412},
		{"POST", "T/versions", ben, big, 413},
	}, notThere("text", "blame", "events", "moment", "timeline", "lines", "deletions", "versions", "log", "grep?pattern=x", "diff?from=1")...) {
		tc.ask(t, c, url)
	}
	upgrade(t, c, url)
	log.full.Store(true)
	for _, tc := range []request{
		{"POST", "/api/threads", ben, `{"title":"T"}`, 503},
		{"PUT", "T/text?base=head", ben, "x", 503},
		{"POST", "T/restore", ben, `{"at":1}`, 503},
		{"POST", "T/versions", ben, `{"name":"x","rev":2}`, 503},
		{"GET", "/readyz", "", "", 503},
	} {
		tc.ask(t, c, url)
	}
	url = exhausted(t)
	for _, tc := range []request{
		{"POST", "/api/threads", ben, `{"title":"T"}`, 429},
		{"PUT", "T/text?base=head", ben, "x", 429},
		{"POST", "T/restore", ben, `{"at":1}`, 429},
		{"POST", "T/versions", ben, `{"name":"x","rev":2}`, 429},
		{"GET", "/ws", "", "", 429},
	} {
		tc.ask(t, c, url)
	}
	if all := c.missing(); len(all) > 0 {
		t.Errorf("never answered:\n%s", strings.Join(all, "\n"))
	}
}

// exhausted serves an address that has used up its quota.
func exhausted(t *testing.T) (url string) {
	s, _ := start(t, eventlog.NewMemory(), func(c *Config) {
		c.quotas = &quota.Limits{Sockets: 1, Written: 1e-9, WrittenBurst: 1}
	})
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.RemoteAddr = "192.0.2.7:1"
		r.Header.Set("Origin", "http://"+r.Host)
		s.Handler().ServeHTTP(w, r)
	}))
	t.Cleanup(web.Close)
	dial(t, web.URL, "/ws").send(`HB`)
	resp, err := http.Post(web.URL+"/api/threads", "application/json", strings.NewReader(`{}`))
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	return web.URL
}

func notThere(paths ...string) (all []request) {
	for _, p := range paths {
		all = append(all, request{"GET", "X/" + p, "", "", 404})
	}
	return all
}

func (a request) ask(t *testing.T, c *contract, url string) {
	t.Helper()
	path := a.path
	for name, thread := range map[string]string{"T": string(testThread), "X": "01J9Z3N8QJ7C0V5R2K4M6T8W9Y"} {
		if rest, ok := strings.CutPrefix(path, name); ok {
			path = "/api/threads/" + thread + rest
		}
	}
	req, err := http.NewRequest(a.method, url+path, strings.NewReader(a.body))
	if err != nil {
		t.Fatal(err)
	}
	if name, value, ok := strings.Cut(a.header, ": "); ok {
		req.Header.Set(name, value)
	}
	resp, err := (&http.Client{Transport: c}).Do(req)
	if err != nil {
		t.Errorf("%s %s: %v", a.method, a.path, err)
		return
	}
	defer resp.Body.Close()
	if resp.StatusCode != a.status {
		b, _ := io.ReadAll(resp.Body)
		t.Errorf("%s %s %.40s: %d %s, want %d", a.method, a.path, a.body, resp.StatusCode, b, a.status)
	}
}

// upgrade requests the one answer that has no end.
func upgrade(t *testing.T, c *contract, url string) {
	t.Helper()
	ed := dial(t, url, "/ws")
	ed.send(`{"type":"status"}`)
	ed.want("status")
	c.seen["GET /ws 101"] = true
}

// TestTheDescriptionIsServedAsItIs, and small.
func TestTheDescriptionIsServedAsItIs(t *testing.T) {
	_, url := start(t, eventlog.NewMemory())
	resp, err := http.Get(url + "/api/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil || !bytes.Equal(b, described) || resp.Header.Get("ETag") == "" {
		t.Errorf("%d bytes of %d, %v, %v", len(b), len(described), resp.Header, err)
	}
	if n := len(description().packed); n == 0 || n > len(described)/4 {
		t.Errorf("%d bytes become %d", len(described), n)
	}
}
