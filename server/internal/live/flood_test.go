package live

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"parodywave/eventlog"
	"parodywave/server/internal/quota"
	"parodywave/server/internal/wire"

	"github.com/gorilla/websocket"
)

// still is a clock that stands: rates give nothing back.
func still(l *Live) {
	now := time.Now()
	*l.stats = stats{now: func() time.Time { return now }, began: now.Add(-time.Hour)}
}

// floods has the bytes of each kind of frame that is no message.
var floods = map[string][]byte{
	"pings":               {0x89, 0x80, 1, 2, 3, 4},
	"pongs":               {0x8a, 0x80, 1, 2, 3, 4},
	"empty messages":      {0x81, 0x80, 1, 2, 3, 4},
	"empty continuations": {0x00, 0x80, 1, 2, 3, 4},
}

// flood sends as many frames as may come at once, several times, and returns the code of
// the close that answers them, 0 if the connection stays.
func flood(t *testing.T, url string, frame []byte) int {
	t.Helper()
	c, _, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(url, "http"), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	var all []byte
	if frame[0] == 0x00 {
		all = append(all, 0x01, 0x81, 0, 0, 0, 0, 'H') // begins a message
	}
	for range 8 * wire.DefaultLimits().FramesBurst {
		all = append(all, frame...)
	}
	if frame[0] == 0x00 {
		all = append(all, 0x80, 0x81, 0, 0, 0, 0, 'B')
	}
	go func() {
		_, _ = c.NetConn().Write(all)
		_ = c.WriteMessage(websocket.TextMessage, []byte(`{"type":"nonsense"}`))
	}()
	_ = c.SetReadDeadline(time.Now().Add(patience))
	for {
		_, b, err := c.ReadMessage()
		var closed *websocket.CloseError
		switch {
		case errors.As(err, &closed):
			return closed.Code
		case err != nil:
			return -1
		case strings.Contains(string(b), `unknown_type`):
			return 0
		}
	}
}

// TestRatesCountFramesOfEveryKind: a flood of frames that are no messages ends the
// connection like one of messages.
func TestRatesCountFramesOfEveryKind(t *testing.T) {
	l := newLiveOn(t, eventlog.NewMemory(), time.Now, still)
	web := httptest.NewServer(l)
	defer web.Close()
	for name, frame := range floods {
		if code := flood(t, web.URL, frame); code != wire.ClosePolicy {
			t.Errorf("a flood of %s is closed with %d", name, code)
		}
	}
}

// TestRatesThatCountMessagesOnly is the twin: only empty messages are noticed.
func TestRatesThatCountMessagesOnly(t *testing.T) {
	l := newLiveOn(t, eventlog.NewMemory(), time.Now, still)
	l.allowHeaders = func(*peer, int) bool { return true }
	web := httptest.NewServer(l)
	defer web.Close()
	for name, frame := range floods {
		if code := flood(t, web.URL, frame); (code == wire.ClosePolicy) != (name == "empty messages") {
			t.Errorf("a flood of %s is closed with %d", name, code)
		}
	}
}

// TestATollPaysForHeadersOnly: messages of any size are free, whatever order they are
// read in.
func TestATollPaysForHeadersOnly(t *testing.T) {
	paid := 0
	m := &toll{allow: func(n int) bool { paid += n; return true }}
	for range 1000 {
		header, body := int64(8), int64(70_000)
		if !m.due() {
			t.Fatal("it is refused")
		}
		m.read += header + body
		m.payload += body
	}
	m.due()
	if most := 1000 * 8; paid > most || paid < most-headersFree {
		t.Errorf("%d bytes are paid for, want %d", paid, most)
	}
}

// TestSocketsOfAnAddressAreBounded: one more is refused before the upgrade, and another
// is accepted when one has ended.
func TestSocketsOfAnAddressAreBounded(t *testing.T) {
	l := newLive(t)
	l.quotas = quota.New(quota.Limits{Sockets: 2})
	var from atomic.Value
	from.Store("192.0.2.7:1")
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.RemoteAddr = from.Load().(string)
		l.ServeHTTP(w, r)
	}))
	defer web.Close()
	dial := func() (*websocket.Conn, int) {
		c, resp, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(web.URL, "http"), nil)
		if err != nil && resp == nil {
			t.Fatal(err)
		}
		return c, resp.StatusCode
	}
	first, _ := dial()
	_, _ = dial()
	if _, status := dial(); status != http.StatusTooManyRequests {
		t.Errorf("a third socket is answered %d", status)
	}
	from.Store("192.0.2.8:1")
	if _, status := dial(); status != http.StatusSwitchingProtocols {
		t.Errorf("another address is answered %d", status)
	}
	from.Store("192.0.2.7:2")
	_ = first.Close()
	for end := time.Now().Add(patience); ; time.Sleep(time.Millisecond) {
		if _, status := dial(); status == http.StatusSwitchingProtocols {
			break
		} else if time.Now().After(end) {
			t.Fatalf("after one has ended, another is answered %d", status)
		}
	}
}

// TestAnAddressThatWritesTooMuchIsRefused: the message has no effect, and the connection
// stays.
func TestAnAddressThatWritesTooMuchIsRefused(t *testing.T) {
	l := newLive(t)
	l.quotas = quota.New(quota.Limits{Opens: 1e-9, OpensBurst: 1, Written: 1e-9, WrittenBurst: 100})
	web := httptest.NewServer(l)
	defer web.Close()
	c := dial(t, web.URL)
	c.send(`{"type":"open","user":"Ann","title":"T"}`)
	c.want("join")
	c.send(`{"type":"open","user":"Ann","title":"T"}`)
	if e := c.want("error"); e["code"] != "rate_limited" {
		t.Errorf("a second thread is answered %v", e)
	}
	c.send(`{"type":"new","value":"` + strings.Repeat("x", 50) + `"}`)
	c.want("update")
	c.send(`{"type":"update","value":"` + strings.Repeat("y", 60) + `"}`)
	if e := c.want("error"); e["code"] != "rate_limited" {
		t.Errorf("too many bytes are answered %v", e)
	}
}
