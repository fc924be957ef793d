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

// A batch is the records that are folded into the thread but not on disk yet,
// and the requests that made them.
type batch struct {
	base     eventlog.Revision // the revision before the first record
	records  []eventlog.Record
	requests []request
	bytes    int                       // of the records' texts
	touched  map[int]eventlog.Revision // the last revision that touched a line, by the line's index now
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

// record folds an event into the thread and adds it to the batch. The caller
// has validated it: if the projection refuses it, that is a bug in this
// package.
func (a *Authority) record(f event.Payload, author eventlog.AuthorID, client eventlog.ClientID, seq uint64) event.Event {
	t := a.thread
	now := a.cfg.Now()
	if now < t.UpdatedAt-1000 {
		a.cfg.Room.Behind(t.UpdatedAt - now)
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
	a.memory.Before(t, &e)
	eff, err := t.Apply(e)
	if err != nil {
		panic("authority: own record refused: " + err.Error())
	}
	a.memory.After(t, &e, eff.Hunks)
	ent := newEntry(t, e, eff, inverse)
	a.recent.add(ent)
	a.follow(ent, eff)
	r := event.Encode(f)
	r.Time, r.Author, r.Client, r.Seq = e.Time, author, client, seq
	a.batch.records = append(a.batch.records, r)
	a.batch.bytes += len(r.Text)
	return e
}

// commit appends the batch and publishes it when it is on disk.
func (a *Authority) commit() {
	defer a.expose() // also what was forgotten
	b := &a.batch
	if b.empty() {
		return
	}
	if len(b.records) > 0 {
		head, err := a.lend()
		if err != nil {
			a.settleAppend(err)
			return
		}
		a.chain = head.Chain
	}
	a.publish()
}

// announce announces records that are on disk, the last of them at the thread's
// revision. It must come before they are sent to peers: a client that sees an
// edit may ask for the list of threads and must find the edit there.
func (a *Authority) announce(records []eventlog.Record) {
	if n := eventlog.Revision(len(records)); n > 0 {
		a.cfg.Room.Announce(Batch{a.thread.Revision - n, records, a.thread.Summary()})
	}
}

func (a *Authority) publish() {
	a.expose()
	b := &a.batch
	a.announce(b.records)
	for _, r := range b.requests {
		if r.peer != nil {
			r.peer.Settled(r.re, true)
		}
	}
	a.settleLines()
	a.fanout.dirty = a.fanout.dirty || len(b.records) > 0
	a.broadcastNew()
	for _, r := range b.requests {
		a.flushTo(r.peer)
		if r.done != nil {
			r.done <- nil
		}
	}
	b.reset(a.thread.Revision)
	a.recent.trim(a.fanout.sent, a.cfg.Now())
	a.restLater()
}

// failureLogPause is how long, in milliseconds, a thread logs no further failed
// append: on a full disk every keystroke causes one.
const failureLogPause = 60_000

func (a *Authority) logFailure(cause error) {
	a.failed++
	if now := a.cfg.Elapsed(); now >= a.quiet {
		a.cfg.Logger.Error("append failed; asking the log what is there", "thread", a.cfg.Stream, "times", a.failed, "error", cause)
		a.failed, a.quiet = 0, now+failureLogPause
	}
}

// settleAppend finds out from the log what became of an append that returned an
// error. Either all of the batch is there, and it is published, or nothing of
// it is, and the thread is read again.
func (a *Authority) settleAppend(cause error) {
	a.cfg.Room.Refused(cause)
	a.logFailure(cause)
	there, err := a.appended()
	if err != nil {
		a.abandon(err)
		return
	}
	if there {
		if a.chain, err = a.cfg.Log.ChainAt(context.Background(), a.cfg.Stream, a.thread.Revision); err != nil {
			a.abandon(err)
			return
		}
		a.publish()
		return
	}
	a.reload(cause)
}

// appended reports whether the log has exactly the batch after its base.
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

// reload reads the thread from the log again, because the batch is not there,
// and has the senders send again. Records of another writer that are there
// instead are announced and sent to the peers.
func (a *Authority) reload(cause error) {
	failed := append([]request(nil), a.batch.requests...)
	answer := wire.Refusal(cause)
	if errors.Is(cause, eventlog.ErrConflict) {
		answer = wire.Errorf(wire.Unavailable, "another writer has written to this thread: send again")
	}
	found, err := a.refold(a.batch.base)
	if err != nil {
		a.abandon(err)
		return
	}
	for _, l := range a.lines {
		l.forget(a.thread)
	}
	a.announce(found)
	a.settleLines()
	a.broadcastNow() // the errors must not overtake these entries
	for _, r := range failed {
		a.inOrder(r.peer)
		a.fail(r, answer)
	}
}

// refold folds the thread from the log again. The recent entries after base are
// replaced by those of the log, whose records it returns.
func (a *Authority) refold(base eventlog.Revision) ([]eventlog.Record, error) {
	ctx := context.Background()
	t, err := ThreadAt(ctx, a.cfg.Log, a.cfg.Stream, base)
	if err != nil {
		return nil, err
	}
	a.recent.cut(base)
	a.memory.Cut(base)
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
		a.memory.Before(t, &e)
		eff, err := t.Apply(e)
		if err != nil {
			return nil, err
		}
		a.memory.After(t, &e, eff.Hunks)
		a.recent.add(newEntry(t, e, eff, nil))
		found = append(found, r)
		if _, ok := e.Payload.(event.Redacted); ok {
			redacted = true
		}
	}
	if redacted { // records before it, too, which are in memory as they were
		a.recent.reset(t.Revision)
		a.resumes.cache.Store(nil)
		a.resumes.age.Add(1)
	}
	head, err := a.cfg.Log.ChainAt(ctx, a.cfg.Stream, t.Revision)
	if err == nil {
		a.adopt(t, head)
	}
	return found, err
}

// abandon stops the authority and closes every connection, because the log
// cannot be read. Clients reconnect, and the server starts another authority.
func (a *Authority) abandon(err error) {
	a.cfg.Logger.Error("cannot read the thread", "thread", a.cfg.Stream, "error", err)
	a.stopped = true
	for _, r := range a.batch.requests {
		answer := wire.OutcomeUnknown()
		if _, ok := a.texts[r.peer]; ok && r.re == "update" { // a push is never applied twice
			answer = wire.Errorf(wire.Unavailable, "the log cannot be read now: nothing was lost, send again")
		}
		a.fail(r, answer)
	}
	for _, p := range a.peers() {
		p.Close(wire.CloseTryAgain, "the thread cannot be read now: connect again")
	}
	a.texts, a.lines = map[Peer]*textPeer{}, map[Peer]*linePeer{}
	a.batch.reset(a.batch.base)
}

// size returns how many bytes of UTF-8 c inserts.
func size(c ot.Change) int {
	n := 0
	c.Each(func(_, _, _, _ int, insert []uint16) { n += bytesOf(insert) })
	return n
}

// deletes returns how many bytes of UTF-8 c deletes from the text.
func (a *Authority) deletes(c ot.Change) int {
	n := 0
	c.Each(func(fromA, toA, _, _ int, _ []uint16) {
		if fromA < toA {
			n += bytesOf(a.thread.Units(fromA, toA))
		}
	})
	return n
}

// bytesOf returns how many bytes the units take as UTF-8.
func bytesOf(units []uint16) int {
	n := 0
	for _, u := range units {
		switch {
		case u >= 0xd800 && u < 0xe000: // half of a surrogate pair, which takes four bytes
			n += 2
		default:
			n += utf8.RuneLen(rune(u))
		}
	}
	return n
}
