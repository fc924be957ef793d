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

// A writer is told at once that an edit is on disk, also in a busy thread: who
// waits for that before sending the next, as a script may, would otherwise send
// one a turn. That costs a frame a push, whatever the number of peers, so it is
// done so many times a second for all threads together: beyond that writers wait
// for their turn, and what they type meanwhile comes in fewer pushes.
const (
	promptRate  = 8000
	promptBurst = 400
)

// pace returns how often so many peers of a thread are told what is new.
func pace(peers int) authority.Pace {
	crowd := min(peers, paceCrowd)
	return authority.Pace{
		Every: paceLeast + (paceMost-paceLeast)*time.Duration(crowd)/paceCrowd,
		Burst: min(max(burstPeers/max(peers, 1), 1), burstMost),
	}
}
