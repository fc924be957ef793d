package live

import (
	"encoding/json"
	"fmt"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"parodywave/server/internal/wire"

	"github.com/gorilla/websocket"
)

// A typing is a thread with a writer in text mode, whose edits each replace the
// whole text.
type typing struct {
	*client
	t      *testing.T
	id     string
	seq    int
	length int
}

func startTyping(t *testing.T, l *Live, url string) *typing {
	t.Helper()
	l.limits.Bytes, l.limits.BytesBurst = 1<<30, 1<<30 // before anybody connects
	l.limits.Frames, l.limits.FramesBurst = 1<<30, 1<<30
	w := &typing{client: dial(t, url), t: t}
	w.send(`{"type":"open","user":"Ann","title":"T"}`)
	w.id = w.want("join")["thread"].(string)
	w.join(w.client, clientA)
	return w
}

func (w *typing) join(c *client, id string) {
	w.t.Helper()
	c.send(`{"type":"join","user":"Ann","id":"` + w.id + `","mode":"text","client":"` + id + `"}`)
	c.want("join")
}

// put replaces the text by n units, and waits for the receipt.
func (w *typing) put(n int) {
	w.t.Helper()
	w.seq++
	w.send(fmt.Sprintf(`{"type":"update","client":"%s","seq":%d,"rev":%d,"changes":[[[%d,"%s"]]]}`,
		clientA, w.seq, w.seq, w.length, strings.Repeat(string(rune('a'+w.seq%26)), n)))
	w.length = n
	for {
		u := w.want("update")
		if list := u["updates"].([]any); list[len(list)-1].(map[string]any)["seq"] == float64(w.seq) {
			return
		}
	}
}

// dialSmall connects with a small window, so that the server soon sees that a
// client does not read.
func dialSmall(t *testing.T, url string) *client {
	t.Helper()
	c := dial(t, url)
	if err := c.conn.NetConn().(*net.TCPConn).SetReadBuffer(32 << 10); err != nil {
		t.Fatal(err)
	}
	return c
}

// stick has n peers join, in both modes in turn, that never read.
func (w *typing) stick(url string, n int) {
	w.t.Helper()
	for i := range n {
		c := dialSmall(w.t, url)
		if i%2 == 0 {
			w.join(c, fmt.Sprintf("01J9Z4000000000000000000B%d", i))
			continue
		}
		c.send(`{"type":"join","user":"Ben","id":"` + w.id + `"}`)
		c.want("join")
	}
}

// TestBacklogOfStuckReadersIsBoundedAndHoldsNobodyUp writes far more than may
// wait; the writer has its receipt for each before it writes the next.
func TestBacklogOfStuckReadersIsBoundedAndHoldsNobodyUp(t *testing.T) {
	l, url := start(t)
	l.peers.writeTimeout = time.Hour
	w := startTyping(t, l, url)
	const stuck, size, entries = 4, 20_000, 600
	w.stick(url, stuck)
	var most int64
	for range entries {
		w.put(size)
		most = max(most, l.peers.queued.Load())
	}
	t.Logf("at most %d bytes waited", most)
	if bound := int64(stuck * (catchUpLag + wire.UpdateFrameBytes)); most > bound || bound > stuck*size*entries/10 {
		t.Errorf("%d bytes waited, more than %d", most, bound)
	}
	if n := l.peers.count(); n != stuck+1 {
		t.Errorf("%d are still there, want all of %d", n, stuck+1)
	}
}

func TestStuckReadersAreClosed(t *testing.T) {
	l, url := start(t)
	l.peers.writeTimeout = 200 * time.Millisecond
	w := startTyping(t, l, url)
	w.stick(url, 2)
	for end := time.Now().Add(patience); l.peers.count() > 1; w.put(20_000) {
		if time.Now().After(end) {
			t.Fatalf("%d peers that read nothing are still there", l.peers.count()-1)
		}
	}
	until(t, "nothing waits", func() bool { return l.peers.queued.Load() == 0 })
}

// TestSlowReaderGetsEveryEntryOnceInFewFrames has a peer read much slower than
// another writes, while the entries that it lacks are in memory and later.
func TestSlowReaderGetsEveryEntryOnceInFewFrames(t *testing.T) {
	l, url := start(t)
	l.peers.writeTimeout = time.Hour // the reader is slow, but not that slow
	w := startTyping(t, l, url)
	c := dialSmall(t, url)
	w.join(c, "01J9Z40000000000000000000B")
	const entries, size = 4000, 500
	done := make(chan struct{})
	var wrote atomic.Int64
	go func() {
		for range entries {
			w.put(size)
			wrote.Add(1)
		}
		close(done)
	}()
	next, frames := 2.0, 0
	for next <= entries+1 {
		for ended := false; !ended && wrote.Load() < int64(40*frames); { // however slow the writer is
			select {
			case <-done:
				ended = true
			case <-time.After(time.Millisecond):
			}
		}
		_ = c.conn.SetReadDeadline(time.Now().Add(patience))
		_, frame, err := c.conn.ReadMessage()
		if err != nil {
			t.Fatal(err)
		}
		var m struct {
			Type    string
			Rev     float64
			Updates []struct{ Rev float64 }
		}
		if err := json.Unmarshal(frame, &m); err != nil {
			t.Fatal(err)
		}
		if m.Type != "update" {
			continue
		}
		frames++
		for _, e := range m.Updates {
			if e.Rev != next {
				t.Fatalf("revision %v, want %v", e.Rev, next)
			}
			next++
		}
		if m.Rev != next-1 {
			t.Fatalf("frame of revision %v ends at %v", m.Rev, next-1)
		}
	}
	t.Logf("%d entries in %d frames", entries, frames)
	if frames > entries/2 {
		t.Errorf("%d entries came in %d frames", entries, frames)
	}
	w.put(size) // then all is as usual
	if u := c.want("update"); u["rev"] != float64(entries+2) {
		t.Errorf("then came revision %v", u["rev"])
	}
}

// TestPushesToWhoDoesNotReadAreReplaced: only the newest frame of status, list and
// people waits.
func TestPushesToWhoDoesNotReadAreReplaced(t *testing.T) {
	l := &Live{peers: newPeerSet()}
	p := &peer{l: l, writing: true} // as if its writer were stuck
	for i := range 1000 {
		p.offer(statusKind, []byte(fmt.Sprint("status", i)))
		p.offer(peopleKind, []byte(fmt.Sprint("people", i)))
		p.control(control{websocket.PongMessage, fmt.Sprint(i % 10)})
		if i%500 == 0 {
			p.Send([]byte(fmt.Sprint("answer", i)))
		}
	}
	got, bytes := []string{}, 0
	for _, f := range p.queue.frames {
		if bytes += len(f); len(f) > 3 {
			got = append(got, string(f))
		}
	}
	if want := "[answer0 answer500 status999 people999]"; fmt.Sprint(got) != want {
		t.Errorf("there wait %v, want %s", got, want)
	}
	if p.queue.bytes != bytes || l.peers.queued.Load() != int64(bytes) {
		t.Errorf("%d bytes are counted for it and %d for all; there are %d", p.queue.bytes, l.peers.queued.Load(), bytes)
	}
	if q := p.queue.take(); q.counted() != 4 || q.answer.data != "9" || p.queue.waits() != bytes || !p.queue.empty() {
		t.Errorf("%d of %d count, %q is the answer, %d bytes wait", q.counted(), len(q.frames), q.answer.data, p.queue.waits())
	}
}

// TestAnswersThatNobodyReadsEndTheConnection: an answer cannot be merged.
func TestAnswersThatNobodyReadsEndTheConnection(t *testing.T) {
	l, url := start(t)
	w := startTyping(t, l, url)
	w.put(20_000)
	c := dialSmall(t, url)
	for range 1000 {
		c.send(`{"type":"join","user":"Ben","id":"` + w.id + `"}`)
	}
	until(t, "it is gone", func() bool { return l.peers.count() == 1 })
	if n := l.peers.queued.Load(); n > queueBytes {
		t.Errorf("%d bytes wait", n)
	}
}

func TestFramesAreReadAsTheyWereMade(t *testing.T) {
	l, url := start(t)
	c := dial(t, url)
	c.want("status")
	p := l.peers.all(func(*peer) bool { return true })[0]
	for _, n := range []int{0, 1, 125, 126, 127, 65_535, 65_536, 1 << 20} {
		p.Send([]byte(strings.Repeat("x", n)))
		_ = c.conn.SetReadDeadline(time.Now().Add(patience))
		kind, payload, err := c.conn.ReadMessage()
		for err == nil && strings.HasPrefix(string(payload), "{") { // a status
			kind, payload, err = c.conn.ReadMessage()
		}
		if err != nil || kind != websocket.TextMessage || len(payload) != n {
			t.Errorf("%d bytes are read as %d of kind %d: %v", n, len(payload), kind, err)
		}
	}
}

func TestPingsAreAnsweredBesideFrames(t *testing.T) {
	_, url := start(t)
	c := dial(t, url)
	ponged := make(chan string, 1)
	c.conn.SetPongHandler(func(data string) error {
		ponged <- data
		return nil
	})
	if err := c.conn.WriteControl(websocket.PingMessage, []byte("hello"), time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	c.send(`{"type":"list"}`)
	c.want("list")
	if data := <-ponged; data != "hello" {
		t.Errorf("the answer to a ping has %q", data)
	}
}
