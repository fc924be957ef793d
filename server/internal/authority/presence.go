package authority

import (
	"crypto/sha256"

	"parodywave/eventlog"
)

// Cursor passes a text-mode peer's presence on to the others. It is never
// logged.
func (a *Authority) Cursor(p Peer, rev eventlog.Revision, ranges [][2]int) {
	a.send(request{now: true, do: func() {
		tp, ok := a.texts[p]
		if !ok {
			a.fail(request{peer: p, re: "cursor"}, fault("not_joined", "join a thread in text mode before you show a cursor"))
			return
		}
		if rev > a.thread.Revision {
			a.fail(request{peer: p, re: "cursor"}, a.stale("rev %d is above the head %d", rev, a.thread.Revision))
			return
		}
		tp.cursor = &Cursor{Client: tp.client, Author: tp.author, Revision: rev, Ranges: ranges}
		a.cfg.Publish(a.textPeers(p), *tp.cursor)
	}})
}

// showCursors tells a new peer where the others are.
func (a *Authority) showCursors(p Peer) {
	for q, tp := range a.texts {
		if q != p && tp.cursor != nil && len(tp.cursor.Ranges) > 0 {
			a.cfg.Publish([]Peer{p}, *tp.cursor)
		}
	}
}

const (
	beaconRevisions = 1000
	beaconPause     = 10_000 // Unix milliseconds of activity
)

type beaconState struct {
	revision eventlog.Revision
	at       int64
}

// sendBeacon lets text mode compare its text now and then.
func (a *Authority) sendBeacon() {
	now := a.cfg.Now()
	b := &a.beacon
	if a.thread.Revision < b.revision+beaconRevisions && now < b.at+beaconPause {
		return
	}
	*b = beaconState{a.thread.Revision, now}
	to := a.textPeers(nil)
	if len(to) == 0 {
		return
	}
	a.cfg.Publish(to, Beacon{
		Revision: a.thread.Revision, Length: a.thread.Len(),
		SHA256: sha256.Sum256([]byte(a.thread.Text())), Chain: a.chain,
	})
}
