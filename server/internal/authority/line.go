package authority

import (
	"context"
	"slices"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/projection"
	"parodywave/server/internal/wire"
)

// The delivered values of its current line that a client may have typed on are bounded:
// deliveredMax of the newest are kept, and of these as many as have deliveredUnits UTF-16
// units together, or one.
const (
	deliveredMax   = 32
	deliveredUnits = 1 << 18
)

// A linePeer is a connection in line mode.
type linePeer struct {
	author eventlog.AuthorID
	client eventlog.ClientID // an id made by the server

	// The current line: id is zero if there is none, index is -1 if it is dead.
	id    projection.LineID
	index int

	sent      eventlog.Revision // it knows the lines as of this revision, unless a resync is due
	own       *view             // the value that it sent last
	delivered []*view           // the values delivered to it since, oldest first

	received uint64            // edits that have or will get a receipt, counted on this connection
	receipts []receipt         // those to be sent: held ones and this batch's
	fresh    int               // how many of the receipts are this batch's
	durable  projection.LineID // the current line before this batch
	due      bool              // a resync is due: no update is sent
	waiting  bool              // a timer for the resync is running
	synced   int64             // when the last resync was, as Elapsed tells it
}

// A receipt answers one new, update or submit. It is for the line that had this
// id at the edit and has this index now, -1 if it is gone.
type receipt struct {
	id       projection.LineID
	index    int
	revision eventlog.Revision

	// The line as it reads right after the edit. A value that has later edits of
	// the same client in it would make the client apply these twice. A held
	// receipt follows a resync, which has every edit, and carries what the line
	// reads then.
	value     []uint16
	merged    *view // the view of value, if the client sent another
	author    eventlog.AuthorID
	submitted bool
	held      bool
}

// JoinLine adds p as a peer in line mode. received is how many receipts its
// connection has been sent. p is sent LineJoined.
func (a *Authority) JoinLine(ctx context.Context, p Peer, author eventlog.AuthorID, received uint64) error {
	return a.read(ctx, func(s state) bool {
		if s.beside && a.owes(p) {
			return false
		}
		a.joinLine(p, author, received, s)
		return true
	})
}

func (a *Authority) joinLine(p Peer, author eventlog.AuthorID, received uint64, s state) {
	if l, ok := a.lines[p]; ok {
		received += uint64(len(l.receipts)) // leaving sends these
	}
	a.leaveLine(p)
	a.leaveText(p)
	a.lines[p] = &linePeer{author: author, client: a.cfg.NewClient(), index: -1, sent: s.thread.Revision, received: received, synced: a.cfg.Elapsed() - resyncPause}
	if s.beside { // what the batch touches was not followed for p
		a.lines[p].due, a.fanout.dirty = true, true
	}
	a.send(p, LineJoined{Thread: s.thread})
}

// A LineEdit begins a new line with Value or makes a line read Value. Line is
// -1 and Rev is 0 where the client gave none.
type LineEdit struct {
	Value  []uint16
	New    bool
	Submit bool
	Line   int
	Rev    eventlog.Revision

	before *pastLine // the line at Rev, if it is not in memory
}

// Edit appends a line-mode peer's new, update or submit. The receipt is a
// LineUpdate with Mine set.
func (a *Authority) Edit(p Peer, re string, ed LineEdit) {
	var refusal *wire.Error
	if ed.Line >= 0 && !ed.New {
		ed.before, refusal = a.lineBefore(context.Background(), ed.Rev, ed.Line)
	}
	a.post(p, re, func() *wire.Error {
		if refusal != nil {
			return refusal
		}
		l, ok := a.lines[p]
		if !ok {
			return wire.Errorf(wire.NotJoined, "open or join a thread before you write")
		}
		if f := checkLine(ed.Value); f != nil {
			return f
		}
		return a.edit(l, ed)
	})
}

// checkLine refuses a value that no record can hold.
func checkLine(value []uint16) *wire.Error {
	for i, u := range value {
		switch {
		case u == '\n' || u == '\r' || u == 0:
			return wire.Errorf(wire.BadValue, "a value is one line, but its unit %d is %U", i, u)
		case high(u) && (i+1 == len(value) || !low(value[i+1])), low(u) && (i == 0 || !high(value[i-1])):
			return wire.Errorf(wire.BadValue, "unit %d is half of a surrogate pair", i)
		}
	}
	return nil
}

func (a *Authority) edit(l *linePeer, ed LineEdit) *wire.Error {
	if f := a.write(l, ed); f != nil {
		return f
	}
	id, index := l.id, l.index
	if ed.Submit {
		a.record(event.Submitted{From: l.index, To: l.index}, l.author, l.client, 0)
		l.drop()
	}
	l.received++
	l.fresh++
	row := a.thread.Row(index)
	r := receipt{
		id: id, index: index, revision: a.thread.Revision,
		value: ed.Value, author: row.Author, submitted: row.Submitted,
	}
	if v := viewOf(a.thread, index); !slices.Equal(v.text, r.value) {
		r.value, r.merged = v.text, v
	}
	l.receipts = append(l.receipts, r)
	return nil
}

// write makes the line read what ed says. If it fails nothing is recorded.
func (a *Authority) write(l *linePeer, ed LineEdit) *wire.Error {
	base, index, f := a.base(l, ed)
	if f != nil {
		return f
	}
	if base == nil {
		return a.start(l, ed.Value)
	}
	row := a.thread.Row(index)
	own := base == l.own
	c, next := base.onto(a.thread, row).edit(ed.Value, row.Start, row.Start+row.Length)
	if f := a.roomFor(c); f != nil {
		return f
	}
	l.drop() // so that own is not carried over its own change
	l.id, l.index = row.ID, index
	switch {
	case !c.IsEmpty():
		a.record(event.Changed{Change: c}, l.author, l.client, 0)
		next.rev = a.thread.Revision
	case own:
		next.rev = base.rev
	}
	l.own, next.line = next, l.id
	return nil
}

func (a *Authority) roomFor(c ot.Change) *wire.Error { return a.validate([]ot.Change{c}) }

// base returns the view that the client typed ed on, and the index of its line
// now. The view is nil if ed begins a line, as it does when its line was
// deleted.
func (a *Authority) base(l *linePeer, ed LineEdit) (*view, int, *wire.Error) {
	current := !l.id.IsZero() && l.index >= 0
	line := ed.Line
	switch {
	case ed.New || line < 0 && !current:
		return nil, -1, nil
	case line < 0 && ed.Rev == 0:
		return l.closest(a.thread, ed.Value), l.index, nil
	case line < 0: // the current line as it was at rev
		if ed.Rev >= a.recent.views {
			line = a.indexAt(ed.Rev, l.index)
		}
		if line < 0 {
			return l.closest(a.thread, ed.Value), l.index, nil
		}
	}
	id, f := a.identityAt(ed.Rev, line, ed.before)
	if f != nil {
		return nil, -1, f
	}
	index := a.indexOf(l, id)
	if current && index == l.index && l.own != nil && l.own.rev > ed.Rev {
		return l.own, index, nil
	}
	if index < 0 {
		return nil, -1, nil
	}
	at, f := a.viewAt(ed.Rev, line, ed.before)
	return at, index, f
}

// indexOf is Thread.Find, but fast for l's current line.
func (a *Authority) indexOf(l *linePeer, id projection.LineID) int {
	if l.index >= 0 && a.thread.Row(l.index).ID == a.thread.Resolve(id) {
		return l.index
	}
	return a.thread.Find(id)
}

// closest returns the view with the smallest difference to value. In a tie its
// own last sent one comes first, then the newest delivered one.
func (l *linePeer) closest(t *projection.Thread, value []uint16) *view {
	best := l.own
	for i := len(l.delivered) - 1; i >= 0; i-- {
		if v := l.delivered[i]; best == nil || v.distance(value) < best.distance(value) {
			best = v
		}
	}
	if best == nil {
		best = viewOf(t, l.index)
	}
	return best
}

// start begins a line at the end, or uses a last empty line that is nobody's
// current line.
func (a *Authority) start(l *linePeer, value []uint16) *wire.Error {
	t := a.thread
	end, n := t.Len(), t.LineCount()
	insert := value
	empty := n == 0 || (t.Row(n-1).Length == 0 && !a.isCurrent(n-1))
	if !empty {
		insert = append([]uint16{'\n'}, value...)
	}
	c := ot.Replace(end, end, end, insert)
	if f := a.roomFor(c); f != nil {
		return f
	}
	l.drop()
	recorded := len(insert) > 0 || n == 0
	if recorded {
		a.record(event.Changed{Change: c}, l.author, l.client, 0)
	}
	l.index = t.LineCount() - 1
	l.own = viewOf(t, l.index)
	l.id = l.own.line
	if !recorded {
		l.own.rev = 0
	}
	return nil
}

// isCurrent reports whether line i is the current line of a peer.
func (a *Authority) isCurrent(i int) bool {
	for _, l := range a.lines {
		if !l.id.IsZero() && l.index == i {
			return true
		}
	}
	return false
}

// drop leaves the current line.
func (l *linePeer) drop() {
	l.id, l.index, l.own, l.delivered = projection.LineID{}, -1, nil, nil
}

// forget undoes what a batch that is not in the log did to l; t is the thread
// as the log has it. A resync is due, because it is not known what the client
// shows.
func (l *linePeer) forget(t *projection.Thread) {
	l.received -= uint64(l.fresh)
	l.receipts = l.receipts[:len(l.receipts)-l.fresh]
	l.fresh = 0
	for i := range l.receipts {
		r := &l.receipts[i]
		r.index = t.Find(r.id)
	}
	id := l.durable
	l.drop()
	if !id.IsZero() {
		l.id, l.index = t.Resolve(id), t.Find(id)
	}
	l.due = true
}
