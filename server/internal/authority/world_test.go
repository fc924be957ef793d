package authority

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"sort"
	"time"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/projection"
	"parodywave/server/internal/wire"
)

const stream = eventlog.Stream("01J9Z3N8QJ7C0V5R2K4M6T8W9X")

// testInbox is room for all requests that a test enqueues before it serves
// them.
const testInbox = 64

// A world is an authority with its log, clock, timers and connections. It has
// no goroutine: everything stands still until a test moves it.
type world struct {
	log    *brokenLog
	auth   *Authority
	clock  int64
	timers []timer
	ids    uint64
	tasks  []func() // the server's own work: streaming from the log
	drop   []*conn  // closed, to join again
	flaws  []string // what must not happen, but did
	limit  RateLimit
	flush  int // how many peers may be sent entries before the rate limit allows it

	frames    []any            // messages, copied; a frame is the index of one
	sent      func(*conn, any) // called with each message that is sent, if not nil
	settled   func(*conn, string, bool)
	unready   func(*conn)       // called with each peer that is not ready
	announced eventlog.Revision // the revision up to which batches were announced
	refusals  int
	behind    []int64

	beside bool             // whoever joins does so beside an append, if there is one
	ahead  bool             // wrong: whoever does so is shown what is not on disk yet
	setup  func(*Authority) // sets bounds and wrong parts of every new authority
}

type timer struct {
	at int64
	f  func()
}

// A conn is a connection, with the messages on their way up and down.
type conn struct {
	w        *world
	name     string
	up       []frame
	down     []any // messages, copied
	dead     bool  // the client does not read it any more
	left     bool  // Leave has returned
	sent     bool  // it has sent a push
	receipts uint64
	synced   int64
	page     func(n int) int // draws how the server divides a stream from the log into frames
	full     int             // it is not ready with that many messages; 0: always ready
	waits    bool            // Ready has returned false
	open     int             // edits that are not settled
}

// A frame is a message on its way up.
type frame struct {
	f    func()
	push bool // it may arrive twice
}

// Copies of messages that point to the thread, and what a close sends.
type (
	closed   struct{ code int }
	textJoin struct {
		rev   eventlog.Revision
		chain chain.Digest
		text  []uint16
		rows  []wire.Row
		reset bool
	}
	resumed struct{ since, head eventlog.Revision }
	lineRow struct {
		value     string
		author    eventlog.AuthorID
		submitted bool
	}
	lineJoin struct {
		rev      eventlog.Revision
		title    string
		data     []lineRow
		resync   bool
		current  int
		received uint64
	}
)

func newWorld(setup func(*Authority)) *world {
	w := &world{log: &brokenLog{AuditLog: eventlog.NewMemory()}, clock: 1_000_000, setup: setup}
	w.start()
	return w
}

// start starts an authority on the log.
func (w *world) start() {
	t, err := projection.Replay(context.Background(), projection.Plain(w.log.AuditLog), stream, 0)
	if err != nil {
		t = projection.NewThread(stream)
	}
	head, err := w.log.Head(context.Background(), stream)
	if err != nil {
		panic(err)
	}
	w.auth = New(Config{
		Stream: stream, Log: projection.Plain(w.log),
		Now:       func() int64 { return w.clock },
		Elapsed:   func() int64 { return w.clock },
		After:     func(d time.Duration, f func()) { w.timers = append(w.timers, timer{w.clock + d.Milliseconds(), f}) },
		NewClient: w.newClient,
		Room:      w,
		MaxText:   4 << 20,
		Logger:    slog.New(slog.NewTextHandler(io.Discard, nil)),
	}, t, head.Chain)
	w.announced = t.Revision
	w.auth.inbox = make(chan request, testInbox) // nobody reads from it meanwhile
	if w.setup != nil {
		w.setup(w.auth)
	}
}

// Announce, Refused, RateLimit and Flush implement Room. A batch must be in the
// log, follow the one announced before, and must not have been sent to a peer.
func (w *world) Announce(b Batch) {
	head, err := w.log.Head(context.Background(), stream)
	if err != nil {
		panic(err)
	}
	n := eventlog.Revision(len(b.Records))
	if last := b.After + n; n == 0 || last > head.Revision || b.Summary.Revision != last {
		w.flag("announced revisions %d to %d with the summary of %d, and the log is at %d", b.After+1, last, b.Summary.Revision, head.Revision)
	}
	if b.After != w.announced {
		w.flag("revisions %d and on are announced after revision %d", b.After+1, w.announced)
	}
	w.announced = b.After + n
}

func (w *world) Refused(error) { w.refusals++ }

func (w *world) Behind(ms int64) { w.behind = append(w.behind, ms) }

func (w *world) RateLimit(int) RateLimit { return w.limit }

func (w *world) Flush(peers int) bool { return peers <= w.flush }

func (w *world) newClient() eventlog.ClientID {
	w.ids++
	return eventlog.ClientID{15: byte(w.ids), 14: byte(w.ids >> 8), 0: 0xee}
}

func (w *world) flag(format string, args ...any) {
	w.flaws = append(w.flaws, fmt.Sprintf(format, args...))
}

// Frame, with Announce and the rest, implements Room.
func (w *world) Frame(m Message) []byte {
	if e, ok := m.(Entries); ok {
		last := e.List[len(e.List)-1].Revision
		if last > w.announced {
			w.flag("revision %d is sent, and announced is %d", last, w.announced)
		}
		if head, _ := w.log.Head(context.Background(), stream); last > head.Revision {
			w.flag("revision %d is sent, and the log is at %d", last, head.Revision)
		}
	}
	if r := shown(m); r > w.announced {
		w.flag("%T shows revision %d, and announced is %d", m, r, w.announced)
	}
	w.frames = append(w.frames, copied(m))
	return binary.AppendUvarint(nil, uint64(len(w.frames)-1))
}

// shown returns the revision that a join shows.
func shown(m Message) eventlog.Revision {
	switch m := m.(type) {
	case TextJoined:
		return m.Thread.Revision
	case Resumed:
		return m.Thread.Revision
	case LineJoined:
		return m.Thread.Revision
	}
	return 0
}

// message returns what is in a frame.
func (w *world) message(frame []byte) any {
	i, _ := binary.Uvarint(frame)
	return w.frames[i]
}

// Send, with the methods that follow, implements Peer.
func (c *conn) Send(frame []byte) {
	if frame == nil { // of a mute room
		return
	}
	m := c.w.message(frame)
	if c.left {
		c.w.flag("%s was sent %T after it had left", c.name, m)
	}
	switch m := m.(type) {
	case LineUpdate:
		if m.Mine {
			c.receipts++
		}
	case lineJoin:
		if m.resync && c.w.clock < c.synced+resyncPause {
			c.w.flag("%s was resynced twice within %d ms", c.name, c.w.clock-c.synced)
		}
		c.synced = c.w.clock
		if !m.resync {
			c.synced -= resyncPause
		}
	}
	if !c.dead {
		c.down = append(c.down, m)
	}
	if c.w.sent != nil {
		c.w.sent(c, m)
	}
}

func (c *conn) Ready() bool {
	c.waits = c.waits || c.full > 0 && !c.dead && len(c.down) >= c.full
	if c.waits && c.w.unready != nil {
		c.w.unready(c)
	}
	return !c.waits
}

func (c *conn) Stream(m CatchUp) { c.w.tasks = append(c.w.tasks, func() { c.w.catchUp(c, m) }) }

func (c *conn) Settled(re string, logged bool) {
	c.open--
	if c.w.settled != nil {
		c.w.settled(c, re, logged)
	}
}

func (c *conn) Unsettled() bool { return c.open > 0 }

func (c *conn) Close(code int, _ string) {
	if code == wire.CloseTryAgain {
		c.w.drop = append(c.w.drop, c)
	} else if !c.dead {
		c.down = append(c.down, closed{code})
	}
}

func (c *conn) Connection() (id eventlog.ClientID) { return id }

// drained calls Drained if the queue of a peer that was not ready is empty.
func (w *world) drained(c *conn) {
	if c.waits && len(c.down) == 0 {
		c.waits = false
		w.tasks = append(w.tasks, w.auth.Drained)
	}
}

// copied returns m in a form that may be kept.
func copied(m Message) any {
	switch m := m.(type) {
	case Entries:
		m.List = slices.Clone(m.List)
		return m
	case TextJoined:
		return textJoin{m.Thread.Revision, m.Chain, m.Thread.Units(0, m.Thread.Len()), blameRows(m.Thread), m.Reset}
	case Resumed:
		return resumed{m.Since, m.Thread.Revision}
	case LineJoined:
		j := lineJoin{rev: m.Thread.Revision, title: m.Thread.Title, resync: m.Resync, current: m.Current, received: m.Received}
		j.data = rowsOf(m.Thread)
		return j
	}
	return m
}

func rowsOf(t *projection.Thread) []lineRow {
	rows := []lineRow{}
	for r := range t.Rows() {
		rows = append(rows, lineRow{t.Content(r), r.Author, r.Submitted})
	}
	return rows
}

// catchUp streams entries from the log, as the server does.
func (w *world) catchUp(c *conn, m CatchUp) {
	t, err := ThreadAt(context.Background(), projection.Plain(w.log.AuditLog), stream, m.From)
	if err != nil {
		panic(err)
	}
	var list []Entry
	for e := range w.events(m.From) {
		if e.Revision > m.To {
			break
		}
		eff, err := t.Apply(e)
		if err != nil {
			panic(err)
		}
		list = append(list, Entry{e, t.Len(), Splices(t, &e, eff), Origins(t, &e)})
	}
	for len(list) > 0 && !c.dead {
		n := 1 + c.page(len(list))
		sum, err := w.log.ChainAt(context.Background(), stream, list[n-1].Revision)
		if err != nil {
			panic(err)
		}
		c.down = append(c.down, Entries{List: list[:n:n], Chain: sum})
		list = list[n:]
	}
	w.auth.Attach(c, m)
}

// events yields what the log holds after a revision.
func (w *world) events(after eventlog.Revision) func(func(event.Event) bool) {
	return func(yield func(event.Event) bool) {
		for r, err := range w.log.AuditLog.Read(context.Background(), stream, after) {
			if err != nil {
				panic(err)
			}
			e, err := event.Decode(r)
			if err != nil {
				panic(err)
			}
			if !yield(e) {
				return
			}
		}
	}
}

// serve has the authority handle up to n requests as one batch, and commit it.
func (w *world) serve(n int) {
	for ; n > 0; n-- {
		select {
		case r := <-w.auth.inbox:
			w.auth.handle(r)
			continue
		default:
		}
		break
	}
	w.auth.commit()
}

// do runs f in the authority when all requests before it are served.
func (w *world) do(f func()) {
	w.serve(testInbox)
	w.auth.handle(request{do: f})
}

// join has c join when all requests before are served or, in a world where that
// happens, beside their append: on the disk or not, it has not returned.
func (w *world) join(c *conn, f func(state)) {
	served := false
	if w.beside && !c.Unsettled() {
		w.log.inFlight = func() {
			for again := true; again && !served; {
				w.auth.beside.own <- struct{}{}
				_, again = w.auth.readBeside(context.Background(), &served, func(s state) bool {
					if w.auth.owes(c) {
						return false
					}
					if w.ahead {
						s.thread = w.auth.thread
					}
					f(s)
					return true
				})
			}
		}
		w.serve(testInbox)
		w.log.inFlight = nil
	}
	if !served {
		w.do(func() { f(w.auth.state()) })
	}
}

// resume has c join again as a client that saw something.
func (w *world) resume(c *conn, id eventlog.ClientID, resume *wire.Resume) (f *wire.Error) {
	r, f := w.auth.resuming(context.Background(), resume)
	if f == nil {
		w.do(func() { f = w.auth.joinText(c, ada, id, r, w.auth.state()) })
	}
	return f
}

// pass moves the clock and calls the timers that are due.
func (w *world) pass(ms int64) {
	w.clock += ms
	sort.SliceStable(w.timers, func(i, k int) bool { return w.timers[i].at < w.timers[k].at })
	for len(w.timers) > 0 && w.timers[0].at <= w.clock {
		f := w.timers[0].f
		w.timers = w.timers[1:]
		f()
	}
}

// leave has a connection leave.
func (w *world) leave(c *conn) {
	w.serve(testInbox)
	c.synced -= resyncPause // what was held may be sent at once
	w.do(func() {
		w.auth.leaveLine(c)
		w.auth.leaveText(c)
	})
	c.left = true
}

func units(s string) []uint16 {
	u, err := ot.Units(s)
	if err != nil {
		panic(err)
	}
	return u
}
