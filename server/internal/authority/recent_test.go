package authority

import (
	"testing"
	"time"
)

func TestRecentEntriesAreKeptWhileYoungAndDroppedAtRest(t *testing.T) {
	s := newScene(t, "x")
	w := &s.auth.recent
	insert := func(n int) {
		for range n {
			s.insert("a")
		}
	}
	insert(4 * recentMax) // within a moment
	s.equal("entries of a moment", len(w.entries), 4*recentMax+2)
	s.pass(recentAge + 1)
	s.insert("b")
	s.equal("entries later", len(w.entries), recentMax)
	s.equal("base", w.base, s.auth.thread.Revision-recentMax)
	s.pass(recentRest.Milliseconds() - recentAge)
	s.serve(1) // something was written since the timer was set
	s.equal("entries of a thread not at rest", len(w.entries), recentMax)
	s.pass(recentRest.Milliseconds())
	s.serve(1)
	s.equal("entries of a thread at rest", len(w.entries), recentIdle)
	if c := cap(w.entries); c > 2*recentIdle {
		t.Errorf("there is room for %d", c)
	}
	if c := cap(s.auth.batch.records); c != 0 {
		t.Errorf("the batch has room for %d records", c)
	}
	s.insert("c")
	s.equal("entries then", len(w.entries), recentIdle+1)
	insert(recentMost + recentMax)
	if n := len(w.entries); n > recentMost+recentMax {
		t.Errorf("%d entries of a moment are kept, want about %d", n, recentMost)
	}
	s.pass(10 * recentRest.Milliseconds())
	s.serve(testInbox)
}

// TestRateLimitedPeersAreSentEntriesFromMemory has the rate limit delay more
// entries than are usually kept: no peer is streamed them from the log.
func TestRateLimitedPeersAreSentEntriesFromMemory(t *testing.T) {
	s := newScene(t, "x")
	s.auth.recent.max, s.auth.recent.age = 4, 0
	c := s.text("ada", ada)
	s.limit = RateLimit{Every: time.Second, Burst: 1}
	const n = 40
	for range n {
		s.pass(1)
		s.elsewhere(0, 0, "a")
	}
	if got := len(c.conn.down); got > 1 {
		t.Fatalf("%d frames were sent within the interval", got)
	}
	s.pass(1000)
	s.serve(testInbox)
	s.equal("streams from the log", len(s.tasks), 0)
	s.down()
	s.equal("revision", c.rev, n+2)
	s.elsewhere(0, 0, "b")
	if got := len(s.auth.recent.entries); got > 8 {
		t.Errorf("%d entries are kept when all were sent", got)
	}
}

// TestLineAtARevisionFromBeforeAnybodyWasInLineMode: inverses of entries are
// kept only while a peer is in line mode, and otherwise the view is read from
// the log.
func TestLineAtARevisionFromBeforeAnybodyWasInLineMode(t *testing.T) {
	s := newScene(t, "milk\nbread")
	s.elsewhere(4, 4, "!")
	a := s.line("ada", ada)
	s.elsewhere(0, 0, "oat ")
	s.down()
	a.updateAt(0, 2, "milks")
	s.flow()
	s.reads("oat milk!s\nbread")
}

func TestBytesAreCountedThroughDeletions(t *testing.T) {
	s := newScene(t, "a안😀\nz")
	for _, d := range [][2]int{{1, 2}, {1, 4}, {0, 2}} {
		s.elsewhere(d[0], d[1], "글")
		s.equal("bytes", s.auth.bytes, len(s.auth.thread.Text()))
	}
}
