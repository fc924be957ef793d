package live

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
)

// A peerSet is all open connections.
type peerSet struct {
	mu     sync.Mutex
	peers  map[*peer]struct{}
	closed bool

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
	ps.mu.Unlock()
	ps.changed()
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
// intervals. One goroutine does it for all: a timer for each would cost memory.
func (ps *peerSet) sweep(ctx context.Context) {
	tick := time.NewTicker(pingInterval)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		dead := now() - 2*pingInterval.Milliseconds()
		for _, p := range ps.all(func(*peer) bool { return true }) {
			if p.seen.Load() < dead {
				_ = p.conn.Close()
			} else {
				p.control(control{op: websocket.PingMessage})
			}
		}
	}
}
