package authority

import (
	"cmp"
	"slices"
	"time"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
)

// A RateLimit says how often the peers of a thread may be sent new entries:
// once per interval Every, and Burst times at once after a rest. The zero value
// sets no limit.
type RateLimit struct {
	Every time.Duration
	Burst int
}

// laggingMax bounds the entries that one broadcast sends to lagging peers,
// those that missed the one before. Entries count once for each group of peers
// that lack the same. The peers beyond the bound come with the next broadcast.
const laggingMax = 8192

// A fanout is what the peers have not been sent yet, and when it goes out. A
// broadcast goes out at once while the rate limit allows it, and otherwise
// later with all that has come meanwhile (the generic cell rate algorithm of
// ITU-T I.371, with broadcasts as cells). Each peer records up to where it was
// sent, so that a peer which was not ready gets everything later, in one frame.
type fanout struct {
	dirty bool              // some peer may lack something
	paid  int64             // the time of Elapsed up to which the broadcasts so far use the limit up
	timer bool              // a timer is running
	sent  eventlog.Revision // the revision of the last broadcast

	// The last revision that touched a line, by the line's index now, for lines
	// that some peer in line mode has not been sent since; see sendLines.
	touched map[int]eventlog.Revision

	moved []Peer   // peers whose cursor has to be sent
	left  []Cursor // of peers that left, to be removed
	gone  []Cursor // removed while some peer could not be sent that
}

// broadcastNew sends every peer what it lacks, at once or when the rate limit
// allows it. The batch must be empty: everything that is sent is on disk.
func (a *Authority) broadcastNew() {
	f := &a.fanout
	if !f.dirty {
		return
	}
	peers := len(a.texts) + len(a.lines)
	limit := a.cfg.Room.RateLimit(peers)
	every, now := limit.Every.Milliseconds(), a.cfg.Elapsed()
	burst := int64(max(limit.Burst, 1))
	if f.paid > now+burst*every { // the limit has risen
		f.paid = now
	}
	if wait := f.paid - (burst-1)*every - now; wait > 0 {
		if peers > flushPeersMax || !a.cfg.Room.Flush(peers) {
			a.broadcastLater(wait)
			return
		}
	} else {
		f.paid = max(f.paid, now) + every
	}
	a.broadcastNow()
	a.broadcastNew() // one broadcast may not send everything
}

func (a *Authority) broadcastNow() {
	a.fanout.dirty = false
	a.sendEntries()
	a.sendBeacon()
	a.sendCursors()
	a.sendLines()
}

func (a *Authority) broadcastLater(wait int64) {
	if a.fanout.timer {
		return
	}
	a.fanout.timer = true
	a.cfg.After(time.Duration(wait)*time.Millisecond, func() {
		a.enqueue(request{now: true, do: func() {
			a.fanout.timer = false
			a.broadcastIfDurable()
		}})
	})
}

// broadcastIfDurable calls broadcastNew unless the batch has edits: then
// publish will.
func (a *Authority) broadcastIfDurable() {
	if a.batch.empty() {
		a.broadcastNew()
	}
}

// Drained must be called when a peer whose Ready returned false has room again.
// Every peer that is ready is then sent what it lacks.
func (a *Authority) Drained() {
	a.enqueue(request{now: true, do: func() {
		a.fanout.dirty = true
		a.broadcastIfDurable()
	}})
}

// flushPeersMax is the most peers that are sent something before the rate limit
// allows it. With more, frames would cost more than the delay.
const flushPeersMax = 32

// flushMax bounds the entries that a writer is sent early for the sake of its
// own.
const flushMax = 64

// flushTo sends a peer whose edits were just logged what it lacks, its own
// edits included, before the rate limit allows it: a client has nothing else in
// flight until it has these.
func (a *Authority) flushTo(p Peer) {
	tp, ok := a.texts[p]
	if !ok || tp.streaming {
		return
	}
	lacks := a.thread.Revision - tp.sent
	if lacks > 0 && lacks <= flushMax && tp.sent >= a.recent.base && p.Ready() && a.cfg.Room.Flush(1) {
		a.publishEntries([]Peer{p}, a.entriesAfter(tp.sent))
	}
}

// sendEntries sends the peers in text mode the entries that they lack. Peers
// that keep up lack the same, except for writers that flushTo has served, and
// peers that lack the same get one frame. The peers that lack most come first:
// the entries of each frame are the end of the frame before, so each entry is
// encoded only once.
func (a *Authority) sendEntries() {
	head := a.thread.Revision
	var lacking []Peer
	for p, tp := range a.texts {
		switch {
		case tp.streaming || tp.sent == head:
		case !p.Ready():
			tp.cursorsDue = true
		case !a.inOneFrame(tp.sent):
			a.stream(p, tp, head)
		default:
			lacking = append(lacking, p)
		}
	}
	slices.SortFunc(lacking, func(p, q Peer) int { return cmp.Compare(a.texts[p].sent, a.texts[q].sent) })
	var entries []Entry // those that the first peers lack
	lagging := 0
	for len(lacking) > 0 {
		from := a.texts[lacking[0]].sent
		n := slices.IndexFunc(lacking, func(p Peer) bool { return a.texts[p].sent != from })
		if n < 0 {
			n = len(lacking)
		}
		to := lacking[:n:n]
		lacking = lacking[n:]
		if from < a.fanout.sent {
			if lagging += int(head - from); lagging > laggingMax {
				a.fanout.dirty = true
				continue
			}
		}
		if entries == nil {
			entries = a.entriesAfter(from)
		}
		a.publishEntries(to, entries[len(entries)-int(head-from):])
	}
	a.fanout.sent = head
}

// publishEntries sends peers the entries up to the head.
func (a *Authority) publishEntries(to []Peer, entries []Entry) {
	for _, p := range to {
		a.texts[p].sent = a.thread.Revision
	}
	if len(entries) > 0 {
		a.broadcast(to, Entries{entries, a.chain})
	}
}

// inOneFrame reports whether the entries after a revision are among the recent
// ones and may go into one frame. Those since the last broadcast always may,
// older ones only if they are few.
func (a *Authority) inOneFrame(from eventlog.Revision) bool {
	entries, ok := a.recent.after(from)
	return ok && (from >= a.fanout.sent || a.thread.Revision-from <= eventlog.Revision(a.catchUpMax) && !heavy(entries, 0))
}

// stream has the server stream from the log what p lacks up to a revision.
func (a *Authority) stream(p Peer, tp *textPeer, to eventlog.Revision) {
	tp.streaming, tp.cursorsDue = true, true
	p.Stream(CatchUp{From: tp.sent, To: to, of: tp})
}

// catchUp sends p what it lacks, whatever the rate limit: from memory if it is
// there, otherwise by a stream from the log.
func (a *Authority) catchUp(p Peer, tp *textPeer) {
	if tp.streaming = false; a.inMemory(tp.sent) {
		a.publishEntries([]Peer{p}, a.entriesAfter(tp.sent))
	} else {
		a.stream(p, tp, a.thread.Revision)
	}
}

// inOrder sends p what it lacks, so that an answer does not overtake the
// receipts of earlier edits.
func (a *Authority) inOrder(p Peer) {
	tp, ok := a.texts[p]
	if ok && !tp.streaming && tp.sent < a.thread.Revision && len(a.batch.records) == 0 {
		a.catchUp(p, tp)
	}
}

// eventsOf returns the events of entries.
func eventsOf(entries []entry) []event.Event {
	out := make([]event.Event, len(entries))
	for i := range entries {
		out[i] = entries[i].event
	}
	return out
}
