package authority

import (
	"crypto/sha256"
	"slices"

	"parodywave/eventlog"
	"parodywave/server/internal/wire"
)

// Cursor passes a text-mode peer's cursor on to the others. It is never logged.
func (a *Authority) Cursor(p Peer, rev eventlog.Revision, ranges [][2]int) {
	a.enqueue(request{now: true, do: func() {
		tp, ok := a.texts[p]
		if !ok {
			a.fail(request{peer: p, re: "cursor"}, wire.Errorf(wire.NotJoined, "join a thread in text mode before you show a cursor"))
			return
		}
		if rev > a.thread.Revision {
			a.fail(request{peer: p, re: "cursor"}, a.stale("rev %d is above the head %d", rev, a.thread.Revision))
			return
		}
		tp.cursor = &Cursor{Client: tp.client, Author: tp.author, Revision: rev, Ranges: ranges}
		if !tp.moved {
			tp.moved = true
			a.fanout.moved = append(a.fanout.moved, p)
		}
		a.fanout.dirty = true
		a.broadcastIfDurable()
	}})
}

const (
	// cursorsMax bounds the cursors that one broadcast sends to everybody, and cursorSends
	// how often it sends one to a peer. More follow with the next broadcasts, each where
	// it is by then.
	cursorsMax  = 64
	cursorSends = 1 << 15
	// cursorsShown bounds the cursors that a peer which has just joined is sent at once.
	// The others appear when they move.
	cursorsShown = 256
)

// sendCursors sends the peers that keep up where the others are. It must follow
// sendEntries, since a cursor may be at a revision that those entries bring.
func (a *Authority) sendCursors() {
	f := &a.fanout
	moved := f.moved[:min(len(f.moved), cursorsMax, max(1, cursorSends/max(len(a.texts), 1)))]
	if len(moved)+len(f.left)+len(f.gone) == 0 && !a.anyCursorsDue() {
		return
	}
	to := make([]Peer, 0, len(a.texts))
	lacking, show := false, a.shownCursors()
	for p, tp := range a.texts {
		switch {
		case tp.streaming || tp.sent < a.thread.Revision || !p.Ready():
			tp.cursorsDue, lacking = true, true
		case tp.cursorsDue && show.left > 0:
			show.to(p, tp)
		case tp.cursorsDue:
			lacking, f.dirty = true, true
		default:
			to = append(to, p)
		}
	}
	for _, c := range f.left {
		a.publishCursor(to, c)
	}
	for _, q := range moved {
		tp := a.texts[q]
		tp.moved = false
		a.publishCursor(others(to, q), *tp.cursor)
	}
	f.moved = slices.Delete(f.moved, 0, len(moved))
	if f.gone, f.left = append(f.gone, f.left...), nil; !lacking {
		f.gone = nil
	}
	f.dirty = f.dirty || len(f.moved) > 0
}

func (a *Authority) publishCursor(to []Peer, c Cursor) {
	if len(to) > 0 {
		a.broadcast(to, c)
	}
}

// others returns peers without but. It changes their order.
func others(peers []Peer, but Peer) []Peer {
	i, last := slices.Index(peers, but), len(peers)-1
	if i < 0 {
		return peers
	}
	peers[i], peers[last] = peers[last], peers[i]
	return peers[:last]
}

func (a *Authority) anyCursorsDue() bool {
	for _, tp := range a.texts {
		if tp.cursorsDue {
			return true
		}
	}
	return false
}

// hideCursor removes the cursor of a peer that has left from the others'
// screens.
func (a *Authority) hideCursor(c Cursor) {
	c.Revision, c.Ranges = a.batch.base, [][2]int{}
	a.fanout.left = append(a.fanout.left, c)
	a.fanout.dirty = true
	a.broadcastIfDurable()
}

// cursorsLater has a peer sent the cursors of the others once it has the thread's entries.
func (a *Authority) cursorsLater(tp *textPeer) {
	tp.cursorsDue, a.fanout.dirty = true, true
	a.broadcastIfDurable()
}

// shownCursors are the frames that show a peer the cursors of the others, each encoded
// once, when the first peer needs them.
type shownCursors struct {
	a      *Authority
	frames []shownCursor
	made   bool
	left   int // how many more frames one broadcast may send so
}

type shownCursor struct {
	of    Peer // nil: it has left
	frame []byte
}

func (a *Authority) shownCursors() *shownCursors { return &shownCursors{a: a, left: cursorSends} }

// to sends a peer the cursors of the others.
func (s *shownCursors) to(p Peer, tp *textPeer) {
	if !s.made {
		s.made = true
		s.make()
	}
	tp.cursorsDue = false
	for _, c := range s.frames {
		if c.of != p {
			p.Send(c.frame)
		}
	}
	s.left -= 1 + len(s.frames)
}

func (s *shownCursors) make() {
	f, room := &s.a.fanout, s.a.cfg.Room
	for _, c := range slices.Concat(f.gone, f.left) {
		s.frames = append(s.frames, shownCursor{nil, room.Frame(c)})
	}
	shown := 0
	for q, other := range s.a.texts {
		if shown == cursorsShown {
			break
		}
		if other.cursor != nil && len(other.cursor.Ranges) > 0 {
			s.frames = append(s.frames, shownCursor{q, room.Frame(*other.cursor)})
			shown++
		}
	}
}

const (
	beaconRevisions = 1000
	beaconPause     = 10_000 // milliseconds of activity
)

type beaconState struct {
	revision eventlog.Revision
	at       int64
}

// sendBeacon lets clients in text mode compare their text now and then.
func (a *Authority) sendBeacon() {
	now := a.cfg.Elapsed()
	b := &a.beacon
	if a.thread.Revision < b.revision+beaconRevisions && now < b.at+beaconPause {
		return
	}
	*b = beaconState{a.thread.Revision, now}
	var to []Peer
	for p, tp := range a.texts {
		if !tp.streaming && tp.sent == a.thread.Revision {
			to = append(to, p)
		}
	}
	if len(to) == 0 {
		return
	}
	a.broadcast(to, Beacon{
		Revision: a.thread.Revision, Length: a.thread.Len(),
		SHA256: sha256.Sum256([]byte(a.thread.Text())), Chain: a.chain,
	})
}
