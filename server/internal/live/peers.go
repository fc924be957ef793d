package live

import (
	"context"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
)

// A peerSet is all open connections.
type peerSet struct {
	mu       sync.Mutex
	peers    map[*peer]struct{}
	closed   bool
	turnover int         // connections added or removed since the last trim
	quiet    *time.Timer // calls trim; nil before the first crowd

	changed      func()        // called when a connection is added or removed
	queued       atomic.Int64  // bytes that wait for all peers
	writeTimeout time.Duration // set before the first connection
}

func newPeerSet() *peerSet {
	return &peerSet{peers: map[*peer]struct{}{}, writeTimeout: writeTimeout}
}

// add reports false once the server accepts no connections any more.
func (ps *peerSet) add(p *peer) bool {
	ps.mu.Lock()
	closed := ps.closed
	if !closed {
		ps.peers[p] = struct{}{}
		ps.moved()
	}
	ps.mu.Unlock()
	if !closed {
		ps.changed()
	}
	return !closed
}

func (ps *peerSet) remove(p *peer) {
	ps.mu.Lock()
	delete(ps.peers, p)
	ps.moved()
	ps.mu.Unlock()
	ps.changed()
}

const (
	crowd      = 200             // connections that come or go
	crowdQuiet = 2 * time.Second // without another one
)

// moved counts a connection that was added or removed, and has memory given back
// once a crowd has come or gone; the caller holds mu. Handshakes and joins leave
// more garbage than an idle connection keeps, and while nothing happens nothing
// collects it: a connection of an idle thousand costs 9 KiB instead of 13.
func (ps *peerSet) moved() {
	if ps.turnover++; ps.turnover < crowd {
		return
	}
	if ps.quiet == nil {
		ps.quiet = time.AfterFunc(crowdQuiet, ps.trim)
	}
	ps.quiet.Reset(crowdQuiet)
}

func (ps *peerSet) trim() {
	ps.mu.Lock()
	ps.turnover = 0
	ps.mu.Unlock()
	debug.FreeOSMemory()
}

func (ps *peerSet) count() int {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	return len(ps.peers)
}

// all returns the peers for which keep is true.
func (ps *peerSet) all(keep func(*peer) bool) []*peer {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	out := make([]*peer, 0, len(ps.peers))
	for p := range ps.peers {
		if keep(p) {
			out = append(out, p)
		}
	}
	return out
}

func (ps *peerSet) closeAll(code int, text string) {
	ps.mu.Lock()
	ps.closed = true
	ps.mu.Unlock()
	for _, p := range ps.all(func(*peer) bool { return true }) {
		p.Close(code, text)
	}
}

const pingInterval = 30 * time.Second

// sweep pings all peers and closes those that have sent nothing for two
// intervals of clock, or have not finished a message for as long. One goroutine does it for all: a timer for each would cost
// memory.
func (ps *peerSet) sweep(ctx context.Context, clock func() int64) {
	tick := time.NewTicker(pingInterval)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		dead := clock() - 2*pingInterval.Microseconds()
		for _, p := range ps.all(func(*peer) bool { return true }) {
			began := p.reading.Load()
			if p.seen.Load() < dead || began > 0 && began < dead {
				_ = p.conn.Close()
			} else {
				p.control(control{op: websocket.PingMessage})
			}
		}
	}
}
