package server

import (
	"strings"
	"testing"
	"time"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/server/internal/people"
)

// TestWhoTakesNothingOfALongTextIsClosed as soon as one of whom little is wanted:
// what all of a long answer may take is a minute, and the answer is kept so long.
func TestWhoTakesNothingOfALongTextIsClosed(t *testing.T) {
	s, url := start(t, eventlog.NewMemory())
	s.peers.writeTimeout = 200 * time.Millisecond
	text := strings.Repeat("all of this is kept for one who does not read\n", 90_000)
	thread, err := s.api.NewThread(t.Context(), "long", text, people.Identity{Name: "Ada", Kind: event.Person})
	if err != nil {
		t.Fatal(err)
	}
	c := dialSmall(t, url)
	c.send(`{"type":"join","user":"Ben","mode":"text","client":"01J9Z40000000000000000000B","id":"` + string(thread) + `"}`)
	until(t, "the long answer waits", func() bool { return s.peers.queued.Load() > 1<<20 })
	begin := time.Now()
	until(t, "it is given up", func() bool { return s.peers.queued.Load() == 0 && s.peers.count() == 0 })
	t.Logf("after %v", time.Since(begin))

	c = dial(t, url, "/ws") // one who reads, in the end, gets it whole
	c.send(`{"type":"join","user":"Ben","mode":"text","client":"01J9Z40000000000000000000C","id":"` + string(thread) + `"}`)
	if j := c.want("join"); j["text"] != text {
		t.Error("the text came otherwise than it is")
	}
}
