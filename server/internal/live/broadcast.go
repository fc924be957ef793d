package live

import (
	"bytes"
	"time"

	"parodywave/projection"
	"parodywave/server/internal/wire"
)

const (
	statusPause = 250 * time.Millisecond
	listPause   = time.Second
)

// A broadcaster sends every peer the number of connections, at most four times a
// second and when it changes, and the list of threads to the peers that asked
// for it once, at most once a second.
type broadcaster struct {
	peers  *peerSet
	hub    *Hub
	status throttle
	list   throttle

	// Owned by the calls of the throttles.
	lastStatus [2]int
	lastList   []byte
}

// newBroadcaster returns the broadcaster of peers and the threads of hub, which
// mark what changes.
func newBroadcaster(peers *peerSet, hub *Hub) *broadcaster {
	b := &broadcaster{peers: peers, hub: hub, lastStatus: [2]int{-1, -1}}
	b.status.f, b.list.f = b.sendStatus, b.sendList
	peers.changed = func() { b.status.mark(statusPause) }
	hub.listChanged = func() { b.list.mark(listPause) }
	return b
}

func (b *broadcaster) sendStatus() {
	if now := [2]int{b.peers.count(), b.hub.threads()}; now != b.lastStatus {
		b.lastStatus = now
		b.send(statusKind, b.statusFrame(), func(*peer) bool { return true })
	}
}

// sendList sends the list unless it is the one that was sent last.
func (b *broadcaster) sendList() {
	asked := func(q *peer) bool { return q.listed.Load() }
	if len(b.peers.all(asked)) == 0 { // making a list looks at every thread
		b.lastList = nil
		return
	}
	frame, typing := b.listFrame()
	if !bytes.Equal(frame, b.lastList) {
		b.send(listKind, frame, asked)
	}
	b.lastList = frame
	if typing { // no event tells that somebody stops typing
		b.hub.listChanged()
	}
}

func (b *broadcaster) send(k kind, frame []byte, to func(*peer) bool) {
	for _, q := range b.peers.all(to) {
		q.offer(k, frame)
	}
}

// statusFrame returns the frame with the number of connections and threads.
func (b *broadcaster) statusFrame() []byte {
	r := wire.StatusReply{Connections: b.peers.count(), Threads: b.hub.threads()}
	return encoded(&r)
}

// listFrame returns the frame with the newest threads, and whether somebody is
// typing in one of them.
func (b *broadcaster) listFrame() ([]byte, bool) {
	threads, total := b.hub.list(0, wire.ThreadsInList)
	r := wire.ListReply{Total: total, Threads: make([]wire.ThreadRow, len(threads))}
	typing := false
	for i, t := range threads {
		r.Threads[i] = b.row(&t.Summary, t.room)
		typing = typing || len(r.Threads[i].Typing) > 0
	}
	return encoded(&r), typing
}

func (b *broadcaster) row(s *projection.Summary, r *room) wire.ThreadRow {
	connections, here, typing := b.hub.present(r)
	damage := ""
	if why := b.hub.Damaged(s.Stream); why != nil {
		damage = why.Error()
	}
	return wire.ThreadRow{
		ID: s.Stream, Title: s.Title,
		OpenedBy: b.hub.people.Name(s.OpenedBy), OpenedAt: s.OpenedAt,
		UpdatedBy: b.hub.people.Name(s.UpdatedBy), UpdatedAt: s.UpdatedAt,
		Lines: s.Lines, Connections: connections,
		Rev: s.Revision, Here: here, Typing: typing, Last: s.Last, Damaged: damage,
	}
}
