package live

import (
	"context"
	"encoding/json"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/projection"
	"parodywave/server/internal/people"
	"parodywave/server/internal/wire"

	"github.com/gorilla/websocket"
	"github.com/oklog/ulid/v2"
)

const clientA = "01J9Z40000000000000000000A"

// patience is how long tests wait for what must happen: long, since the machine
// may be busy.
const patience = time.Minute

// newLive returns a Live on an empty log, which lives as long as the test.
func newLive(t testing.TB) *Live { return newLiveOn(t, eventlog.NewMemory(), time.Now) }

// newLiveOn is newLive with a log, a clock, and changes before it starts.
func newLiveOn(t testing.TB, log eventlog.AuditLog, now func() time.Time, change ...func(*Live)) *Live {
	t.Helper()
	ignore := func(eventlog.Stream, eventlog.Revision, []eventlog.Record, error) {}
	l := New(Config{
		Log: projection.Plain(log), Directory: projection.NewDirectory(), People: people.New(log, projection.NewAuthors(), ignore, now),
		Appended: ignore, Idled: func(eventlog.Stream) {}, Limits: wire.DefaultLimits(), Logger: slog.Default(), Now: now,
		Place: event.Place{Run: ulid.Make(), Node: "test"},
	})
	for _, c := range change {
		c(l)
	}
	l.Start()
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := l.Shutdown(ctx); err != nil {
			t.Error(err)
		}
	})
	return l
}

// start serves a new Live on a loopback port.
func start(t testing.TB) (*Live, string) {
	t.Helper()
	l := newLive(t)
	web := httptest.NewServer(l)
	t.Cleanup(web.Close)
	return l, web.URL
}

// fakeTime runs a test in a bubble of fake time, which fails if goroutines are left
// a minute after the end of the test and its cleanups.
func fakeTime(t *testing.T, f func(*testing.T)) {
	synctest.Test(t, func(t *testing.T) {
		t.Cleanup(func() { time.Sleep(time.Minute) }) // the last cleanup: workers may rest
		f(t)
	})
}

// open begins a thread by an author who is not connected.
func (l *Live) open(t testing.TB, user, title, text string) eventlog.Stream {
	t.Helper()
	author, err := l.people.Resolve(t.Context(), people.Identity{Name: user, Kind: event.Cli})
	if err != nil {
		t.Fatal(err)
	}
	id, err := l.hub.Open(t.Context(), author, title, text)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// A client is one end of a connection.
type client struct {
	t    testing.TB
	conn *websocket.Conn
}

func dial(t testing.TB, url string) *client {
	t.Helper()
	conn, _, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(url, "http"), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return &client{t, conn}
}

// pipe connects to l without a network, as a test in fake time must.
func pipe(t testing.TB, l *Live) *client {
	t.Helper()
	ours, theirs := net.Pipe()
	server := &http.Server{Handler: l}
	listener := &once{conn: make(chan net.Conn, 1), closed: make(chan struct{})}
	listener.conn <- theirs
	go func() { _ = server.Serve(listener) }()
	dialer := websocket.Dialer{NetDialContext: func(context.Context, string, string) (net.Conn, error) { return ours, nil }}
	conn, _, err := dialer.Dial("ws://test/ws", nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = conn.Close(), server.Close() })
	return &client{t, conn}
}

// once is a listener with one connection.
type once struct {
	conn   chan net.Conn
	closed chan struct{}
	close  sync.Once
}

func (o *once) Accept() (net.Conn, error) {
	select {
	case c := <-o.conn:
		return c, nil
	case <-o.closed:
		return nil, net.ErrClosed
	}
}

func (o *once) Close() error   { o.close.Do(func() { close(o.closed) }); return nil }
func (o *once) Addr() net.Addr { return &net.TCPAddr{} }

func (c *client) send(frame string) {
	c.t.Helper()
	if err := c.conn.WriteMessage(websocket.TextMessage, []byte(frame)); err != nil {
		c.t.Fatal(err)
	}
}

// want returns the next message of a type, and skips others but errors.
func (c *client) want(kind string) map[string]any {
	c.t.Helper()
	for {
		_ = c.conn.SetReadDeadline(time.Now().Add(patience))
		_, frame, err := c.conn.ReadMessage()
		if err != nil {
			c.t.Fatalf("waiting for %s: %v", kind, err)
		}
		var m map[string]any
		if err := json.Unmarshal(frame, &m); err != nil {
			c.t.Fatalf("%s: %v", frame, err)
		}
		if m["type"] == kind {
			return m
		}
		if m["type"] == "error" {
			c.t.Fatalf("waiting for %s: %s", kind, frame)
		}
	}
}

// A listener reads everything that arrives on a connection.
type listener struct {
	*client
	mu     sync.Mutex
	frames []frame
}

// A frame is the fields of one that the tests look at.
type frame struct {
	Type, Code, ID, Thread    string
	At                        int64
	Connections, Threads      int
	Edits, Deliveries, Pushes uint64
	Ack                       *struct{ P50, P99, N float64 }
	Busiest, People           []map[string]any
	Total                     int
	Raw                       string `json:"-"`
}

func listen(c *client) *listener {
	l := &listener{client: c}
	_ = c.conn.SetReadDeadline(time.Time{})
	go func() {
		for {
			_, b, err := c.conn.ReadMessage()
			if err != nil {
				return
			}
			f := frame{Raw: string(b)}
			_ = json.Unmarshal(b, &f)
			l.mu.Lock()
			l.frames = append(l.frames, f)
			l.mu.Unlock()
		}
	}()
	return l
}

// all returns the frames of a type that have arrived, of any type if it is empty.
func (l *listener) all(kind string) (out []frame) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, f := range l.frames {
		if f.Type == kind || kind == "" {
			out = append(out, f)
		}
	}
	return out
}

// until waits for something to become true.
func until(t testing.TB, what string, f func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !f(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not in %v: %s", patience, what)
		}
	}
}
