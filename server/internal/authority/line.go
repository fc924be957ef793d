package authority

import (
	"context"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/projection"
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

	own       *view   // its own last sent value
	delivered []*view // values delivered since, oldest first

	received uint64            // receipts given on this connection
	receipts []receipt         // held ones, while a resync is due, and this batch's
	fresh    int               // how many of them are this batch's
	durable  projection.LineID // the current line before this batch
	due      bool              // a resync is: no update goes out
	waiting  bool              // a timer is set for it
	synced   int64             // Unix milliseconds of the last resync
}

// A receipt is owed for each new, update and submit.
type receipt struct {
	id       projection.LineID
	index    int
	revision eventlog.Revision
}

// JoinLine makes p a peer in line mode, which has had so many receipts on its
// connection. It is answered LineJoined.
func (a *Authority) JoinLine(ctx context.Context, p Peer, author eventlog.AuthorID, received uint64) error {
	return a.wait(ctx, request{do: func() {
		a.leaveText(p)
		a.lines[p] = &linePeer{author: author, client: a.cfg.NewClient(), index: -1, received: received, synced: a.cfg.Now() - resyncPause}
		a.cfg.Publish([]Peer{p}, LineJoined{Thread: a.thread})
	}})
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
	a.post(p, re, func() *Fault {
		l, ok := a.lines[p]
		if !ok {
			return fault("not_joined", "open or join a thread before you write")
		}
		return a.edit(l, ed)
	})
}

func (a *Authority) edit(l *linePeer, ed LineEdit) *Fault {
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
	l.receipts = append(l.receipts, receipt{id, index, a.thread.Revision})
	return nil
}

// write makes the line read what ed says. Nothing was recorded when it fails.
func (a *Authority) write(l *linePeer, ed LineEdit) *Fault {
	base, f := a.base(l, ed)
	if f != nil {
		return f
	}
	if base == nil {
		return a.start(l, ed.Value)
	}
	row := a.thread.Row(l.index)
	c, next := base.edit(ed.Value, row.Start, row.Start+row.Length)
	if f := a.roomFor(c); f != nil {
		return f
	}
	l.own, l.delivered = next, nil
	if !c.IsEmpty() {
		l.own = nil // not carried over its own change
		a.record(event.Changed{Change: c}, l.author, l.client, 0)
		l.own = next
	}
	next.line, next.rev = l.id, a.thread.Revision
	return nil
}

func (a *Authority) roomFor(c ot.Change) *Fault { return a.validate([]ot.Change{c}) }

// base returns the view that ed was typed upon, and makes its line the current
// one. It is nil where ed begins a line.
func (a *Authority) base(l *linePeer, ed LineEdit) (*view, *Fault) {
	if ed.New {
		return nil, nil
	}
	if ed.Line < 0 && ed.Rev == 0 {
		if l.id.IsZero() || l.index < 0 {
			return nil, nil
		}
		return l.closest(a.thread, ed.Value), nil
	}
	line := ed.Line
	var at *view
	if line < 0 { // rev alone: the current line as it stood then
		if l.id.IsZero() || l.index < 0 {
			return nil, nil
		}
		if l.own != nil && l.own.rev > ed.Rev {
			return l.own, nil
		}
		if line = a.indexAt(ed.Rev, l); line < 0 {
			return l.closest(a.thread, ed.Value), nil
		}
	}
	at, f := a.viewAt(ed.Rev, line)
	if f != nil {
		return nil, f
	}
	id := a.thread.Resolve(at.line)
	if id == l.id && l.own != nil && l.own.rev > ed.Rev {
		return l.own, nil
	}
	if id != l.id || l.index < 0 {
		l.drop()
		l.id, l.index = id, a.thread.Find(id)
	}
	if l.index < 0 {
		return nil, nil // deleted meanwhile: it comes back as a new line
	}
	return at, nil
}

// indexAt returns where l's current line stood at a revision, -1 if it did not.
func (a *Authority) indexAt(rev eventlog.Revision, l *linePeer) int {
	if rev == a.thread.Revision {
		return l.index
	}
	old, err := projection.Replay(context.Background(), a.cfg.Log, a.cfg.Stream, rev)
	if err != nil {
		return -1
	}
	return old.Find(l.id)
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
func (a *Authority) start(l *linePeer, value []uint16) *Fault {
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
	if len(insert) > 0 || n == 0 {
		a.record(event.Changed{Change: c}, l.author, l.client, 0)
	}
	l.index = t.LineCount() - 1
	l.own = look(t, l.index)
	l.id = l.own.line
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
