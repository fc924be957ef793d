package authority

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/server/internal/wire"
)

// A textClient is an editor. It does what CodeMirror's collab extension does,
// and pushes and resumes by the rules of the protocol.
type textClient struct {
	w      *world
	name   string
	author eventlog.AuthorID
	id     eventlog.ClientID
	conn   *conn
	older  []*conn // all of its connections so far

	joined    bool // it has the text
	doc       []uint16
	confirmed []uint16
	rev       eventlog.Revision
	chain     chain.Digest
	rows      rowClient
	pulled    eventlog.Revision // it pushes nothing before it has this revision

	pending []ot.Change // the first is based on confirmed
	texts   []string    // what each of its changes inserted; seq 1 is texts[0]
	acked   uint64
	flight  *wire.Push // a push whose outcome it does not know; nil: none
	again   bool       // it sends flight again

	batches  bool // wrong: composes what it receives while something is in flight
	composes bool // right: composes what it receives while nothing is
	problem  string
}

func (c *textClient) fail(format string, args ...any) {
	if c.problem == "" {
		c.problem = c.name + ": " + fmt.Sprintf(format, args...)
	}
}

// connect joins, and resumes if the client has the text. A hostile client sends
// its push in flight before it has caught up.
func (c *textClient) connect(conn *conn, hostile bool) {
	older := c.older
	c.conn, c.older = conn, append(c.older, conn)
	var resume *wire.Resume
	if c.joined {
		sum := c.chain
		resume = &wire.Resume{Since: c.rev, Chain: &sum}
		c.pulled = ^eventlog.Revision(0) // until the answer says
	}
	w := c.w
	conn.up = append(conn.up, frame{f: func() {
		for _, o := range older { // connections of a client arrive in their order
			if len(o.up) > 0 {
				o.up = o.up[len(o.up)-1:]
			}
		}
		r, f := w.auth.resuming(context.Background(), resume)
		if f != nil {
			c.fail("resume refused: %v", f)
			return
		}
		w.join(conn, func(s state) {
			if f := w.auth.joinText(conn, c.author, c.id, r, s); f != nil {
				c.fail("join refused: %v", f)
			}
		})
	}})
	if c.again = false; hostile && c.flight != nil {
		c.send(*c.flight)
	}
}

func (c *textClient) send(p wire.Push) {
	w, conn := c.w, c.conn
	conn.sent = true
	conn.up = append(conn.up, frame{f: func() { conn.open++; w.auth.Push(conn, p) }, push: true})
}

// edit changes the client's text.
func (c *textClient) edit(change ot.Change) {
	doc, err := change.Apply(c.doc)
	if err != nil {
		panic(err)
	}
	c.doc = doc
	c.pending = append(c.pending, change)
	c.texts = append(c.texts, insertedBy(change))
}

func insertedBy(c ot.Change) string {
	var all []uint16
	for e := range c.Edits() {
		all = append(all, e.Insert...)
	}
	return ot.String(all)
}

// push sends up to n pending changes if the client may push.
func (c *textClient) push(n int) bool {
	switch {
	case c.conn == nil || !c.joined || c.rev < c.pulled:
		return false
	case c.flight != nil && c.again:
		c.again = false
		c.send(*c.flight)
		return true
	case c.flight != nil || len(c.pending) == 0:
		return false
	}
	n = min(n, len(c.pending))
	c.flight = &wire.Push{Client: c.id, Seq: c.acked + 1, Rev: c.rev, Changes: slices.Clone(c.pending[:n])}
	c.send(*c.flight)
	return true
}

func (c *textClient) receive(m any) {
	switch m := m.(type) {
	case textJoin:
		if m.reset || c.joined {
			c.fail("was answered a full join, reset %t", m.reset)
			return
		}
		c.joined, c.rev, c.chain = true, m.rev, m.chain
		c.doc, c.confirmed = m.text, slices.Clone(m.text)
		c.rows = rowClient{rows: m.rows, text: m.text}
		c.pulled = m.rev
	case resumed:
		if m.since != c.rev {
			c.fail("resumed at %d, is at %d", m.since, c.rev)
		}
		c.pulled = m.head
		c.settle()
	case Entries:
		c.entries(m)
	case Failed:
		c.failed(m)
	case Beacon:
		if m.Revision == c.rev && sha256.Sum256([]byte(ot.String(c.confirmed))) != m.SHA256 {
			c.fail("its text at revision %d is not the beacon's", m.Revision)
		}
	case closed:
		c.fail("superseded on a connection it reads")
	case Cursor:
	default:
		c.fail("was sent %T", m)
	}
}

func (c *textClient) failed(m Failed) {
	switch {
	case m.Re == "update" && m.Err.Code == wire.Unavailable:
		c.again = true
	case m.Re == "update" && m.Err.Code == wire.Stale && m.Err.Head > 0:
		c.flight, c.pulled = nil, max(c.pulled, m.Err.Head)
	case m.Re == "submit", m.Re == "rename" && m.Err.Code == wire.Unavailable:
	default:
		c.fail("%s: %s: %v", m.Re, m.Err.Code, m.Err)
	}
}

// settle drops a push in flight that was not among the entries caught up with:
// it was not logged, and never will be, since the old connection is closed.
func (c *textClient) settle() {
	if c.rev == c.pulled && c.flight != nil && !c.conn.sent {
		c.flight, c.again = nil, false
	}
}

func (c *textClient) entries(m Entries) {
	own := slices.ContainsFunc(m.List, func(e Entry) bool { return e.Client == c.id && e.Seq > 0 })
	if c.composes && c.flight == nil && !own || c.batches {
		c.receiveComposed(m)
	} else {
		for _, e := range m.List {
			c.receiveOne(e)
		}
	}
	c.chain = m.Chain
	c.settle()
}

func (c *textClient) receiveOne(e Entry) {
	if e.Revision != c.rev+1 {
		c.fail("got revision %d at %d", e.Revision, c.rev)
		return
	}
	c.rows.take(&e)
	ch, ok := change(e.Event)
	if !ok {
		ch = ot.Keep(e.Length)
	}
	if c.own(e.Event, ch) {
		return
	}
	c.rebase(ch)
	c.rev++
}

// own handles an entry of the client itself.
func (c *textClient) own(e event.Event, ch ot.Change) bool {
	if e.Client != c.id || e.Seq == 0 {
		return false
	}
	if e.Seq != c.acked+1 || len(c.pending) == 0 {
		c.fail("own seq %d came after %d, %d pending", e.Seq, c.acked, len(c.pending))
		return true
	}
	a, errA := c.pending[0].Apply(c.confirmed)
	b, errB := ch.Apply(c.confirmed)
	if errA != nil || errB != nil || !slices.Equal(a, b) {
		c.fail("diverged at own seq %d: %v here, %v in the log, on %q", e.Seq, jsonOf(c.pending[0]), jsonOf(ch), ot.String(c.confirmed))
		return true
	}
	c.confirmed, c.pending = b, c.pending[1:]
	c.acked++
	c.rev++
	if c.flight != nil && c.acked+1 == c.flight.Seq+uint64(len(c.flight.Changes)) {
		c.flight, c.again = nil, false
	}
	return true
}

func (c *textClient) rebase(ch ot.Change) {
	pending := slices.Clone(c.pending)
	over, err := new(ot.Rebaser).Rebase(pending, ch)
	if err != nil {
		c.fail("rebase: %v", err)
		return
	}
	confirmed, err := ch.Apply(c.confirmed)
	if err != nil {
		c.fail("confirmed text: %v", err)
		return
	}
	doc, err := over.Apply(c.doc)
	if err != nil {
		c.fail("text: %v", err)
		return
	}
	c.pending, c.confirmed, c.doc = pending, confirmed, doc
}

// receiveComposed applies each run of others' entries as one change.
func (c *textClient) receiveComposed(m Entries) {
	run := ot.Keep(len(c.confirmed))
	for _, e := range m.List {
		if e.Revision != c.rev+1 {
			c.fail("got revision %d at %d", e.Revision, c.rev)
			return
		}
		c.rows.take(&e)
		ch, ok := change(e.Event)
		if !ok {
			ch = ot.Keep(e.Length)
		}
		if e.Client == c.id && e.Seq > 0 {
			c.rebase(run)
			c.own(e.Event, ch)
			run = ot.Keep(len(c.confirmed))
			continue
		}
		next, err := run.Compose(ch)
		if err != nil {
			c.fail("compose: %v", err)
			return
		}
		run = next
		c.rev++
	}
	c.rebase(run)
}

func jsonOf(c ot.Change) string { return string(c.AppendJSON(nil)) }
