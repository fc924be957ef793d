package live

import (
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"
)

// TestIdleConnectionsKeepOneGoroutine has many connections type at once and then
// do nothing: each keeps its reader, and nothing else.
func TestIdleConnectionsKeepOneGoroutine(t *testing.T) {
	_, url := start(t)
	ann := dial(t, url)
	ann.send(`{"type":"open","user":"Ann","title":"Idle"}`)
	id := ann.want("join")["thread"].(string)
	until(t, "the server is idle", func() bool {
		n := runtime.NumGoroutine()
		time.Sleep(20 * time.Millisecond)
		return runtime.NumGoroutine() == n
	})
	before := runtime.NumGoroutine()
	const peers, edits = 50, 20
	clients := make([]*client, peers)
	for i := range clients {
		clients[i] = dial(t, url)
		clients[i].send(`{"type":"join","user":"Ben","id":"` + id + `"}`)
		clients[i].want("join")
	}
	for k := range edits {
		for i, c := range clients {
			c.send(fmt.Sprintf(`{"type":"submit","value":"%d of %d"}`, k, i))
		}
	}
	for i, c := range clients { // the messages of each are served in their order
		for k := 0; k < edits; {
			u := c.want("update")
			if u["mine"] != true {
				continue
			}
			if want := fmt.Sprintf("%d of %d", k, i); u["value"] != want {
				t.Fatalf("receipt %d of peer %d is for %q", k, i, u["value"])
			}
			k++
		}
	}
	until(t, "each connection has one goroutine", func() bool { return runtime.NumGoroutine() <= before+peers })
}

// A heldReader gives a heartbeat once the channel is closed.
type heldReader chan struct{}

func (r heldReader) Read(b []byte) (int, error) {
	<-r
	return copy(b, "HB"), io.EOF
}

// TestWorkersEndWhenTheyRest: workers that serve at once wait for more work, and
// are gone when there was none for workerRest.
func TestWorkersEndWhenTheyRest(t *testing.T) {
	fakeTime(t, func(t *testing.T) {
		l := newLive(t)
		const peers = 20
		serve := func() {
			for range peers {
				go l.workers.serve(work{&peer{l: l, toll: &toll{}}, websocket.TextMessage, strings.NewReader(`HB`)})
			}
			synctest.Wait()
		}
		waiting := func() (n int) {
			release := make(chan struct{})
			for idle := true; idle; {
				w := work{&peer{l: l, toll: &toll{}}, websocket.TextMessage, heldReader(release)}
				w.p.serving.Add(1)
				select {
				case l.workers.messages <- w: // which occupies that worker
					n++
				default:
					idle = false
				}
			}
			close(release)
			synctest.Wait()
			return n
		}
		serve()
		if n := waiting(); n == 0 || n > peers {
			t.Errorf("%d workers wait for more work", n)
		}
		time.Sleep(workerRest + time.Second)
		synctest.Wait()
		if n := waiting(); n != 0 {
			t.Errorf("%d workers are left with nothing to do", n)
		}
	})
}
