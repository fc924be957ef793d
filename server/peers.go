package server

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"

	"github.com/gorilla/websocket"
)

// streamsMax bounds how many peers are read for from the log at one time; each
// has a page of entries in memory.
const streamsMax = 8

// A peerSet is all open connections.
type peerSet struct {
	mu       sync.Mutex
	peers    map[*peer]struct{}
	turnover uint64 // connections that came or went, ever
	closed   bool

	queued       atomic.Int64  // bytes that wait for all peers
	streams      chan struct{} // room for who is being streamed entries from the log
	frames       *rate.Limiter // that peers are told before their turn
	writeTimeout time.Duration // set before the first peer comes
}

func newPeerSet() *peerSet {
	return &peerSet{
		peers: map[*peer]struct{}{}, streams: make(chan struct{}, streamsMax),
		frames: rate.NewLimiter(earlyRate, earlyBurst), writeTimeout: writeTimeout,
	}
}

// add reports false when no connection is taken any more.
func (ps *peerSet) add(p *peer) bool {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	if !ps.closed {
		ps.peers[p] = struct{}{}
		ps.turnover++
	}
	return !ps.closed
}

func (ps *peerSet) remove(p *peer) {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	delete(ps.peers, p)
	ps.turnover++
}

// moved returns how many connections came or went, ever.
func (ps *peerSet) moved() uint64 {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	return ps.turnover
}

func (ps *peerSet) count() int {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	return len(ps.peers)
}

// all returns those that keep says yes to.
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

// sweep pings all peers and closes those that have answered nothing for two
// intervals. One goroutine does it for all: a timer each would cost memory.
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
