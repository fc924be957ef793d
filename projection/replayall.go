package projection

import (
	"context"

	"parodywave/eventlog"
)

// An Overview is what is known of all streams together.
type Overview struct {
	Directory   *Directory
	Authors     *Authors
	Connections *Connections
	Records     uint64 // that were folded
}

// ReplayOptions say how ReplayAll goes about it. Nothing in them changes what it
// returns.
type ReplayOptions struct {
	// Progress, if not nil, is told now and then, and at the end, how many
	// records of how many are folded. The first may go down: see Memory.
	Progress func(done, of uint64)

	// Stops, if not nil, is asked once for each thread at which of its revisions,
	// ascending, Visit, which then must not be nil, is to see it. Visit must keep
	// nothing of the thread.
	Stops func(eventlog.Head) []eventlog.Revision
	Visit func(*Thread)

	// Memory is how many bytes, about, the threads that are being folded may
	// take; 0 is 512 MiB. Where they need more, those begun last are dropped and
	// folded in a further pass over the log.
	Memory int
}

const defaultReplayMemory = 512 << 20

// ReplayAll folds all streams up to the heads that they have when it is called,
// in one pass over the log if Memory allows. A thread stays in memory from its
// first record to its head only. The whole text is folded, since which line was
// changed last, and how it begins, follow from nothing less.
func ReplayAll(ctx context.Context, src Source, o ReplayOptions) (*Overview, error) {
	heads, err := src.Streams(ctx)
	if err != nil {
		return nil, err
	}
	a := newReplay(heads, o)
	for more := true; more; more = a.again() {
		for seg, err := range src.AllSegments(ctx) {
			if err != nil {
				return nil, err
			}
			if err := a.segment(seg); err != nil {
				return nil, err
			}
		}
		if err := a.complete(); err != nil {
			return nil, err
		}
	}
	if o.Progress != nil {
		o.Progress(a.Records, a.of)
	}
	return &a.Overview, nil
}
