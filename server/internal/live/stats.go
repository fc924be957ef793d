package live

import (
	"sync"
	"sync/atomic"
	"time"
)

// A stats counts what the server does. Counting costs one addition.
type stats struct {
	began  time.Time
	edits  atomic.Uint64 // changes that became durable
	sent   atomic.Uint64 // frames, except those of the feed
	pushes atomic.Uint64 // messages with edits that arrived

	mu      sync.Mutex
	latency latencies // guarded by mu
}

func newStats() *stats { return &stats{began: time.Now()} }

// clock returns microseconds since the server began. It never returns 0, and
// never less than before.
func (s *stats) clock() int64 { return time.Since(s.began).Microseconds() + 1 }

// durable counts an edit that arrived at a time of clock and is on disk now.
func (s *stats) durable(arrived int64) {
	now := s.clock()
	s.mu.Lock()
	s.latency.add(now/1e6, now-arrived)
	s.mu.Unlock()
}

// counts are totals since the server began.
type counts struct{ edits, sent, pushes uint64 }

func (s *stats) counts() counts {
	return counts{s.edits.Load(), s.sent.Load(), s.pushes.Load()}
}

// now returns Unix milliseconds.
func now() int64 { return time.Now().UnixMilli() }
