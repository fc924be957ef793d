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

// cursorsMax bounds the cursors in one broadcast. More follow with the next
// ones, each where it is by then.
const cursorsMax = 64

// sendCursors sends the peers that keep up where the others are. It must follow
// sendEntries, since a cursor may be at a revision that those entries bring.
func (a *Authority) sendCursors() {
	f := &a.fanout
	moved := f.moved[:min(len(f.moved), cursorsMax)]
	if len(moved)+len(f.left)+len(f.gone) == 0 && !a.anyCursorsDue() {
		return
	}
	to := make([]Peer, 0, len(a.texts))
	lacking := false
	for p, tp := range a.texts {
		switch {
		case tp.streaming || tp.sent < a.thread.Revision || !p.Ready():
			tp.cursorsDue, lacking = true, true
		case tp.cursorsDue:
			a.showCursors(p, tp)
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

// showCursors sends a peer all cursors of the others, or has them sent after
// the entries that are being streamed to it.
func (a *Authority) showCursors(p Peer, tp *textPeer) {
	if tp.cursorsDue = tp.streaming; tp.cursorsDue {
		return
	}
	for _, c := range a.fanout.gone {
		a.send(p, c)
	}
	for _, c := range a.fanout.left {
		a.send(p, c)
	}
	for q, other := range a.texts {
		if q != p && other.cursor != nil && len(other.cursor.Ranges) > 0 {
			a.send(p, *other.cursor)
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
