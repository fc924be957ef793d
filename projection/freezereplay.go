package projection

import (
	"context"
	"errors"

	"parodywave/eventlog"
)

// A Snapshotter is a log beside which threads are saved, so that a fold need
// not begin with the first record. Its methods may be called concurrently.
type Snapshotter interface {
	// Snapshot returns a thread at the newest saved revision that is not above
	// at or, where at is 0, at the newest of all; nil if there is none. It must
	// be what a fold of this very log is at that revision, and belongs to the
	// caller.
	Snapshot(ctx context.Context, stream eventlog.Stream, at eventlog.Revision) *Thread

	// Distrust is told that what was saved of a stream did not lead where the
	// log does. Nothing that was saved of it by then must be given again.
	Distrust(stream eventlog.Stream)
}

// resume returns the thread at a revision, or the head where at is 0, folded
// from the nearest snapshot on; nil if there is none, or it leads nowhere.
func resume(ctx context.Context, log eventlog.Log, stream eventlog.Stream, at eventlog.Revision) *Thread {
	saved, ok := log.(Snapshotter)
	if !ok {
		return nil
	}
	t := saved.Snapshot(ctx, stream, at)
	if t == nil || t.Revision == at {
		return t
	}
	redactions := t.Redactions
	err := t.Follow(ctx, log, at)
	switch {
	case errors.Is(err, eventlog.ErrDamaged), t.Redactions != redactions:
		// A redaction blacks out records before it, too: what was saved before
		// is not what a fold of them is now.
		saved.Distrust(stream)
		return nil
	case err != nil:
		return nil
	}
	return t
}
