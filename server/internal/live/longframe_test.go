package live

import (
	"strings"
	"testing"
	"time"
)

// TestWhoTakesNothingOfALongTextIsClosed as soon as a peer that does not read a
// short frame: all of a long answer may take a minute, and is in memory so long.
func TestWhoTakesNothingOfALongTextIsClosed(t *testing.T) {
	l, url := start(t)
	l.peers.writeTimeout = 200 * time.Millisecond
	text := strings.Repeat("all of this is kept for one who does not read\n", 90_000)
	thread := l.open(t, "Ada", "long", text)
	c := dialSmall(t, url)
	c.send(`{"type":"join","user":"Ben","mode":"text","client":"01J9Z40000000000000000000B","id":"` + string(thread) + `"}`)
	until(t, "the long answer waits", func() bool { return l.peers.queued.Load() > 1<<20 })
	begin := time.Now()
	until(t, "it is dropped", func() bool { return l.peers.queued.Load() == 0 && l.peers.count() == 0 })
	t.Logf("after %v", time.Since(begin))

	l.peers.writeTimeout = time.Hour // the next peer reads, however busy the machine is
	c = dial(t, url)
	c.send(`{"type":"join","user":"Ben","mode":"text","client":"01J9Z40000000000000000000C","id":"` + string(thread) + `"}`)
	if j := c.want("join"); j["text"] != text {
		t.Error("the text arrived changed")
	}
}
