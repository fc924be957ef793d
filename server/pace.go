package server

import (
	"time"

	"parodywave/server/internal/authority"
)

// How often a busy thread's peers are told: one frame costs each of them about
// the same on both sides, some ten microseconds, whether it holds one entry or
// twenty, so frames are what is to be saved. Nobody sees the difference between
// 16 milliseconds, a frame of most screens, and none.
const (
	paceLeast = 16 * time.Millisecond
	paceMost  = 33 * time.Millisecond
	// paceCrowd is how many peers get the slowest pace.
	paceCrowd = 500
	// burstPeers is how many peers may be told at once out of the ordinary: a
	// few people who type do not wait for one another.
	burstPeers = 64
	burstMost  = 8
)

// While the server has little to do, waiting for a turn saves nothing that is
// needed: so many frames a second, over all threads, go out before it, to writers
// with their own entries and to all peers of a small thread. Beyond that everybody
// waits for the turn, and what writers type meanwhile comes in fewer pushes. Who
// waits for each receipt before going on, as a script may, or two programs that
// take turns, would otherwise write one entry a turn.
const (
	earlyRate  = 12_000
	earlyBurst = 600
)

// RateLimit implements authority.Room.
func (*publisher) RateLimit(peers int) authority.RateLimit {
	crowd := min(peers, paceCrowd)
	return authority.RateLimit{
		Every: paceLeast + (paceMost-paceLeast)*time.Duration(crowd)/paceCrowd,
		Burst: min(max(burstPeers/max(peers, 1), 1), burstMost),
	}
}
