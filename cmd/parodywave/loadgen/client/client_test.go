package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"parodywave/eventlog"
	"parodywave/eventlog/ot"
	"parodywave/server"

	"github.com/gorilla/websocket"
)

// serve runs a server with a log in memory for the length of a test.
func serve(t *testing.T) string {
	t.Helper()
	s, err := server.New(t.Context(), server.Config{
		Log: eventlog.Store{AuditLog: eventlog.NewMemory()}, Listen: "127.0.0.1:0", Version: "test",
		Logger: slog.New(slog.NewTextHandler(io.Discard, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(s.Handler())
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := s.Shutdown(ctx); err != nil {
			t.Error(err)
		}
		web.Close()
	})
	return web.URL
}

func soon(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	t.Cleanup(cancel)
	return ctx
}

func textOf(t *testing.T, url, thread string) string {
	t.Helper()
	resp, err := http.Get(url + "/api/threads/" + thread + "/text")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("text: %s, %v", resp.Status, err)
	}
	return string(body)
}

func TestClientsConvergeOverCutConnections(t *testing.T) {
	seed := rand.Uint64()
	url := serve(t)
	ctx := soon(t)
	first, err := Dial(ctx, Options{URL: url, User: "Ann", Title: "Cuts"})
	if err != nil {
		t.Fatal(err)
	}
	clients := []*Client{first}
	for _, user := range []string{"Ben", "Cleo", "Ann"} {
		c, err := Dial(ctx, Options{URL: url, User: user, Thread: first.Thread()})
		if err != nil {
			t.Fatal(err)
		}
		clients = append(clients, c)
	}
	const edits = 400
	var all sync.WaitGroup
	for i, c := range clients {
		all.Go(func() {
			r := rand.New(rand.NewPCG(seed, uint64(i)))
			for n := range edits {
				word := fmt.Sprintf("%c%d ", 'a'+i, n)
				if r.IntN(8) == 0 {
					word += "\n"
				}
				if err := c.Edit(func(text *Text) ot.Change { return randomEdit(r, text.Len(), word) }); err != nil {
					t.Errorf("seed %d: %v", seed, err)
					return
				}
				if r.IntN(60) == 0 {
					c.Cut()
				}
				if r.IntN(4) == 0 {
					time.Sleep(time.Duration(r.IntN(2000)) * time.Microsecond)
				}
			}
			if err := c.Settle(ctx); err != nil {
				t.Errorf("seed %d: %v", seed, err)
			}
		})
	}
	all.Wait()
	const head = uint64(1 + 4*edits)
	want := textOf(t, url, first.Thread())
	resumes := 0
	for _, c := range clients {
		if err := c.Reach(ctx, head); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if got := c.String(); got != want || c.Rev() != head {
			t.Errorf("seed %d: revision %d, text\n%q\nand the server's\n%q", seed, c.Rev(), got, want)
		}
		resumes += c.Stats().Resumes
		if err := c.Close(); err != nil {
			t.Errorf("seed %d: %v", seed, err)
		}
	}
	if resumes == 0 {
		t.Errorf("seed %d: no connection was cut", seed)
	}
}

// liar is a server that answers a join with an empty text and then sends
// the frames.
func liar(t *testing.T, frames ...string) string {
	up := websocket.Upgrader{}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, err := up.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer conn.Close()
		if _, _, err := conn.ReadMessage(); err != nil {
			return
		}
		for _, f := range append([]string{`{"type":"join","thread":"T","rev":1,"chain":"00","text":""}`}, frames...) {
			if conn.WriteMessage(websocket.TextMessage, []byte(f)) != nil {
				return
			}
		}
		_, _, _ = conn.ReadMessage()
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// A client that believes everything would make every test that uses it pass.
func TestClientNoticesLies(t *testing.T) {
	entry := func(rev int, client, change string) string {
		return fmt.Sprintf(`{"type":"update","id":"T","rev":%d,"chain":"01","updates":[{"rev":%d,"user":"Ben","author":"B","client":"%s","seq":1,"at":1,"changes":%s}]}`,
			rev, rev, client, change)
	}
	for name, frames := range map[string][]string{
		"a revision twice":          {entry(2, "X", `[[0,"a"]]`), entry(2, "X", `[[0,"a"]]`)},
		"a revision left out":       {entry(3, "X", `[[0,"a"]]`)},
		"a change of another text":  {entry(2, "X", `[3,[0,"a"]]`)},
		"a beacon of another text":  {entry(2, "X", `[[0,"a"]]`), `{"type":"beacon","id":"T","rev":2,"length":1,"sha256":"00","chain":"01"}`},
		"a beacon of another chain": {entry(2, "X", `[[0,"a"]]`), `{"type":"beacon","id":"T","rev":2,"length":1,"sha256":"ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb","chain":"02"}`},
		"a length of another text":  {`{"type":"update","id":"T","rev":2,"chain":"01","updates":[{"rev":2,"user":"B","author":"B","at":1,"kind":"submitted","length":5,"lines":[0,0]}]}`},
	} {
		t.Run(strings.ReplaceAll(name, " ", "-"), func(t *testing.T) {
			ctx := soon(t)
			c, err := Dial(ctx, Options{URL: liar(t, frames...), User: "Ann", Thread: "T"})
			if err != nil {
				t.Fatal(err)
			}
			if err := c.Reach(ctx, 99); !errors.Is(err, ErrDiverged) {
				t.Errorf("the client went on: %v", err)
			}
			if err := c.Close(); !errors.Is(err, ErrDiverged) {
				t.Errorf("closed with %v", err)
			}
		})
	}
	c, err := Dial(soon(t), Options{URL: liar(t, entry(2, "X", `[[0,"a"]]`),
		`{"type":"beacon","id":"T","rev":2,"length":1,"sha256":"ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb","chain":"01"}`), User: "Ann", Thread: "T"})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Reach(soon(t), 2); err != nil || c.String() != "a" {
		t.Errorf("the truth is not believed: %v", err)
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
}
