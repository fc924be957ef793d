package authority

import (
	"fmt"
	"slices"

	"parodywave/eventlog"
	"parodywave/eventlog/ot"
	"parodywave/projection"
)

// end delivers everything: nothing fails any more, and all clients are
// connected.
func (h *history) end() {
	h.calm = true
	h.log.next, h.log.readFail = kept, false
	for range 2000 {
		if h.round() {
			if h.look(); h.first() != "" {
				return
			}
			continue
		}
		if len(h.timers) == 0 {
			return
		}
		h.pass(600)
	}
	h.flag("there is no end: %d in the inbox, %d tasks", len(h.auth.inbox), len(h.tasks))
}

// round moves everything that can move, and reports whether anything did.
func (h *history) round() (moved bool) {
	for _, c := range h.texts {
		if c.conn == nil {
			c.connect(h.open(), false)
		}
		moved = c.push(max(1, h.auth.costMax/12)) || moved
	}
	for _, c := range h.lines {
		if c.conn == nil {
			c.connect(h.open())
		}
	}
	for i := range h.conns {
		for h.up(i) {
			moved = true
		}
	}
	moved = len(h.auth.inbox) > 0 || moved
	h.serve(testInbox)
	for h.task() {
		moved = true
	}
	for i := range h.conns {
		for h.down(i) {
			moved = true
		}
	}
	return moved
}

// judge compares everything with the log when all is quiet.
func (h *history) judge() {
	h.compareReplay()
	t := h.auth.thread
	if h.announced != t.Revision {
		h.flag("announced is revision %d, the log is at %d", h.announced, t.Revision)
	}
	text := t.Units(0, t.Len())
	for _, c := range h.texts {
		switch {
		case !c.joined || len(c.pending) > 0 || c.flight != nil:
			c.fail("joined %t, %d pending, in flight %v", c.joined, len(c.pending), c.flight)
		case c.rev != t.Revision || c.chain != h.auth.chain:
			c.fail("is at revision %d, the log at %d, or another chain", c.rev, t.Revision)
		case !slices.Equal(c.rows.rows, blameRows(t)):
			c.fail("its rows are %v, the thread's %v", c.rows.rows, blameRows(t))
		case !slices.Equal(c.doc, text) || !slices.Equal(c.confirmed, text):
			c.fail("reads %q, the log %q", ot.String(c.doc), ot.String(text))
		}
	}
	for _, c := range h.lines {
		h.judgeLine(c, t)
	}
	h.judgeLog()
}

func (h *history) judgeLine(c *lineClient, t *projection.Thread) {
	l := h.auth.lines[c.conn]
	switch rows := rowsOf(t); {
	case !c.joined || l == nil || len(l.receipts) > 0:
		c.fail("joined %t, authority knows it: %t", c.joined, l != nil)
	case c.sent != c.got+c.errs:
		c.fail("sent %d, got %d receipts and %d errors", c.sent, c.got, c.errs)
	case !slices.Equal(c.data, rows):
		c.fail("shows %v, the text is %v", c.data, rows)
	case c.title != t.Title:
		c.fail("shows the title %q, it is %q", c.title, t.Title)
	case l.index >= 0 && t.Row(l.index).ID != l.id:
		c.fail("current line is %v, at its index is %v", l.id, t.Row(l.index).ID)
	default:
		for _, v := range append(slices.Clone(l.delivered), l.own) {
			if v != nil && (v.bridge.Len() != v.length || v.bridge.NewLen() != t.Len()) {
				c.fail("a view of %d units, text of %d, has a bridge from %d to %d", v.length, t.Len(), v.bridge.Len(), v.bridge.NewLen())
			}
		}
	}
}

// judgeLog checks that every change of every text client is in the log exactly
// once, in order, with every character that it inserted.
func (h *history) judgeLog() {
	seq := map[eventlog.ClientID]uint64{}
	texts := map[eventlog.ClientID]*textClient{}
	for _, c := range h.texts {
		texts[c.id] = c
	}
	for e := range h.events(0) {
		c := texts[e.Client]
		if c == nil || e.Seq == 0 {
			continue
		}
		ch, _ := change(e)
		switch seq[e.Client]++; {
		case e.Seq != seq[e.Client] || e.Author != c.author:
			c.fail("revision %d has seq %d, want %d", e.Revision, e.Seq, seq[e.Client])
		case int(e.Seq) > len(c.texts):
			c.fail("revision %d has seq %d, which was never typed", e.Revision, e.Seq)
		case insertedBy(ch) != c.texts[e.Seq-1]:
			c.fail("revision %d brings %q, typed was %q", e.Revision, insertedBy(ch), c.texts[e.Seq-1])
		}
	}
	for _, c := range h.texts {
		if int(seq[c.id]) != len(c.texts) {
			c.fail("typed %d changes, %d are in the log", len(c.texts), seq[c.id])
		}
	}
}

// compareReplay is law 5: live equals replayed. The batch must be empty.
func (h *history) compareReplay() {
	live := h.auth.thread
	replayed, err := projection.Replay(h.ctx(), projection.Plain(h.log.AuditLog), stream, live.Revision)
	if err != nil {
		h.flag("replay to revision %d: %v", live.Revision, err)
		return
	}
	if a, b := live.Text(), replayed.Text(); a != b {
		h.flag("revision %d: live text %q, replayed %q", live.Revision, a, b)
	}
	if a, b := fmt.Sprint(slices.Collect(live.Rows())), fmt.Sprint(slices.Collect(replayed.Rows())); a != b {
		h.flag("revision %d: live rows %s, replayed %s", live.Revision, a, b)
	}
	a, b := slices.Collect(live.Spans(0, live.Len())), slices.Collect(replayed.Spans(0, replayed.Len()))
	if !slices.Equal(a, b) {
		h.flag("revision %d: live spans %v, replayed %v", live.Revision, a, b)
	}
	if n := len(live.Text()); h.auth.bytes != n {
		h.flag("revision %d: %d bytes counted, %d there", live.Revision, h.auth.bytes, n)
	}
	if sum, err := h.log.ChainAt(h.ctx(), stream, live.Revision); err != nil || sum != h.auth.chain {
		h.flag("revision %d: chain %x, in the log %x, %v", live.Revision, h.auth.chain[:4], sum[:4], err)
	}
}

// describe returns a short description of a message.
func describe(m any) string {
	switch m := m.(type) {
	case Entries:
		return fmt.Sprintf("entries %d to %d", m.List[0].Revision, m.List[len(m.List)-1].Revision)
	case textJoin:
		return fmt.Sprintf("join at %d: %q", m.rev, ot.String(m.text))
	case Failed:
		return fmt.Sprintf("failed %s: %s: %v", m.Re, m.Err.Code, m.Err)
	}
	return fmt.Sprintf("%T %+v", m, m)
}
