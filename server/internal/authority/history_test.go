package authority

import (
	"fmt"
	"math/rand/v2"
	"time"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/projection"
	"parodywave/server/internal/wire"
)

// A history is one run of a world from a seed: people write in both modes, the
// network is hostile, the disk fails, the server is killed.
type history struct {
	*world
	rng   *rand.Rand
	texts []*textClient
	lines []*lineClient
	conns []*conn
	calm  bool // nothing fails any more
	trace []string
}

func newHistory(seed uint64, wrong func(*Authority), batches bool) *history {
	h := &history{rng: rand.New(rand.NewPCG(seed, 0))}
	small, cost := h.draw(3) > 0, h.draw(4) == 0
	h.world = newWorld(func(a *Authority) {
		if small {
			a.recent.max, a.recent.age, a.catchUpMax = 4, 0, 3
		}
		if cost {
			a.costMax = 12
		}
		if wrong != nil {
			wrong(a)
		}
	})
	if h.draw(3) > 0 {
		h.world.flush = h.draw(4)
		h.limit = RateLimit{time.Duration(1+h.draw(60)) * time.Millisecond, 1 + h.draw(3)}
	}
	h.beside = h.draw(2) == 0
	h.auth.post(nil, "", func() *wire.Error {
		h.auth.record(event.Opened{Title: "a thread"}, eventlog.AuthorID{1}, h.newClient(), 0)
		return nil
	})
	h.serve(1)
	for i := range 2 + h.draw(3) {
		c := &textClient{w: h.world, name: fmt.Sprintf("text%d", i), author: eventlog.AuthorID{2, byte(i / 2)}}
		c.id = eventlog.ClientID{1, byte(i)}
		c.batches, c.composes = batches, h.draw(2) == 0
		h.texts = append(h.texts, c)
	}
	for i := range h.draw(3) {
		h.lines = append(h.lines, &lineClient{w: h.world, name: fmt.Sprintf("line%d", i), author: eventlog.AuthorID{3, byte(i)}})
	}
	h.round() // all have joined, though not for long
	h.round()
	return h
}

func (h *history) draw(n int) int { return h.rng.IntN(n) }

func (h *history) note(format string, args ...any) {
	h.trace = append(h.trace, fmt.Sprintf(format, args...))
}

// step makes one random thing happen.
func (h *history) step() {
	switch n := h.draw(100); {
	case n < 24:
		h.typeText(h.texts[h.draw(len(h.texts))])
	case n < 32 && len(h.lines) > 0:
		h.typeLine(h.lines[h.draw(len(h.lines))])
	case n < 48:
		h.pushSome(h.texts[h.draw(len(h.texts))])
	case n < 64:
		h.up(h.live())
	case n < 74:
		k := 1 + h.draw(6)
		h.note("serve %d of %d", k, len(h.auth.inbox))
		h.serve(k)
	case n < 92:
		h.down(h.live())
	case n < 94:
		h.task()
	case n < 96:
		ms := int64(h.draw(400))
		h.note("%d ms pass", ms)
		h.pass(ms)
	case n < 99:
		h.network()
	default:
		h.fail()
	}
	h.look()
}

// live draws a connection, usually one of the newest.
func (h *history) live() int {
	n := len(h.conns)
	if k := len(h.texts) + len(h.lines); n > k && h.draw(8) > 0 {
		return n - 1 - h.draw(k)
	}
	return h.draw(n + 1)
}

// look restarts the authority if it stopped, and compares it with the log now
// and then.
func (h *history) look() {
	for _, c := range h.drop {
		h.cut(c)
	}
	h.drop = nil
	if h.auth.stopped {
		h.note("the authority has stopped; another starts")
		h.crash()
	}
	if h.draw(12) == 0 {
		h.compareReplay()
	}
}

func (h *history) open() *conn {
	c := &conn{w: h.world, name: fmt.Sprintf("conn%d", len(h.conns)), page: h.draw}
	if h.draw(2) == 0 {
		c.full = 1 + h.draw(6)
	}
	h.conns = append(h.conns, c)
	return c
}

// up delivers a message of a connection to the authority.
func (h *history) up(i int) bool {
	if i >= len(h.conns) || len(h.conns[i].up) == 0 || len(h.auth.inbox) > testInbox/2 {
		return false
	}
	c := h.conns[i]
	f := c.up[0]
	if h.calm || !f.push || h.draw(12) > 0 { // else it is delivered again
		c.up = c.up[1:]
	}
	h.note("%s: up", c.name)
	f.f()
	return true
}

func (h *history) down(i int) bool {
	if i >= len(h.conns) || len(h.conns[i].down) == 0 {
		return false
	}
	c := h.conns[i]
	m := c.down[0]
	c.down = c.down[1:]
	h.drained(c)
	h.note("%s: down %s", c.name, describe(m))
	for _, t := range h.texts {
		if t.conn == c {
			t.receive(m)
		}
	}
	for _, l := range h.lines {
		if l.conn == c {
			l.receive(m)
		}
	}
	return true
}

func (h *history) task() bool {
	if len(h.tasks) == 0 {
		return false
	}
	f := h.tasks[0]
	h.tasks = h.tasks[1:]
	h.note("stream from the log")
	f()
	return true
}

// network cuts a connection or opens one.
func (h *history) network() {
	if len(h.lines) > 0 && h.draw(3) == 0 {
		l := h.lines[h.draw(len(h.lines))]
		switch {
		case l.conn == nil:
			l.connect(h.open())
			h.note("%s connects: %s", l.name, l.conn.name)
		case h.draw(3) == 0:
			h.note("%s joins again", l.name)
			l.join()
		default:
			h.cut(l.conn)
		}
		return
	}
	c := h.texts[h.draw(len(h.texts))]
	if c.conn != nil {
		h.cut(c.conn)
		return
	}
	hostile := h.draw(3) == 0
	c.connect(h.open(), hostile)
	h.note("%s connects: %s, hostile %t", c.name, c.conn.name, hostile)
}

// cut ends a connection. Messages on the way up may arrive or not, those on the
// way down are lost, and the authority hears of the end later.
func (h *history) cut(c *conn) {
	if c.dead {
		return
	}
	h.note("%s is cut", c.name)
	c.dead, c.down = true, nil
	c.up = c.up[:h.draw(len(c.up)+1)]
	c.up = append(c.up, frame{f: func() {
		if !c.left {
			h.leave(c)
		}
	}})
	for _, t := range h.texts {
		if t.conn == c {
			t.conn = nil
		}
	}
	for _, l := range h.lines {
		if l.conn == c {
			l.conn = nil
		}
	}
}

// fail breaks the disk or the server, or has another writer append.
func (h *history) fail() {
	switch n := h.draw(10); {
	case n < 2:
		h.note("the next append is refused")
		h.log.next = refused
	case n < 4:
		h.note("the next append is lost")
		h.log.next = lost
	case n < 6:
		h.note("the next append is kept, but nobody knows")
		h.log.next = keptUnknown
	case n < 7:
		h.note("the next append is lost, and then the log cannot be read")
		h.log.next, h.log.readFail = lost, true
	case n < 9:
		h.note("killed")
		h.crash()
	default:
		h.otherWriter()
	}
}

func (h *history) crash() {
	for _, c := range h.conns {
		h.cut(c)
		c.up, c.left = nil, true
	}
	h.tasks, h.timers = nil, nil
	h.log.next, h.log.readFail = kept, false
	h.start()
}

// otherWriter appends to the log without the authority.
func (h *history) otherWriter() {
	t, err := projection.Replay(h.ctx(), projection.Plain(h.log.AuditLog), stream, 0)
	if err != nil {
		panic(err)
	}
	f := event.Payload(event.Renamed{Title: fmt.Sprintf("title %d", t.Revision)})
	if h.draw(2) == 0 {
		f = event.Changed{Change: ot.Replace(t.Len(), t.Len(), t.Len(), units(fmt.Sprintf("\n%d", t.Revision)))}
	}
	r := event.Encode(f)
	r.Time, r.Author, r.Client = max(h.clock, t.UpdatedAt), eventlog.AuthorID{9}, h.newClient()
	if _, err := h.log.AuditLog.Append(h.ctx(), stream, t.Revision, r); err != nil {
		panic(err)
	}
	h.note("another writer appends revision %d: %T", t.Revision+1, f)
}
