package authority

import (
	"cmp"
	"slices"
	"time"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
)

// A RateLimit is how often the peers of a thread are sent what is new: once in
// every Every, and Burst times at once after a rest. The zero value sets no limit.
type RateLimit struct {
	Every time.Duration
	Burst int
}

// laggingMax bounds the entries that are given in one turn to peers that were
// not told with the turn before, each group of them counted; who is not given
// his has the next turn.
const laggingMax = 8192

// A fanout is what the peers have not been told yet, and when they will be.
// What is new goes out at once while the thread's pace allows it, and else
// with all that has come meanwhile when it does (the generic cell rate
// algorithm of ITU-T I.371, with the peers' turns as cells). How far each peer
// was told is kept with the peer, so one that takes nothing for a while lacks
// nothing: it is told later, and all at once.
type fanout struct {
	dirty bool              // somebody may have to be told something
	paid  int64             // Unix ms: through when the turns so far have been paid for
	timer bool              // one is set
	told  eventlog.Revision // what the peers who keep up were told

	// Lines, as they are now, by which record last, as far as some peer in line
	// mode was not told; see tellLines.
	touched map[int]eventlog.Revision

	moved []Peer   // whose cursor is to be shown
	left  []Cursor // of who left, to be taken away
	gone  []Cursor // taken away while somebody could not be told
}

// tell gives everybody what is new, now or when the pace allows it. Nothing may
// wait to be appended: what is told is on disk.
func (a *Authority) tell() {
	f := &a.fanout
	if !f.dirty {
		return
	}
	peers := len(a.texts) + len(a.lines)
	limit := a.cfg.Room.RateLimit(peers)
	every, now := limit.Every.Milliseconds(), a.cfg.Now()
	burst := int64(max(limit.Burst, 1))
	if f.paid > now+burst*every { // the clock went back
		f.paid = now
	}
	if wait := f.paid - (burst-1)*every - now; wait > 0 {
		if peers > earlyMax || !a.cfg.Room.Flush(peers) {
			a.tellLater(wait)
			return
		}
	} else {
		f.paid = max(f.paid, now) + every
	}
	a.tellNow()
	a.tell() // there may be more than one turn takes
}

func (a *Authority) tellNow() {
	a.fanout.dirty = false
	a.tellTexts()
	a.sendBeacon()
	a.tellCursors()
	a.tellLines()
}

func (a *Authority) tellLater(wait int64) {
	if a.fanout.timer {
		return
	}
	a.fanout.timer = true
	a.cfg.After(time.Duration(wait)*time.Millisecond, func() {
		a.enqueue(request{now: true, do: func() {
			a.fanout.timer = false
			a.tellIfDurable()
		}})
	})
}

// tellIfDurable is tell where something may wait to be appended: then publish
// tells, which follows.
func (a *Authority) tellIfDurable() {
	if a.batch.empty() {
		a.tell()
	}
}

// Drained must be called when a peer whose Ready returned false has room again.
// Every peer that is ready is then sent what it lacks.
func (a *Authority) Drained() {
	a.enqueue(request{now: true, do: func() {
		a.fanout.dirty = true
		a.tellIfDurable()
	}})
}

// earlyMax is how many peers at most are told early. In a crowd that would cost
// more than it is worth.
const earlyMax = 32

// promptMax bounds the entries that a peer is given alone for the sake of its
// own among them.
const promptMax = 64

// prompt gives a peer whose edits were just logged what it lacks, its own edits
// among that, before its turn: it has nothing else in flight until it has those.
func (a *Authority) prompt(p Peer) {
	tp, ok := a.texts[p]
	if !ok || tp.catching {
		return
	}
	lacks := a.thread.Revision - tp.told
	if lacks > 0 && lacks <= promptMax && tp.told >= a.window.base && p.Ready() && a.cfg.Room.Flush(1) {
		a.publishEntries([]Peer{p}, a.entriesAfter(tp.told))
	}
}

// tellTexts gives text mode the entries that it lacks. Those who keep up lack
// the same, but for writers who were prompted, and who lacks the same is told
// with one message; a message's entries are the end of those of the one before,
// so that they need be encoded but once. Who is further behind comes first.
func (a *Authority) tellTexts() {
	head := a.thread.Revision
	var lacking []Peer
	for p, tp := range a.texts {
		switch {
		case tp.catching || tp.told == head:
		case !p.Ready():
			tp.blind = true
		case !a.near(tp.told):
			a.stream(p, tp)
		default:
			lacking = append(lacking, p)
		}
	}
	slices.SortFunc(lacking, func(p, q Peer) int { return cmp.Compare(a.texts[p].told, a.texts[q].told) })
	var entries []Entry // of the peers that lack most
	lagging := 0
	for len(lacking) > 0 {
		from := a.texts[lacking[0]].told
		n := slices.IndexFunc(lacking, func(p Peer) bool { return a.texts[p].told != from })
		if n < 0 {
			n = len(lacking)
		}
		to := lacking[:n:n]
		lacking = lacking[n:]
		if from < a.fanout.told {
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
	a.fanout.told = head
}

// publishEntries sends peers entries up to the head.
func (a *Authority) publishEntries(to []Peer, entries []Entry) {
	for _, p := range to {
		a.texts[p].told = a.thread.Revision
	}
	if len(entries) > 0 {
		a.broadcast(to, Entries{entries, a.chain})
	}
}

// near reports whether the entries after a revision are in memory and go into one
// frame: those of this turn do in any case, and of others a few.
func (a *Authority) near(from eventlog.Revision) bool {
	entries, ok := a.window.after(from)
	return ok && (from >= a.fanout.told || a.thread.Revision-from <= eventlog.Revision(a.catchUpMax) && !heavy(entries, 0))
}

// stream has the server stream p what it lacks from the log.
func (a *Authority) stream(p Peer, tp *textPeer) {
	tp.catching, tp.blind = true, true
	p.Stream(CatchUp{From: tp.told, To: a.thread.Revision, of: tp})
}

// catchUp gives p what it lacks, at whatever pace: at once where that is in
// memory, else by way of the server.
func (a *Authority) catchUp(p Peer, tp *textPeer) {
	if tp.catching = false; a.light(tp.told) {
		a.publishEntries([]Peer{p}, a.entriesAfter(tp.told))
	} else {
		a.stream(p, tp)
	}
}

// inOrder gives p what it lacks, so that an answer to p does not overtake the
// receipts of what it sent before.
func (a *Authority) inOrder(p Peer) {
	tp, ok := a.texts[p]
	if ok && !tp.catching && tp.told < a.thread.Revision && len(a.batch.records) == 0 {
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
