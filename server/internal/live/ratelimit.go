package live

import (
	"time"

	"parodywave/server/internal/authority"
)

// How often the peers of a busy thread are sent what is new. A frame costs each
// of them about the same on both sides, some ten microseconds, whether it holds
// one entry or twenty, so fewer frames save work. Nobody sees a delay of 16
// milliseconds, which is a frame of most screens.
const (
	intervalLeast = 16 * time.Millisecond
	intervalMost  = 33 * time.Millisecond
	// intervalCrowd is how many peers get the longest coalescing interval.
	intervalCrowd = 500
	// burstPeers is how many peers may be sent something at once in spite of the
	// interval: a few people who type do not wait for one another.
	burstPeers = 64
	burstMost  = 8
)

// While the server has little to do, coalescing saves work that nobody needs: up
// to flushRate frames a second, over all threads, are sent without it, to writers
// with their own entries and to all peers of a small thread. Beyond that all wait
// for the interval, and what writers type meanwhile arrives in fewer pushes. A
// client that waits for each receipt before it continues would otherwise write
// one entry an interval.
const (
	flushRate  = 12_000
	flushBurst = 600
)

// RateLimit implements authority.Room.
func (*room) RateLimit(peers int) authority.RateLimit {
	crowd := min(peers, intervalCrowd)
	return authority.RateLimit{
		Every: intervalLeast + (intervalMost-intervalLeast)*time.Duration(crowd)/intervalCrowd,
		Burst: min(max(burstPeers/max(peers, 1), 1), burstMost),
	}
}
