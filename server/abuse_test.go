package server

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"parodywave/eventlog"
	"parodywave/eventlog/logtest"
	"parodywave/server/internal/authority"
	"parodywave/server/internal/people"

	"github.com/gorilla/websocket"
)

// records returns how many records the log holds of threads and authors.
func records(t testing.TB, log eventlog.AuditLog) int {
	t.Helper()
	n := 0
	for r, err := range log.Scan(context.Background(), 0) {
		if err != nil {
			t.Fatal(err)
		}
		if r.Stream != eventlog.Connections {
			n++
		}
	}
	return n
}

// code returns the code of the next error.
func (c *client) code(t testing.TB) string {
	t.Helper()
	return c.failure()["code"].(string)
}

// TestBadFramesChangeNothing sends every frame that package wire lists as
// refused to a live thread, in both modes.
func TestBadFramesChangeNothing(t *testing.T) {
	raw, err := os.ReadFile("internal/wire/testdata/refused.json")
	if err != nil {
		t.Fatal(err)
	}
	var refused []struct{ Frame, Code string }
	if err := json.Unmarshal(raw, &refused); err != nil {
		t.Fatal(err)
	}
	log := eventlog.NewMemory()
	_, u := start(t, log)
	c := dial(t, u, "/ws")
	c.send(`{"type":"open","user":"Ann","title":"T"}`)
	id := c.want("join")["thread"].(string)
	for _, text := range []bool{false, true} {
		if text {
			c.send(`{"type":"join","user":"Ann","id":"` + id + `","mode":"text","client":"01J9Z40000000000000000000A"}`)
			c.want("join")
		}
		before := records(t, log)
		for _, r := range refused {
			c.send(r.Frame)
			if got := c.code(t); got != r.Code {
				t.Errorf("text mode %v: %s: code %s, want %s", text, r.Frame, got, r.Code)
			}
		}
		if after := records(t, log); after != before {
			t.Errorf("text mode %v: %d records appended by refused frames", text, after-before)
		}
	}
	c.send(`{"type":"status"}`) // and the connection still serves
	c.want("status")
}

func TestBrokenFramesCloseWithTheirCode(t *testing.T) {
	log := eventlog.NewMemory()
	_, u := start(t, log)
	cases := []struct {
		name  string
		kind  int
		frame []byte
		close int
		code  string
	}{
		{"binary", websocket.BinaryMessage, []byte(`{"type":"status"}`), 1003, "bad_message"},
		{"too large", websocket.TextMessage, []byte(`{"type":"new","value":"` + strings.Repeat("x", 1<<20) + `"}`), 1009, "too_large"},
		{"not UTF-8", websocket.TextMessage, []byte("{\"type\":\"new\",\"value\":\"\xff\xfe\"}"), 1007, "bad_json"},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			c := dial(t, u, "/ws")
			c.send(`{"type":"open","user":"Ann","title":"T"}`)
			c.want("join")
			before := records(t, log)
			if err := c.conn.WriteMessage(tc.kind, tc.frame); err != nil {
				t.Fatal(err)
			}
			if code := c.code(t); code != tc.code {
				t.Errorf("code %s, want %s", code, tc.code)
			}
			wantClose(t, c, tc.close)
			if after := records(t, log); after != before {
				t.Errorf("%d records appended", after-before)
			}
		})
	}
}

// TestHugeClaimIsClosedAtOnce sends a header that claims a terabyte.
func TestHugeClaimIsClosedAtOnce(t *testing.T) {
	_, u := start(t, eventlog.NewMemory())
	c := dial(t, u, "/ws")
	c.want("status")
	header := []byte{0x81, 0x80 | 127, 0, 0, 1, 0, 0, 0, 0, 0, 1, 2, 3, 4, 'x'}
	if _, err := c.conn.NetConn().Write(header); err != nil {
		t.Fatal(err)
	}
	wantClose(t, c, 1009)
}

func TestRefusalsOverHTTPHaveCodes(t *testing.T) {
	_, u := start(t, eventlog.NewMemory())
	for _, tc := range []struct {
		method, path, origin string
		status               int
		code                 string
	}{
		{"GET", "/api/nothing", "", 404, "not_found"},
		{"DELETE", "/api/threads", "", 404, "not_found"},
		{"GET", "/api/threads/01J9Z3N8QJ7C0V5R2K4M6T8W9X", "", 404, "not_found"},
		{"GET", "/api/threads?limit=x", "", 400, "bad_value"},
		{"POST", "/api/threads", "http://evil.example", 403, "forbidden"},
		{"POST", "/", "", 405, "not_found"},
		{"POST", "/api/threads", "", 400, "bad_message"},
	} {
		req, _ := http.NewRequest(tc.method, u+tc.path, nil)
		if tc.origin != "" {
			req.Header.Set("Origin", tc.origin)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		var body struct{ Error struct{ Code, Text string } }
		err = json.NewDecoder(resp.Body).Decode(&body)
		_ = resp.Body.Close()
		if err != nil || resp.StatusCode != tc.status || body.Error.Code != tc.code || body.Error.Text == "" {
			t.Errorf("%s %s: %d %+v %v", tc.method, tc.path, resp.StatusCode, body, err)
		}
	}
}

// wantClose reads until the server closes the connection with code, and returns
// the text of the close.
func wantClose(t testing.TB, c *client, code int) string {
	t.Helper()
	for {
		_ = c.conn.SetReadDeadline(time.Now().Add(patience))
		if _, _, err := c.conn.ReadMessage(); err != nil {
			var ce *websocket.CloseError
			if !errors.As(err, &ce) || ce.Code != code {
				t.Errorf("closed by %v, want code %d", err, code)
				return ""
			}
			return ce.Text
		}
	}
}

func TestFloodIsClosedAndABurstIsNot(t *testing.T) {
	_, u := start(t, eventlog.NewMemory())
	c := dial(t, u, "/ws")
	c.send(`{"type":"open","user":"Ann","title":"T"}`)
	c.want("join")
	for i := range 1990 { // a script's burst
		c.send(fmt.Sprintf(`{"type":"update","value":"%d"}`, i))
	}
	for {
		if c.want("update")["value"] == "1989" {
			break
		}
	}
	// A frame of two bytes under a mask of zeros, very often, all written at once: a
	// busy machine must not need longer to make them than the rate limit allows.
	flood := bytes.Repeat([]byte{0x81, 0x82, 0, 0, 0, 0, 'H', 'B'}, 20_000)
	go func() { _, _ = c.conn.NetConn().Write(flood) }()
	if code := c.code(t); code != "rate_limited" {
		t.Errorf("code %s, want rate_limited", code)
	}
	wantClose(t, c, 1008)
}

func TestUpgradeChecksOriginAndHost(t *testing.T) {
	_, u := start(t, eventlog.NewMemory(), func(c *Config) { c.AllowOrigins = []string{"https://wave.example"} })
	host := strings.TrimPrefix(u, "http://")
	for _, tc := range []struct {
		origin, host string
		ok           bool
	}{
		{"", "", true},
		{u, "", true},
		{"https://wave.example", "", true},
		{"https://" + host, "", false},
		{"http://evil.example", "", false},
		{"http://" + host + ".evil.example", "", false},
		{"http://127.0.0.1:1", "", false},
		{"null", "", false},
		{"http://user@" + host, "", false},
		{"", "evil.example", false},
		{"http://evil.example", "evil.example", false},
		{"", "localhost", true},
		{"", "192.0.2.7", false},
	} {
		header := http.Header{}
		if tc.origin != "" {
			header.Set("Origin", tc.origin)
		}
		if tc.host != "" {
			header.Set("Host", tc.host)
		}
		conn, resp, err := websocket.DefaultDialer.Dial("ws://"+host+"/ws", header)
		if (err == nil) != tc.ok {
			t.Errorf("origin %q host %q: %v, want ok %v", tc.origin, tc.host, err, tc.ok)
		}
		if err == nil {
			_ = conn.Close()
		} else if resp == nil || resp.StatusCode != http.StatusForbidden {
			t.Errorf("origin %q host %q: %v, want 403", tc.origin, tc.host, resp)
		}
	}
}

func TestUnsafeMethodsAreRefusedAcrossOrigins(t *testing.T) {
	log := eventlog.NewMemory()
	_, u := start(t, log)
	before := records(t, log)
	req, _ := http.NewRequest(http.MethodPost, u+"/api/threads", strings.NewReader(`{"title":"T"}`))
	req.Header.Set("Parodywave-User", "Eve")
	req.Header.Set("Origin", "http://evil.example")
	req.Header.Set("Sec-Fetch-Site", "cross-site")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusForbidden || records(t, log) != before {
		t.Errorf("status %d, %d records", resp.StatusCode, records(t, log)-before)
	}
}

func TestSecondJoinOfAClientClosesTheFirst(t *testing.T) {
	_, u := start(t, eventlog.NewMemory())
	a, b := dial(t, u, "/ws"), dial(t, u, "/ws")
	a.send(`{"type":"open","user":"Ann","title":"T"}`)
	id := a.want("join")["thread"].(string)
	join := `{"type":"join","user":"Ann","id":"` + id + `","mode":"text","client":"01J9Z40000000000000000000A"}`
	a.send(join)
	a.want("join")
	b.send(strings.Replace(join, "Ann", "Eve", 1))
	if code := b.code(t); code != "forbidden" {
		t.Errorf("another author joined as the client: %s", code)
	}
	b.send(join)
	b.want("join")
	wantClose(t, a, 4001)

	// An older connection that joins late does not replace the newer one.
	late, c := dial(t, u, "/ws"), dial(t, u, "/ws")
	c.send(join)
	c.want("join")
	late.send(join)
	wantClose(t, late, 4001)
	c.send(`{"type":"update","client":"` + clientA + `","seq":1,"rev":1,"changes":[[[0,"x"]]]}`)
	c.want("update")
}

func TestUnknownThreadLeavesTheClientWhereItWas(t *testing.T) {
	_, u := start(t, eventlog.NewMemory())
	c := dial(t, u, "/ws")
	c.send(`{"type":"new","value":"x"}`)
	if code := c.code(t); code != "not_joined" {
		t.Errorf("code %s", code)
	}
	c.send(`{"type":"open","user":"Ann","title":"T"}`)
	id := c.want("join")["thread"]
	c.send(`{"type":"join","user":"Ann","id":"01J9Z3N8QJ7C0V5R2K4M6T8W9X"}`)
	if code := c.code(t); code != "not_found" {
		t.Errorf("code %s", code)
	}
	c.send(`{"type":"new","value":"still here"}`)
	if u := c.want("update"); u["id"] != id {
		t.Errorf("update %v", u)
	}
	c.send(`{"type":"leave"}`)
	c.send(`{"type":"new","value":"x"}`)
	if code := c.code(t); code != "not_joined" {
		t.Errorf("code %s after leave", code)
	}
}

// TestReadyTellsOfALogThatTakesNothing has the log refuse one append.
func TestReadyTellsOfALogThatTakesNothing(t *testing.T) {
	log := logtest.NewFlaky(eventlog.NewMemory())
	s, u := start(t, log)
	ready := func() int {
		resp, err := http.Get(u + "/readyz")
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		return resp.StatusCode
	}
	id, err := s.api.NewThread(context.Background(), "T", "text", people.Identity{Name: "Ann", Kind: "cli"})
	if err != nil {
		t.Fatal(err)
	}
	if status := ready(); status != http.StatusOK {
		t.Fatalf("status %d", status)
	}
	log.FailUnavailable(1)
	if _, err := s.api.Put(context.Background(), id, authority.Write{Text: "other"}, people.Identity{Name: "Ann", Kind: "cli"}); err == nil {
		t.Fatal("no error")
	}
	if status := ready(); status != http.StatusServiceUnavailable {
		t.Errorf("status %d while the log refuses", status)
	}
	if _, err := s.api.Put(context.Background(), id, authority.Write{Text: "other"}, people.Identity{Name: "Ann", Kind: "cli"}); err != nil {
		t.Fatal(err)
	}
	if status := ready(); status != http.StatusOK {
		t.Errorf("status %d after an append succeeded", status)
	}
}

// An unprovable log cannot be read with proofs while broken is set.
type unprovable struct {
	eventlog.AuditLog
	broken atomic.Bool
}

func (l *unprovable) Prove(ctx context.Context, s eventlog.Stream, after eventlog.Revision) iter.Seq2[eventlog.Record, error] {
	if !l.broken.Load() {
		return l.AuditLog.Prove(ctx, s, after)
	}
	return func(yield func(eventlog.Record, error) bool) { yield(eventlog.Record{}, eventlog.ErrUnavailable) }
}

// TestCloseSaysWhy: a client whose thread cannot be read must not learn
// that it was too slow.
func TestCloseSaysWhy(t *testing.T) {
	log := &unprovable{AuditLog: eventlog.NewMemory()}
	_, u := start(t, log)
	a, b := dial(t, u, "/ws"), dial(t, u, "/ws")
	a.send(`{"type":"open","user":"Ann","title":"T"}`)
	id := a.want("join")["thread"].(string)
	join := `{"type":"join","user":"Ann","id":"` + id + `","mode":"text","client":"` + clientA + `"`
	a.send(join + `}`)
	a.want("join")
	var changes []string
	for i := range 600 { // more than a resumed client gets from memory
		changes = append(changes, fmt.Sprintf(`[%d,[0,"x"]]`, i))
	}
	changes[0] = `[[0,"x"]]`
	a.send(`{"type":"update","client":"` + clientA + `","seq":1,"rev":1,"changes":[` + strings.Join(changes, ",") + `]}`)
	a.want("update")
	sum, err := log.ChainAt(t.Context(), eventlog.Stream(id), 1)
	if err != nil {
		t.Fatal(err)
	}
	log.broken.Store(true)
	b.send(join + fmt.Sprintf(`,"since":1,"chain":"%v"}`, sum))
	if text := wantClose(t, b, 1013); text != "the thread cannot be read now: connect again" {
		t.Errorf("the close of a thread that cannot be read says %q", text)
	}

	c := dial(t, u, "/ws")
	if err := c.conn.WriteMessage(websocket.BinaryMessage, []byte("x")); err != nil {
		t.Fatal(err)
	}
	if text := wantClose(t, c, 1003); !strings.HasPrefix(text, "binary frames") {
		t.Errorf("the close for a binary frame says %q", text)
	}
}
