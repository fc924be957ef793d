package authority

import (
	"fmt"

	"parodywave/eventlog"
	"parodywave/eventlog/ot"
)

// A lineClient is a program that knows only the rules of line mode: on join it
// replaces all of data, on update it sets one line. It counts its receipts.
type lineClient struct {
	w      *world
	name   string
	author eventlog.AuthorID
	conn   *conn

	joined    bool
	data      []lineRow
	title     string
	rev       eventlog.Revision // the highest that it was sent
	current   int               // index of its current line as it knows it, -1: none
	last      string            // the value that it sent last
	sent      int               // requests on this connection
	got, errs int               // their answers
	held      int               // receipts that must come next
	heard     []LineUpdate      // all updates, for tests that look at them
	failed    []Failed
	joins     []lineJoin
	problem   string
}

func (c *lineClient) fail(format string, args ...any) {
	if c.problem == "" {
		c.problem = c.name + ": " + fmt.Sprintf(format, args...)
	}
}

func (c *lineClient) connect(conn *conn) {
	c.conn, c.joined = conn, false
	c.sent, c.got, c.errs, c.held, c.current = 0, 0, 0, 0, -1
	c.join()
}

// join joins, perhaps again on the same connection.
func (c *lineClient) join() {
	w, conn := c.w, c.conn
	conn.up = append(conn.up, frame{f: func() {
		w.serve(testInbox)
		conn.synced -= resyncPause // what is held is sent now
		w.join(conn, func(s state) { w.auth.joinLine(conn, c.author, conn.receipts, s) })
	}})
}

func (c *lineClient) send(re string, ed LineEdit) {
	c.sent++
	w, conn := c.w, c.conn
	conn.up = append(conn.up, frame{f: func() { conn.open++; w.auth.Edit(conn, re, ed) }})
	c.last = ot.String(ed.Value)
}

func (c *lineClient) begin(value string) {
	c.send("new", LineEdit{Value: units(value), New: true, Line: -1})
}
func (c *lineClient) update(value string) { c.send("update", LineEdit{Value: units(value), Line: -1}) }
func (c *lineClient) submit(value string) {
	c.send("submit", LineEdit{Value: units(value), Submit: true, Line: -1})
	c.current = -1
}
func (c *lineClient) updateAt(line int, rev eventlog.Revision, value string) {
	c.send("update", LineEdit{Value: units(value), Line: line, Rev: rev})
}

func (c *lineClient) receive(m any) {
	if u, ok := m.(LineUpdate); c.held > 0 && (!ok || !u.Mine) {
		c.fail("%d receipts were to follow a resync, and %T came", c.held, m)
	}
	switch m := m.(type) {
	case lineJoin:
		c.joins = append(c.joins, m)
		c.joined, c.data, c.title = true, m.data, m.title
		c.rev = max(c.rev, m.rev)
		c.current = -1
		if m.resync {
			c.current = m.current
			c.held = int(m.received) - c.got
			if c.held < 0 || c.got+c.held+c.errs > c.sent {
				c.fail("resync includes %d requests; sent %d, got %d receipts and %d errors", m.received, c.sent, c.got, c.errs)
			}
		}
	case LineUpdate:
		c.heard = append(c.heard, m)
		c.updated(m)
	case Failed:
		c.failed = append(c.failed, m)
		c.errs++
		if c.got+c.errs > c.sent {
			c.fail("%d requests and %d answers", c.sent, c.got+c.errs)
		}
	default:
		c.fail("was sent %T", m)
	}
}

func (c *lineClient) updated(m LineUpdate) {
	c.rev = max(c.rev, m.Revision)
	if m.Mine {
		c.got++
		c.held = max(c.held-1, 0)
		if c.got+c.errs > c.sent {
			c.fail("%d requests and %d answers", c.sent, c.got+c.errs)
		}
	}
	row := lineRow{m.Value, m.Author, m.Submitted}
	switch {
	case m.Line == -1 && m.Mine:
		return
	case m.Line < 0 || m.Line > len(c.data):
		c.fail("update of line %d, has %d", m.Line, len(c.data))
	case m.Line == len(c.data):
		c.data = append(c.data, row)
	default:
		c.data[m.Line] = row
	}
	if m.Mine && !m.Submitted {
		c.current = m.Line
	}
}
