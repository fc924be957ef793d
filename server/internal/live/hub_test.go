package live

import (
	"testing"
	"testing/synctest"
	"time"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
	"parodywave/projection"
	"parodywave/server/internal/authority"
	"parodywave/server/internal/wire"

	"github.com/gorilla/websocket"
)

// TestIdleThreadLeavesMemory: a thread in which nobody is leaves memory after
// idleAfter, which is announced, and comes back as it was; one in use stays.
func TestIdleThreadLeavesMemory(t *testing.T) {
	fakeTime(t, func(t *testing.T) {
		l := newLive(t)
		idled := make(chan eventlog.Stream, 2)
		l.hub.idled = func(s eventlog.Stream) { idled <- s }
		id, busy := l.open(t, "Ann", "Idle", "one\ntwo\n"), l.open(t, "Ben", "Busy", "")
		c := pipe(t, l)
		c.send(`{"type":"join","user":"Ben","id":"` + string(busy) + `"}`)
		c.want("join")
		listen(c)
		time.Sleep(idleAfter - time.Second)
		synctest.Wait()
		if n := len(l.hub.loaded()); n != 2 || len(idled) != 0 {
			t.Fatalf("%d threads are in memory, and %d have left it", n, len(idled))
		}
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if n := len(l.hub.loaded()); n != 1 || len(idled) != 1 {
			t.Errorf("%d threads are in memory, and %d have left it", n, len(idled))
		} else if left := <-idled; left != id {
			t.Errorf("%s has left memory instead of %s", left, id)
		}
		text := ""
		err := l.hub.With(t.Context(), id, func(a *authority.Authority) error {
			return a.View(t.Context(), func(t *projection.Thread, _ chain.Digest) { text = t.Text() })
		})
		if err != nil || text != "one\ntwo\n" {
			t.Errorf("the thread came back as %q, %v", text, err)
		}
	})
}

// TestAConnectionAfterTheEndIsToldWhy: a client that connects while the server
// stops must see the close that has it connect again.
func TestAConnectionAfterTheEndIsToldWhy(t *testing.T) {
	l, url := start(t)
	l.peers.closeAll(wire.CloseGoingAway, stoppingText)
	for range 50 {
		_, _, err := dial(t, url).conn.ReadMessage()
		if ce, ok := err.(*websocket.CloseError); !ok || ce.Code != wire.CloseGoingAway || ce.Text != stoppingText {
			t.Fatalf("the connection ended with %v", err)
		}
	}
}
