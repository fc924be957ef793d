package server

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"parodywave/eventlog"
	"parodywave/server/internal/people"

	"github.com/gorilla/websocket"
)

// patience is how long tests wait for what must happen: long, since the machine
// may be busy.
const patience = time.Minute

// start serves log on a loopback port for the length of a test.
func start(t testing.TB, log eventlog.AuditLog, change ...func(*Config)) (*Server, string) {
	t.Helper()
	cfg := Config{Log: eventlog.Store{AuditLog: log}, Listen: "127.0.0.1:0", Version: "test"}
	for _, c := range change {
		c(&cfg)
	}
	s, err := New(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(s.Handler())
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := s.Shutdown(ctx); err != nil {
			t.Error(err)
		}
		web.Close()
	})
	return s, web.URL
}

// A client is one end of a connection.
type client struct {
	t    testing.TB
	conn *websocket.Conn
}

func dial(t testing.TB, url, path string) *client {
	t.Helper()
	conn, _, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(url, "http")+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return &client{t, conn}
}

func (c *client) send(frame string) {
	c.t.Helper()
	if err := c.conn.WriteMessage(websocket.TextMessage, []byte(frame)); err != nil {
		c.t.Fatal(err)
	}
}

// want returns the next message of a type, and skips others but errors.
func (c *client) want(kind string) map[string]any {
	c.t.Helper()
	m := c.first(kind, "error")
	if m["type"] != kind {
		c.t.Fatalf("waiting for %s: %v", kind, m)
	}
	return m
}

// first returns the next message of one of these types. Any other may come at any
// time: how many people are here, or what they do.
func (c *client) first(kinds ...string) map[string]any {
	c.t.Helper()
	for {
		_ = c.conn.SetReadDeadline(time.Now().Add(patience))
		_, frame, err := c.conn.ReadMessage()
		if err != nil {
			c.t.Fatalf("waiting for %s: %v", kinds[0], err)
		}
		var m map[string]any
		if err := json.Unmarshal(frame, &m); err != nil {
			c.t.Fatalf("%s: %v", frame, err)
		}
		if kind, _ := m["type"].(string); slices.Contains(kinds, kind) {
			return m
		}
	}
}

func TestDeckClientsSeeEachOtherType(t *testing.T) {
	_, url := start(t, eventlog.NewMemory())
	ann, ben := dial(t, url, "/"), dial(t, url, "/ws")
	ann.send("HB")
	ann.send(`{"type":"open","user":"Ann","title":"Minutes"}`)
	join := ann.want("join")
	id := join["thread"].(string)
	if data := join["data"].([]any); len(data) != 0 {
		t.Fatalf("a new thread has lines: %v", data)
	}
	ben.send(`{"type":"join","user":"Ben","id":"` + id + `"}`)
	ben.want("join")
	ann.send(`{"type":"new","value":"h"}`)
	if u := ann.want("update"); u["mine"] != true || u["value"] != "h" || u["line"] != 0.0 {
		t.Fatalf("receipt: %v", u)
	}
	if u := ben.want("update"); u["value"] != "h" || u["user"] != "Ann" || u["mine"] != nil {
		t.Fatalf("update: %v", u)
	}
	ben.send(`{"type":"new","value":"안녕"}`)
	if u := ann.want("update"); u["line"] != 1.0 || u["user"] != "Ben" {
		t.Fatalf("update: %v", u)
	}
	ben.want("update")
	ann.send(`{"type":"submit","value":"hello"}`)
	if u := ben.want("update"); u["value"] != "hello" || u["submitted"] != true || u["line"] != 0.0 {
		t.Fatalf("update: %v", u)
	}
	ann.want("update")
	ann.send(`{"type":"list"}`)
	rows := ann.want("list")["threads"].([]any)
	if row := rows[0].(map[string]any); row["title"] != "Minutes" || row["lines"] != 2.0 || row["connections"] != 2.0 || row["updated_by"] != "Ann" {
		t.Fatalf("list: %v", row)
	}
	ann.send(`{"type":"status"}`)
	if s := ann.want("status"); s["connections"] != 2.0 || s["threads"] != 1.0 {
		t.Fatalf("status: %v", s)
	}
}

func TestSubmitTakesALineAsUpdateDoes(t *testing.T) {
	_, url := start(t, eventlog.NewMemory())
	ann, ben := dial(t, url, "/"), dial(t, url, "/")
	ann.send(`{"type":"open","user":"Ann","title":"T"}`)
	id := ann.want("join")["thread"].(string)
	ann.send(`{"type":"new","value":"one"}`)
	ann.want("update")
	ben.send(`{"type":"join","user":"Ben","id":"` + id + `"}`)
	ben.want("join")
	ben.send(`{"type":"submit","line":0,"rev":2,"value":"one!"}`)
	if u := ben.want("update"); u["value"] != "one!" || u["line"] != 0.0 || u["submitted"] != true || u["mine"] != true {
		t.Fatalf("receipt %v", u)
	}
	ben.send(`{"type":"update","value":"next"}`) // no current line any more
	if u := ben.want("update"); u["line"] != 1.0 {
		t.Fatalf("receipt %v", u)
	}
}

// TestANewThreadCanBeJoinedAtOnce opens threads over HTTP and joins each as
// soon as the answer is there.
func TestANewThreadCanBeJoinedAtOnce(t *testing.T) {
	s, url := start(t, eventlog.NewMemory())
	c := dial(t, url, "/ws")
	for i := range 500 {
		id, err := s.api.NewThread(context.Background(), fmt.Sprint("T", i), "", people.Identity{Name: "Ann", Kind: "cli"})
		if err != nil {
			t.Fatal(err)
		}
		c.send(`{"type":"join","user":"Ann","id":"` + string(id) + `"}`)
		c.want("join")
	}
}
