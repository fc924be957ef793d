package server

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"parodywave/eventlog"
)

// running counts the goroutines that are in a function.
func running(function string) int {
	stacks := make([]byte, 16<<20)
	stacks = stacks[:runtime.Stack(stacks, true)]
	return strings.Count(string(stacks), function)
}

// TestIdleConnectionsKeepOneGoroutine has many connections type at once and
// then do nothing: of those who served them none must be left.
func TestIdleConnectionsKeepOneGoroutine(t *testing.T) {
	_, url := start(t, eventlog.NewMemory())
	ann := dial(t, url, "/ws")
	ann.send(`{"type":"open","user":"Ann","title":"Idle"}`)
	id := ann.want("join")["thread"].(string)
	const peers, edits = 50, 20
	clients := make([]*client, peers)
	for i := range clients {
		clients[i] = dial(t, url, "/ws")
		clients[i].send(`{"type":"join","user":"Ben","id":"` + id + `"}`)
		clients[i].want("join")
	}
	for k := range edits {
		for i, c := range clients {
			c.send(fmt.Sprintf(`{"type":"submit","value":"%d of %d"}`, k, i))
		}
	}
	for i, c := range clients { // each peer's messages in their order
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
	if n := running("(*peer).readLoop("); n < peers {
		t.Fatalf("%d readers for %d peers", n, peers)
	}
	for end := time.Now().Add(handRest + patience); running("hands.loop(") > 0; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%d hands are left with nothing to do", running("hands.loop("))
		}
	}
}
