package projection

import (
	"context"

	"parodywave/eventlog"
)

// An Overview is the projections of all streams.
type Overview struct {
	Directory   *Directory
	Authors     *Authors
	Connections *Connections
	Records     uint64 // how many were folded
}

// ReplayOptions control how ReplayAll works; they do not change what it returns.
type ReplayOptions struct {
	// Progress, if not nil, is called now and then, and at the end, with the number
	// of folded records and of all. The first may go down: see Memory.
	Progress func(done, of uint64)

	// Stops, if not nil, is called once for each thread and returns the ascending
	// revisions at which to call Visit, which then must not be nil. Visit must keep
	// nothing of the thread.
	Stops func(eventlog.Head) []eventlog.Revision
	Visit func(*Thread)

	// Memory is about how many bytes the threads that are being folded may take; 0
	// is 512 MiB. If they need more, those begun last are dropped and folded in a
	// further pass over the log.
	Memory int
}

const defaultReplayMemory = 512 << 20

// ReplayAll folds all streams up to their heads at the time of the call, in one
// pass over the log if Memory allows. A thread is in memory only from its first
// record to its head. Summary.Last needs the whole text, so there is no shortcut.
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
