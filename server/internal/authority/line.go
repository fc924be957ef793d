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

// deliveredMax bounds how many delivered values of its current line are kept
// as what a client may have typed upon; the newest are.
const deliveredMax = 32

// A linePeer is a connection in line mode.
type linePeer struct {
	author eventlog.AuthorID
	client eventlog.ClientID // made by the server

	// The current line: id is the zero value for none, index -1 when the line
	// is dead.
	id    projection.LineID
	index int

	told      eventlog.Revision // it knows what the lines read at this revision, unless a resync is due
	own       *view             // its own last sent value
	delivered []*view           // values delivered since, oldest first

	received uint64            // receipts given on this connection
	receipts []receipt         // held ones, while a resync is due, and this batch's
	fresh    int               // how many of them are this batch's
	durable  projection.LineID // the current line before this batch
	due      bool              // a resync is: no update goes out
	waiting  bool              // a timer is set for it
	synced   int64             // Unix milliseconds of the last resync
}

// A receipt is owed for each new, update and submit. It is for the line that
// had this id then, and has this index now; -1: it is gone.
type receipt struct {
	id       projection.LineID
	index    int
	revision eventlog.Revision

	// What the line read right after the edit, which is what the receipt says:
	// a value that ran ahead, with later edits of the same client in it, would
	// have the client apply those a second time. One that was held back follows
	// a resync that has everything, and says what the line reads then.
	value     []uint16
	merged    *view // of value, where that is not what was sent
	author    eventlog.AuthorID
	submitted bool
	held      bool
}

// JoinLine makes p a peer in line mode, which has had so many receipts on its
// connection. It is answered LineJoined.
func (a *Authority) JoinLine(ctx context.Context, p Peer, author eventlog.AuthorID, received uint64) error {
	return a.wait(ctx, request{do: func() { a.joinLine(p, author, received) }})
}

func (a *Authority) joinLine(p Peer, author eventlog.AuthorID, received uint64) {
	if l, ok := a.lines[p]; ok {
		received += uint64(len(l.receipts)) // which leaving gives
	}
	a.leaveLine(p)
	a.leaveText(p)
	a.lines[p] = &linePeer{author: author, client: a.cfg.NewClient(), index: -1, told: a.thread.Revision, received: received, synced: a.cfg.Now() - resyncPause}
	a.send(p, LineJoined{Thread: a.thread})
}

// A LineEdit is what a line-mode client wants: a new line, or its current line
// to read Value. Line is -1, and Rev 0, where the client did not say.
type LineEdit struct {
	Value  []uint16
	New    bool
	Submit bool
	Line   int
	Rev    eventlog.Revision
}

// Edit appends a line-mode peer's new, update or submit. The receipt is a
// LineUpdate that is Mine.
func (a *Authority) Edit(p Peer, re string, ed LineEdit) {
	a.post(p, re, func() *wire.Error {
		l, ok := a.lines[p]
		if !ok {
			return wire.Errorf(wire.NotJoined, "open or join a thread before you write")
		}
		if f := oneLine(ed.Value); f != nil {
			return f
		}
		return a.edit(l, ed)
	})
}

// oneLine refuses what no record can hold.
func oneLine(value []uint16) *wire.Error {
	for i, u := range value {
		switch {
		case u == '\n' || u == '\r' || u == 0:
			return wire.Errorf(wire.BadValue, "a value is one line: unit %d is %U", i, u)
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
	if v := look(a.thread, index); !slices.Equal(v.text, r.value) {
		r.value, r.merged = v.text, v
	}
	l.receipts = append(l.receipts, r)
	return nil
}

// write makes the line read what ed says. Nothing was recorded when it fails.
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
	l.drop() // own is not carried over its own change
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

// base returns the view that ed was typed upon and where its line is now. The
// view is nil where ed begins a line, as it does when its line was deleted.
func (a *Authority) base(l *linePeer, ed LineEdit) (*view, int, *wire.Error) {
	current := !l.id.IsZero() && l.index >= 0
	line := ed.Line
	switch {
	case ed.New || line < 0 && !current:
		return nil, -1, nil
	case line < 0 && ed.Rev == 0:
		return l.closest(a.thread, ed.Value), l.index, nil
	case line < 0: // the current line as it stood at rev
		if line = a.indexAt(ed.Rev, l.index); line < 0 {
			return l.closest(a.thread, ed.Value), l.index, nil
		}
	}
	id, f := a.identityAt(ed.Rev, line)
	if f != nil {
		return nil, -1, f
	}
	index := a.where(l, id)
	if current && index == l.index && l.own != nil && l.own.rev > ed.Rev {
		return l.own, index, nil
	}
	if index < 0 {
		return nil, -1, nil
	}
	at, f := a.viewAt(ed.Rev, line)
	return at, index, f
}

// where is Find; it need not look far for l's current line.
func (a *Authority) where(l *linePeer, id projection.LineID) int {
	if l.index >= 0 && a.thread.Row(l.index).ID == a.thread.Resolve(id) {
		return l.index
	}
	return a.thread.Find(id)
}

// closest returns the view with the smallest difference to value: its own last
// sent one, or else the newest of the delivered ones.
func (l *linePeer) closest(t *projection.Thread, value []uint16) *view {
	best := l.own
	for i := len(l.delivered) - 1; i >= 0; i-- {
		if v := l.delivered[i]; best == nil || v.distance(value) < best.distance(value) {
			best = v
		}
	}
	if best == nil {
		best = look(t, l.index)
	}
	return best
}

// start begins a line at the end, or takes a last empty one that is nobody's.
func (a *Authority) start(l *linePeer, value []uint16) *wire.Error {
	t := a.thread
	end, n := t.Len(), t.LineCount()
	insert := value
	empty := n == 0 || (t.Row(n-1).Length == 0 && !a.taken(n-1))
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
	l.own = look(t, l.index)
	l.id = l.own.line
	if !recorded {
		l.own.rev = 0
	}
	return nil
}

// taken reports whether line i is somebody's current line.
func (a *Authority) taken(i int) bool {
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

// forget takes back what a batch did that is not in the log; t is the thread
// as it is there. What the client sees is not known any more: a resync is due.
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
