package live

import (
	"sync"
	"sync/atomic"
	"time"
)

// A stats counts what the server does. Counting costs one addition.
type stats struct {
	now    func() time.Time // time.Now, whose differences follow no clock that is set
	began  time.Time
	edits  atomic.Uint64 // changes that became durable
	sent   atomic.Uint64 // frames, except those of the feed
	pushes atomic.Uint64 // messages with edits that arrived

	mu      sync.Mutex
	latency latencies // guarded by mu
}

func newStats() *stats { return newStatsBy(time.Now) }

func newStatsBy(now func() time.Time) *stats {
	return &stats{now: now, began: now().Add(-time.Hour)} // so that a bucket of the time 0 is full
}

// clock returns microseconds since an hour before the server began. It never
// returns less than before: pauses, rates and timeouts are measured by it.
func (s *stats) clock() int64 { return s.now().Sub(s.began).Microseconds() }

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
