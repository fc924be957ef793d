package authority

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"parodywave/server/internal/wire"
)

// frames describes what a connection was sent, and empties it.
func frames(c *conn) string {
	var out []string
	for _, m := range c.down {
		switch m := m.(type) {
		case Entries:
			out = append(out, fmt.Sprintf("%d-%d", m.List[0].Revision, m.List[len(m.List)-1].Revision))
		case LineUpdate:
			s := fmt.Sprintf("line %d %q at %d", m.Line, m.Value, m.Revision)
			if m.Mine {
				s += " mine"
			}
			out = append(out, s)
		case Cursor:
			out = append(out, fmt.Sprintf("cursor %x at %v", m.Client[:2], m.Ranges))
		case Failed:
			out = append(out, "failed "+string(m.Err.Code))
		default:
			out = append(out, strings.TrimPrefix(fmt.Sprintf("%T", m), "authority."))
		}
	}
	c.down = nil
	return strings.Join(out, ", ")
}

// insert is elsewhere at the end of the text. No client reads what it causes.
func (s *scene) insert(text string) { s.elsewhere(s.auth.thread.Len(), s.auth.thread.Len(), text) }

// slowly sets the rate limit once all clients are there and the thread has
// rested.
func (s *scene) slowly(every time.Duration, burst int) {
	s.limit = RateLimit{every, burst}
	s.pass(1000)
}

func TestRestedThreadSendsAtOnceAndABusyOneOncePerInterval(t *testing.T) {
	s := newScene(t, "x")
	a, b := s.text("ada", ada), s.text("ben", ben)
	s.slowly(20*time.Millisecond, 1)
	s.insert("1")
	s.equal("the first of a rested thread", frames(a.conn), "3-3")
	s.insert("2")
	s.pass(19)
	s.insert("3")
	s.serve(1)
	s.equal("within the interval", frames(a.conn), "")
	s.pass(1)
	s.serve(1)
	s.equal("after it", frames(a.conn), "4-5")
	s.equal("the other", frames(b.conn), "3-3, 4-5")
	s.pass(12)
	s.insert("4")
	s.equal("12 ms after the last frame", frames(a.conn), "")
	s.pass(8)
	s.serve(1)
	s.equal("20 ms after it", frames(a.conn), "6-6")
	s.pass(20)
	s.serve(1)
	s.equal("nothing new", frames(a.conn), "")
	s.insert("5")
	s.equal("a rested thread", frames(a.conn), "7-7")
}

func TestBurstIsSentAtOnceAndThenPaidFor(t *testing.T) {
	s := newScene(t, "x")
	a := s.text("ada", ada)
	s.slowly(20*time.Millisecond, 3)
	for range 5 {
		s.insert("a")
	}
	s.equal("three of five", frames(a.conn), "3-3, 4-4, 5-5")
	s.pass(20)
	s.serve(1)
	s.equal("the others in one", frames(a.conn), "6-7")
	s.insert("b")
	s.equal("nothing is left over", frames(a.conn), "")
	s.pass(80)
	s.serve(1)
	s.equal("and then", frames(a.conn), "8-8")
}

func TestFewPeersAreSentEntriesEarly(t *testing.T) {
	s := newScene(t, "x")
	a, l := s.text("ada", ada), s.line("ben", ben)
	s.slowly(20*time.Millisecond, 1)
	s.world.flush = 2
	s.insert("1")
	s.insert("2")
	s.insert("3")
	s.equal("both", frames(a.conn)+"; "+frames(l.conn), `3-3, 4-4, 5-5; line 0 "x1" at 3, line 0 "x12" at 4, line 0 "x123" at 5`)
	s.text("cleo", ben)
	s.insert("4")
	s.equal("three are too many", frames(a.conn), "")
	s.pass(20)
	s.serve(1)
	s.equal("in the next interval", frames(a.conn), "6-6")
}

func TestClockThatGoesBackDoesNotSilenceAThread(t *testing.T) {
	s := newScene(t, "x")
	a := s.text("ada", ada)
	s.slowly(20*time.Millisecond, 1)
	s.insert("1")
	s.clock -= 1_000_000
	s.insert("2")
	s.pass(20)
	s.serve(1)
	s.equal("an hour back", frames(a.conn), "3-3, 4-4")
}

func TestLaggingPeerIsSentAllInOneFrameAndDelaysNobody(t *testing.T) {
	s := newScene(t, "x")
	a, b := s.text("ada", ada), s.text("ben", ben)
	a.conn.full = 2
	for range 10 {
		s.insert("a")
	}
	s.equal("the peer that reads nothing", frames(a.conn), "3-3, 4-4")
	if got := frames(b.conn); strings.Count(got, ",") != 9 {
		t.Errorf("the peer that reads everything was sent %s", got)
	}
	s.drained(a.conn)
	s.work()
	s.insert("b")
	s.equal("what it lacked", frames(a.conn), "5-12, 13-13")
}

// work does the server's own tasks.
func (s *scene) work() {
	for len(s.tasks) > 0 {
		f := s.tasks[0]
		s.tasks = s.tasks[1:]
		f()
		s.serve(testInbox)
	}
}

func TestPeerFarBehindIsStreamedFromTheLog(t *testing.T) {
	s := newScene(t, "x")
	s.auth.recent.max, s.auth.recent.age = 4, 0
	a, b := s.text("ada", ada), s.text("ben", ben)
	a.conn.full = 1
	for range 100 {
		s.insert("a")
		s.take(b)
	}
	s.equal("few recent entries", len(s.auth.recent.entries) < 10, true)
	s.flow()
	s.flow()
	s.equal("revision", a.rev, s.auth.thread.Revision)
	s.equal("text", string(rune(len(a.doc))), string(rune(s.auth.thread.Len())))
	s.insert("b")
	s.flow()
	s.equal("revision later", a.rev, s.auth.thread.Revision)
}

// take has one client read what it was sent.
func (s *scene) take(c *textClient) {
	for _, m := range c.conn.down {
		c.receive(m)
	}
	c.conn.down = nil
	s.check(c.problem)
}

// TestFramesOfABroadcastEndInTheSameEntries has peers stop reading at different
// revisions. One broadcast serves all of them, the peers that lack most first,
// and none is streamed from the log.
func TestFramesOfABroadcastEndInTheSameEntries(t *testing.T) {
	s := newScene(t, "x")
	const n = 24
	var all []*textClient
	for i := range n {
		all = append(all, s.text(fmt.Sprint("peer", i), ada))
	}
	s.stopOneByOne(all, 1)
	var order []string
	s.sent = func(c *conn, _ any) { order = append(order, c.name+" "+frames(c)) }
	s.insert("b")
	s.equal("messages", len(order), n)
	s.equal("the first", order[0], "peer0 3-27")
	s.equal("the last", order[n-1], "peer23 26-27")
	s.equal("tasks", len(s.tasks), 0)
}

// stopOneByOne has the clients stop reading one after the other, with n
// entries between, and then all read again.
func (s *scene) stopOneByOne(clients []*textClient, entries int) {
	for i := range clients {
		clients[i].conn.waits = true
		for range entries {
			s.insert("a")
		}
		for _, c := range clients[i+1:] {
			s.take(c)
		}
	}
	for _, c := range clients {
		c.conn.waits = false
	}
}

// TestBroadcastIsBoundedForLaggingPeers has peers lag so far behind that one
// broadcast cannot serve all of them; the next ones do.
func TestBroadcastIsBoundedForLaggingPeers(t *testing.T) {
	s := newScene(t, "x")
	const n, entries = 24, 40
	var all []*textClient
	for i := range n {
		all = append(all, s.text(fmt.Sprint("peer", i), ada))
	}
	s.auth.catchUpMax = 1 << 20
	s.stopOneByOne(all, entries)
	s.slowly(20*time.Millisecond, 1)
	s.insert("b")
	count := func() (told int) {
		for _, c := range all {
			s.take(c)
			if c.rev == s.auth.thread.Revision {
				told++
			}
		}
		return told
	}
	if first := count(); first == 0 || first == n {
		t.Errorf("in the first broadcast %d of %d were served", first, n)
	}
	for range 3 {
		s.pass(20)
		s.serve(1)
	}
	s.equal("in the end", count(), n)
	s.equal("tasks", len(s.tasks), 0)
}

func TestRefusalDoesNotOvertakeOwnEntries(t *testing.T) {
	s := newScene(t, "milk")
	a, b := s.text("ada", ada), s.text("ben", ben)
	s.slowly(20*time.Millisecond, 1)
	s.insert("1")
	frames(a.conn)
	s.auth.Push(a.conn, wire.Push{Client: a.id, Seq: 1, Rev: 3, Changes: changes(t, `[5,[0,"!"]]`)})
	s.auth.Push(a.conn, wire.Push{Client: a.id, Seq: 9, Rev: 3, Changes: changes(t, `[5,[0,"!"]]`)})
	s.serve(2)
	s.equal("the refused peer", frames(a.conn), "4-4, failed stale")
	s.equal("the other", frames(b.conn), "3-3")
	s.pass(20)
	s.serve(1)
	s.equal("then", frames(b.conn), "4-4")
	s.equal("nothing twice", frames(a.conn), "")
}

func TestWriterIsSentItsEditsEarlyAndOnce(t *testing.T) {
	s := newScene(t, "milk")
	a, b := s.text("ada", ada), s.text("ben", ben)
	s.slowly(20*time.Millisecond, 1)
	s.world.flush = 1
	s.insert("1")
	s.insert("2")
	s.equal("both", frames(a.conn)+" "+frames(b.conn), "3-3 3-3")
	s.auth.Push(a.conn, wire.Push{Client: a.id, Seq: 1, Rev: 3, Changes: changes(t, `[5,[0,"!"]]`)})
	s.serve(1)
	s.equal("the writer", frames(a.conn), "4-5")
	s.equal("the other", frames(b.conn), "")
	s.insert("3")
	s.pass(20)
	s.serve(1)
	s.equal("the writer then", frames(a.conn), "6-6")
	s.equal("the other then", frames(b.conn), "4-6")
	s.world.flush = 0
	s.auth.Push(a.conn, wire.Push{Client: a.id, Seq: 2, Rev: 6, Changes: changes(t, `[8,[0,"!"]]`)})
	s.serve(1)
	s.equal("where that may not be", frames(a.conn), "")
}

func TestPeerThatJoinsWithinAnIntervalIsSentNothingTwice(t *testing.T) {
	s := newScene(t, "x")
	a := s.text("ada", ada)
	s.slowly(20*time.Millisecond, 1)
	s.insert("1")
	s.insert("2") // waits
	b := s.text("ben", ben)
	s.equal("revision joined at", b.rev, 4)
	s.pass(20)
	s.insert("3")
	s.pass(20)
	s.flow()
	s.equal("revisions", fmt.Sprint(a.rev, b.rev), "5 5")
}

func TestLineModeIsSentTheLatestOfAnIntervalAndEveryReceipt(t *testing.T) {
	s := newScene(t, "milk\nbread")
	a, b := s.line("ada", ada), s.line("ben", ben)
	s.slowly(20*time.Millisecond, 1)
	a.updateAt(0, 2, "milk 1")
	s.up()
	s.serve(1)
	s.equal("at once", frames(b.conn), `line 0 "milk 1" at 3`)
	for i := 2; i <= 5; i++ {
		a.update(fmt.Sprint("milk ", i))
		s.up()
		s.serve(1)
	}
	s.equal("a receipt for each, at once", frames(a.conn), `line 0 "milk 1" at 3 mine, line 0 "milk 2" at 4 mine, `+
		`line 0 "milk 3" at 5 mine, line 0 "milk 4" at 6 mine, line 0 "milk 5" at 7 mine`)
	s.equal("nothing yet", frames(b.conn), "")
	s.pass(20)
	s.serve(1)
	s.equal("the latest", frames(b.conn), `line 0 "milk 5" at 7`)
	s.equal("nothing more", frames(a.conn), "")
}

// TestReceiptComesWithTheLinesThatItsPeerLacks: otherwise a client would append
// new lines in the wrong order.
func TestReceiptComesWithTheLinesThatItsPeerLacks(t *testing.T) {
	s := newScene(t, "milk")
	a, b := s.line("ada", ada), s.line("ben", ben)
	s.slowly(20*time.Millisecond, 1)
	s.insert("!")
	frames(a.conn)
	frames(b.conn)
	s.insert("\nbread")
	s.insert("\neggs")
	a.begin("tea")
	s.up()
	s.serve(1)
	s.equal("ada", frames(a.conn), `line 1 "bread" at 6, line 2 "eggs" at 6, line 3 "tea" at 6 mine`)
	s.equal("ben", frames(b.conn), "")
	s.pass(20)
	s.serve(1)
	s.equal("ben then", frames(b.conn), `line 1 "bread" at 6, line 2 "eggs" at 6, line 3 "tea" at 6`)
}

func TestLaggingLinePeerIsSentWhatTheLinesReadByThen(t *testing.T) {
	s := newScene(t, "milk")
	a, b := s.line("ada", ada), s.line("ben", ben)
	a.conn.waits = true
	for i := range 50 {
		s.insert(fmt.Sprintf("\n%d", i%10))
		s.elsewhere(0, 1, "M")
	}
	s.equal("while it takes nothing", frames(a.conn), "")
	s.down()
	s.drained(a.conn)
	s.flow()
	s.shows(a, rowsText(b)...)
	s.equal("updates", len(a.heard), 51)
	s.equal("what is kept", len(s.auth.fanout.touched), 0)

	a.conn.waits = true // a resync waits, too
	s.elsewhere(0, 0, "first\n")
	s.wait()
	s.equal("while it takes nothing", frames(a.conn), "")
	s.drained(a.conn)
	s.flow()
	s.wait()
	s.shows(a, rowsText(b)...)
}

func rowsText(c *lineClient) (out []string) {
	for _, r := range c.data {
		out = append(out, r.value)
	}
	return out
}

func TestCursorsOfAnIntervalAreSentOnceAndAfterTheEntries(t *testing.T) {
	s := newScene(t, "milk")
	a, b := s.text("ada", ada), s.text("ben", ben)
	s.slowly(20*time.Millisecond, 1)
	s.insert("1")
	frames(b.conn)
	s.insert("2")
	for i := range 5 {
		s.auth.Cursor(a.conn, 4, [][2]int{{i, i}})
	}
	s.serve(5)
	s.equal("within the interval", frames(b.conn), "")
	s.pass(20)
	s.serve(1)
	s.equal("after it", frames(b.conn), "4-4, cursor 0101 at [[4 4]]")
	s.auth.Cursor(a.conn, 4, [][2]int{{1, 1}})
	s.serve(1)
	s.leave(a.conn)
	s.pass(20)
	s.serve(1)
	s.equal("the peer that left", frames(b.conn), "cursor 0101 at []")
}

func TestLaggingPeerIsSentAllCursorsAndRemovals(t *testing.T) {
	s := newScene(t, "milk")
	a, b, c := s.text("ada", ada), s.text("ben", ben), s.text("cleo", ben)
	s.auth.Cursor(a.conn, 2, [][2]int{{1, 1}})
	s.serve(1)
	s.equal("before", frames(b.conn), "cursor 0101 at [[1 1]]")
	b.conn.waits = true
	s.leave(a.conn)
	s.auth.Cursor(c.conn, 2, [][2]int{{3, 3}})
	s.serve(1)
	s.equal("while it takes nothing", frames(b.conn), "")
	s.drained(b.conn)
	s.work()
	s.equal("then", frames(b.conn), "cursor 0101 at [], cursor 0103 at [[3 3]]")
	s.auth.Cursor(c.conn, 2, [][2]int{{4, 4}})
	s.serve(1)
	s.equal("and on", frames(b.conn), "cursor 0103 at [[4 4]]")
	s.equal("what is kept", len(s.auth.fanout.gone), 0)
}

func TestManyCursorsTakeSeveralBroadcasts(t *testing.T) {
	s := newScene(t, "milk")
	b := s.text("ben", ben)
	var all []*textClient
	for i := range 3 * cursorsMax / 2 {
		all = append(all, s.text(fmt.Sprint(i), ada))
	}
	s.slowly(20*time.Millisecond, 1)
	s.insert("1")
	for _, c := range all {
		s.auth.Cursor(c.conn, 2, [][2]int{{1, 1}})
		s.serve(1)
	}
	frames(b.conn)
	s.pass(20)
	s.serve(1)
	s.equal("in the first broadcast", len(cursors(b.conn)), cursorsMax)
	s.pass(20)
	s.serve(1)
	s.equal("in the second", len(cursors(b.conn)), len(all)-cursorsMax)
}

func TestEditsAreSettledBeforeTheyAreSent(t *testing.T) {
	s := newScene(t, "milk")
	a, l := s.text("ada", ada), s.line("ben", ben)
	var logged []string
	s.settled = func(c *conn, re string, ok bool) {
		logged = append(logged, fmt.Sprintf("%s %s %t, sent %d", c.name, re, ok, len(c.down)))
	}
	a.edit(changes(t, `[4,[0,"!"]]`)[0])
	a.push(1)
	l.begin("bread")
	s.up()
	s.serve(2)
	s.equal("logged", logged, "[ada update true, sent 0 ben new true, sent 0]")
}
