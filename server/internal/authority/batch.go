package authority

import (
	"bytes"
	"context"
	"errors"
	"unicode/utf8"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/server/internal/wire"
)

// A batch is what was folded in and is not on disk yet.
type batch struct {
	base     eventlog.Revision // before the first record
	records  []eventlog.Record
	requests []request
	bytes    int                       // of the records' texts
	touched  map[int]eventlog.Revision // lines, as they are now: by which record last
}

func (b *batch) empty() bool { return len(b.requests) == 0 && len(b.records) == 0 }

func (b *batch) reset(base eventlog.Revision) {
	clear(b.records)
	clear(b.requests)
	b.base, b.bytes = base, 0
	b.records, b.requests = b.records[:0], b.requests[:0]
	if b.touched == nil {
		b.touched = map[int]eventlog.Revision{}
	}
	clear(b.touched)
}

// record folds a fact in and adds it to the batch. The caller has validated it:
// a fact that the projection refuses is a bug here.
func (a *Authority) record(f event.Payload, author eventlog.AuthorID, client eventlog.ClientID, seq uint64) event.Event {
	t := a.thread
	now := a.cfg.Now()
	if now < t.UpdatedAt-1000 {
		a.cfg.Logger.Warn("the clock went back", "thread", t.Stream, "ms", t.UpdatedAt-now)
	}
	e := event.Event{
		Stream: t.Stream, Revision: t.Revision + 1, Time: max(now, t.UpdatedAt),
		Author: author, Client: client, Seq: seq, Payload: f,
	}
	var inverse *ot.Change
	if c, ok := f.(event.Changed); ok {
		if len(a.lines) > 0 {
			inverse = new(c.Change.InvertWith(t.Units))
		}
		a.bytes += size(c.Change) - a.deletes(c.Change)
		a.pairs = a.pairs || changePairs(c.Change)
	}
	eff, err := t.Apply(e)
	if err != nil {
		panic("authority: own record refused: " + err.Error())
	}
	ent := newEntry(t, e, eff, inverse)
	a.window.add(ent)
	a.follow(ent, eff)
	r := event.Encode(f)
	r.Time, r.Author, r.Client, r.Seq = e.Time, author, client, seq
	a.batch.records = append(a.batch.records, r)
	a.batch.bytes += len(r.Text)
	return e
}

// flush appends the batch and, when it is on disk, tells everybody.
func (a *Authority) flush() {
	b := &a.batch
	if b.empty() {
		return
	}
	if len(b.records) > 0 {
		head, err := a.cfg.Log.Append(context.Background(), a.cfg.Stream, b.base, b.records...)
		if err != nil {
			a.recover(err)
			return
		}
		a.chain = head.Chain
	}
	a.publish()
}

// announce announces records that are on disk, the last of them at the thread's
// revision. It comes before they are sent to peers: a client that sees an edit
// may ask for the list of threads, and must find it there.
func (a *Authority) announce(records []eventlog.Record) {
	if n := eventlog.Revision(len(records)); n > 0 {
		a.cfg.Room.Announce(Batch{a.thread.Revision - n, records, a.thread.Summary()})
	}
}

func (a *Authority) publish() {
	b := &a.batch
	a.announce(b.records)
	for _, r := range b.requests {
		if r.peer != nil {
			r.peer.Settled(r.re, true)
		}
	}
	a.settleLines()
	a.fanout.dirty = a.fanout.dirty || len(b.records) > 0
	a.tell()
	for _, r := range b.requests {
		a.prompt(r.peer)
		if r.done != nil {
			r.done <- nil
		}
	}
	b.reset(a.thread.Revision)
	a.window.trim(a.fanout.told, a.cfg.Now())
	a.restLater()
}

// complainEvery is how long, in milliseconds, a thread says nothing more of
// appends that fail: on a full disk each keystroke is one.
const complainEvery = 60_000

func (a *Authority) complain(cause error) {
	a.failed++
	if now := a.cfg.Now(); now >= a.quiet {
		a.cfg.Logger.Error("append failed; asking the log what is there", "thread", a.cfg.Stream, "times", a.failed, "error", cause)
		a.failed, a.quiet = 0, now+complainEvery
	}
}

// recover deals with an append that did not return well. The log says what
// became of it: either the batch is there as it was sent, and all is well, or
// nothing of it is, and the thread is read again and the senders are told.
func (a *Authority) recover(cause error) {
	a.cfg.Room.Refused(cause)
	a.complain(cause)
	there, err := a.appended()
	if err != nil {
		a.giveUp(err)
		return
	}
	if there {
		if a.chain, err = a.cfg.Log.ChainAt(context.Background(), a.cfg.Stream, a.thread.Revision); err != nil {
			a.giveUp(err)
			return
		}
		a.publish()
		return
	}
	a.reload(cause)
}

// appended reports whether the records after the batch's base are the batch.
func (a *Authority) appended() (bool, error) {
	n := 0
	for r, err := range a.cfg.Log.Read(context.Background(), a.cfg.Stream, a.batch.base) {
		if err != nil {
			return false, err
		}
		if n >= len(a.batch.records) {
			return false, nil
		}
		b := &a.batch.records[n]
		if r.Time != b.Time || r.Author != b.Author || r.Client != b.Client || r.Seq != b.Seq || r.Kind != b.Kind ||
			!bytes.Equal(r.Shape, b.Shape) || !bytes.Equal(r.Text, b.Text) {
			return false, nil
		}
		n++
	}
	return n == len(a.batch.records), nil
}

// reload reads the thread from the log again, since the batch is not there, and
// has its senders send it again. Records of another writer that are there
// instead are announced and sent to the peers.
func (a *Authority) reload(cause error) {
	failed := append([]request(nil), a.batch.requests...)
	text := "the log cannot take edits now: nothing was lost, send again"
	if errors.Is(cause, eventlog.ErrConflict) {
		text = "another writer has written to this thread: send again"
	}
	found, err := a.refold(a.batch.base)
	if err != nil {
		a.giveUp(err)
		return
	}
	for _, l := range a.lines {
		l.forget(a.thread)
	}
	a.announce(found)
	a.settleLines()
	a.tellNow() // what is there must not come after the failures
	for _, r := range failed {
		a.inOrder(r.peer)
		a.fail(r, &wire.Error{Code: wire.Unavailable, Text: text})
	}
}

// refold folds the thread from the log and returns its records after a revision
// up to which the window is on disk. The window goes on with them.
func (a *Authority) refold(base eventlog.Revision) ([]eventlog.Record, error) {
	ctx := context.Background()
	t, err := ThreadAt(ctx, a.cfg.Log, a.cfg.Stream, base)
	if err != nil {
		return nil, err
	}
	a.window.cut(base)
	var found []eventlog.Record
	redacted := false
	for r, err := range a.cfg.Log.Read(ctx, a.cfg.Stream, base) {
		if err != nil {
			return nil, err
		}
		e, err := event.Decode(r)
		if err != nil {
			return nil, err
		}
		eff, err := t.Apply(e)
		if err != nil {
			return nil, err
		}
		a.window.add(newEntry(t, e, eff, nil))
		found = append(found, r)
		if _, ok := e.Payload.(event.Redacted); ok {
			redacted = true
		}
	}
	if redacted { // in records before it, too, which are in memory as they were
		a.window.reset(t.Revision)
		a.past = past{rest: a.past.rest}
	}
	head, err := a.cfg.Log.ChainAt(ctx, a.cfg.Stream, t.Revision)
	if err == nil {
		a.adopt(t, head)
	}
	return found, err
}

// giveUp drops everybody: the log cannot even be read. They come back, and the
// hub starts another authority.
func (a *Authority) giveUp(err error) {
	a.cfg.Logger.Error("cannot read the thread", "thread", a.cfg.Stream, "error", err)
	a.stopped = true
	for _, r := range a.batch.requests {
		a.fail(r, &wire.Error{Code: wire.Unavailable, Text: "the log cannot be read now: nothing was lost, send again"})
	}
	for _, p := range a.peers() {
		p.Close(wire.CloseTryAgain, "the thread cannot be read now: connect again")
	}
	a.texts, a.lines = map[Peer]*textPeer{}, map[Peer]*linePeer{}
	a.batch.reset(a.batch.base)
}

// size returns the bytes of UTF-8 that c inserts.
func size(c ot.Change) int {
	n := 0
	c.Each(func(_, _, _, _ int, insert []uint16) { n += bytesOf(insert) })
	return n
}

// deletes returns the bytes of UTF-8 that c deletes of the text.
func (a *Authority) deletes(c ot.Change) int {
	n := 0
	c.Each(func(fromA, toA, _, _ int, _ []uint16) {
		if fromA < toA {
			n += bytesOf(a.thread.Units(fromA, toA))
		}
	})
	return n
}

// bytesOf returns the bytes that units take as UTF-8.
func bytesOf(units []uint16) int {
	n := 0
	for _, u := range units {
		switch {
		case u >= 0xd800 && u < 0xe000: // half of four bytes
			n += 2
		default:
			n += utf8.RuneLen(rune(u))
		}
	}
	return n
}
