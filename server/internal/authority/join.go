package authority

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"slices"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/server/internal/wire"
)

// A textPeer is a connection in text mode.
type textPeer struct {
	author     eventlog.AuthorID
	client     eventlog.ClientID
	sent       eventlog.Revision // the peer has every entry up to here
	streaming  bool              // the server streams it the entries after sent from the log
	cursorsDue bool              // it has not been sent the cursors of the others
	cursor     *Cursor
	moved      bool // the cursor has to be sent
}

// ErrOpened: the thread that a request opens has records already.
var ErrOpened = errors.New("the thread already exists")

var errOpen = &wire.Error{Code: wire.BadValue, Text: ErrOpened.Error()}

// Open appends the first records of a thread, with its text if it is not empty,
// in one append.
func (a *Authority) Open(ctx context.Context, author eventlog.AuthorID, title, text string) error {
	bad := validText(text)
	var c ot.Change
	if bad == nil {
		all, _ := ot.Units(text) // it is valid
		c = ot.Replace(0, 0, 0, all)
	}
	err := a.wait(ctx, request{edit: func() *wire.Error {
		if a.thread.Revision > 0 {
			return errOpen
		}
		if bad == nil {
			bad = a.validate([]ot.Change{c})
		}
		if bad != nil {
			return bad
		}
		client, seq := a.origin(ctx)
		a.record(event.Opened{Title: title}, author, client, seq)
		if !c.IsEmpty() {
			a.record(event.Changed{Change: c}, author, a.cfg.NewClient(), 0)
		}
		return nil
	}})
	if err == error(errOpen) {
		return ErrOpened
	}
	return err
}

// JoinText adds p as a peer in text mode. p is sent TextJoined, or Resumed and
// what it missed. Another connection of the same client is closed. If the error
// is a *wire.Error, p has not joined.
func (a *Authority) JoinText(ctx context.Context, p Peer, author eventlog.AuthorID, client eventlog.ClientID, resume *wire.Resume) error {
	r, f := a.resuming(ctx, resume)
	if f != nil {
		return f
	}
	return a.ask(ctx, p, func(s state) *wire.Error { return a.joinText(p, author, client, r, s) })
}

func (a *Authority) joinText(p Peer, author eventlog.AuthorID, client eventlog.ClientID, resume *resumption, s state) *wire.Error {
	if f := a.mayJoin(p, author, client); f != nil {
		return f
	}
	known := false
	if resume != nil && resume.since <= s.thread.Revision {
		known = resume.known
		a.adoptCache(resume.cache)
	}
	for q, tp := range a.texts {
		if tp.client == client && older(p, q) {
			p.Close(wire.CloseReplaced, replacedText)
			return wire.Errorf(wire.Forbidden, "the same client has joined on a newer connection")
		}
	}
	a.leaveLine(p)
	a.leaveText(p)
	for q, tp := range a.texts {
		if tp.client == client {
			a.leaveText(q)
			q.Close(wire.CloseReplaced, replacedText)
		}
	}
	tp := &textPeer{author: author, client: client, sent: s.thread.Revision}
	a.texts[p] = tp
	if known {
		tp.sent = resume.since
		a.send(p, Resumed{Thread: s.thread, Since: resume.since})
	} else {
		a.send(p, TextJoined{Thread: s.thread, Chain: s.chain, Reset: resume != nil})
	}
	if s.beside { // the rest follows when the append returns
		tp.cursorsDue, a.fanout.dirty = true, true
		if tp.sent < s.thread.Revision {
			a.stream(p, tp, s.thread.Revision)
		}
		return nil
	}
	if known {
		a.catchUp(p, tp)
	}
	a.cursorsLater(tp)
	return nil
}

const replacedText = "the same client joined on another connection"

// older reports whether p is an older connection than q.
func older(p, q Peer) bool {
	a, b := p.Connection(), q.Connection()
	return bytes.Compare(a[:], b[:]) < 0
}

// owes reports whether a peer in line mode must be sent receipts before it leaves.
func (a *Authority) owes(p Peer) bool {
	l, ok := a.lines[p]
	return ok && len(l.receipts) > 0
}

// catchUpMax bounds the entries, and heavyUnits their weight, that go into one
// frame for a client that resumes.
const (
	catchUpMax = 512
	heavyUnits = 32 << 10
)

// heavy reports whether entries, together with others of weight n, are too much
// for one frame.
func heavy(entries []entry, n int) bool {
	for i := range entries {
		n += entries[i].weight()
	}
	return n > heavyUnits
}

// MayJoin returns, as a *wire.Error, the reason why a client may not join in
// text mode, or nil.
func (a *Authority) MayJoin(ctx context.Context, p Peer, author eventlog.AuthorID, client eventlog.ClientID) error {
	return a.ask(ctx, p, func(state) *wire.Error { return a.mayJoin(p, author, client) })
}

// ask is read for a peer that leaves where it is, and returns the outcome of f.
func (a *Authority) ask(ctx context.Context, p Peer, f func(state) *wire.Error) error {
	var refused *wire.Error
	err := a.read(ctx, func(s state) bool {
		if s.beside && a.owes(p) {
			return false
		}
		refused = f(s)
		return true
	})
	if err == nil && refused != nil {
		return refused
	}
	return err
}

func (a *Authority) mayJoin(p Peer, author eventlog.AuthorID, client eventlog.ClientID) *wire.Error {
	if c, ok := a.thread.Client(client); ok && c.Author != author {
		return wire.Errorf(wire.Forbidden, "this client id belongs to another author: use a new one")
	}
	for q, tp := range a.texts {
		if tp.client == client && q != p && tp.author != author {
			return wire.Errorf(wire.Forbidden, "this client id is in use by another author: use a new one")
		}
	}
	return nil
}

// Attach must be called when the server has streamed the entries of c to a
// peer. The peer is sent the entries after it from then on. Attach does nothing
// if the peer has joined again meanwhile.
func (a *Authority) Attach(p Peer, c CatchUp) {
	a.enqueue(request{do: func() {
		if tp, ok := a.texts[p]; ok && tp == c.of && tp.streaming {
			tp.sent = c.To
			a.catchUp(p, tp)
			a.cursorsLater(tp)
		}
	}})
}

// Leave removes a peer, in whichever mode it joined. When it returns, nothing
// more is sent to p, its edits are settled, and receipts that waited for a resync
// have been sent. It returns how many receipts a peer in line mode has been sent on
// its connection, and 0 for any other peer.
func (a *Authority) Leave(p Peer) (received uint64) {
	_ = a.read(context.Background(), func(s state) bool {
		if s.beside && (a.owes(p) || p.Unsettled()) {
			return false
		}
		a.leaveText(p)
		if l, ok := a.lines[p]; ok {
			received = l.received
			a.leaveLine(p)
		}
		return true
	})
	return received
}

func (a *Authority) leaveLine(p Peer) {
	if l, ok := a.lines[p]; ok {
		if len(l.receipts) > 0 {
			a.sync(p, l)
		}
		delete(a.lines, p)
	}
}

func (a *Authority) leaveText(p Peer) {
	tp, ok := a.texts[p]
	if !ok {
		return
	}
	delete(a.texts, p)
	if tp.moved {
		a.fanout.moved = slices.DeleteFunc(a.fanout.moved, func(q Peer) bool { return q == p })
	}
	if tp.cursor != nil && len(tp.cursor.Ranges) > 0 {
		a.hideCursor(*tp.cursor)
	}
}

// peers returns all peers.
func (a *Authority) peers() []Peer {
	return slices.AppendSeq(slices.Collect(maps.Keys(a.texts)), maps.Keys(a.lines))
}

// runsMax bounds the records of one submit: one for each run of lines.
const runsMax = 1000

// Submit finishes the lines from..to as they were at revision rev.
func (a *Authority) Submit(p Peer, rev eventlog.Revision, from, to int) {
	before, refusal := a.idsBefore(context.Background(), rev, from, to)
	a.post(p, "submit", func() *wire.Error {
		if refusal != nil {
			return refusal
		}
		tp, ok := a.texts[p]
		if !ok {
			return wire.Errorf(wire.NotJoined, "join a thread in text mode before you submit lines")
		}
		if rev > a.thread.Revision {
			return a.stale("rev %d is above the head %d", rev, a.thread.Revision)
		}
		lines, f := a.linesAt(rev, from, to, before)
		if f != nil {
			return f
		}
		if len(lines) == 0 {
			return wire.Errorf(wire.BadValue, "lines %d to %d of revision %d are gone", from, to, rev)
		}
		all := runs(lines)
		if len(all) > runsMax {
			return a.stale("the lines from %d to %d lie in %d places by now: pull first", from, to, len(all))
		}
		for _, run := range all {
			a.record(event.Submitted{From: run[0], To: run[1]}, tp.author, tp.client, 0)
		}
		return nil
	})
}

// runs returns the runs of neighbouring lines in a list of indexes.
func runs(lines []int) [][2]int {
	slices.Sort(lines)
	var out [][2]int
	for _, i := range slices.Compact(lines) {
		if n := len(out); n > 0 && out[n-1][1] == i-1 {
			out[n-1][1] = i
		} else {
			out = append(out, [2]int{i, i})
		}
	}
	return out
}
