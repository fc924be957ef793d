package projection

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"parodywave/eventlog"
)

// Replay folds the records of a stream into the thread at revision at, or at
// the head where at is 0. It returns an error that wraps eventlog.ErrNotFound
// when there is no such stream or revision.
func Replay(ctx context.Context, src Source, stream eventlog.Stream, at eventlog.Revision) (*Thread, error) {
	t := resume(ctx, src, stream, at)
	if t == nil {
		t = NewThread(stream)
		if err := t.Follow(ctx, src, at); err != nil {
			return nil, err
		}
	}
	switch {
	case t.Revision == 0:
		return nil, fmt.Errorf("thread %s: %w", stream, eventlog.ErrNotFound)
	case t.Revision < at:
		return nil, fmt.Errorf("revision %d of thread %s, which ends at %d: %w", at, stream, t.Revision, eventlog.ErrNotFound)
	}
	return t, nil
}

// resume returns the thread at a revision, or the head where at is 0, folded
// from the nearest snapshot on; nil if there is none or it does not lead there.
func resume(ctx context.Context, src Source, stream eventlog.Stream, at eventlog.Revision) *Thread {
	if src.snapshots == nil {
		return nil
	}
	t := src.snapshots.Snapshot(ctx, stream, at)
	if t == nil || t.Revision == at {
		return t
	}
	redactions := t.Redactions
	err := t.Follow(ctx, src, at)
	switch {
	case errors.Is(err, eventlog.ErrDamaged), t.Redactions != redactions:
		// A redaction changes records before it, too: a snapshot from before it is
		// not what a fold of these gives now.
		src.snapshots.Distrust(stream)
		return nil
	case err != nil:
		return nil
	}
	return t
}

// Follow applies the records after the thread's revision, until it is at revision
// at or, where at is 0, at the head. Where the source has segments, that is much
// faster than Advance.
func (t *Thread) Follow(ctx context.Context, src Source, at eventlog.Revision) error {
	if at != 0 && t.Revision >= at {
		return nil
	}
	var f folder
	for seg, err := range src.Segments(ctx, t.Stream, t.Revision) {
		if err != nil {
			return err
		}
		if err := f.fold(t, &seg, at); err != nil {
			return err
		}
		if at != 0 && t.Revision >= at {
			return nil
		}
	}
	return nil
}

// Advance applies records until the thread is at revision at, or until there
// are no more where at is 0.
func (t *Thread) Advance(records iter.Seq2[eventlog.Record, error], at eventlog.Revision) error {
	var f folder
	for seg, err := range singly(records) {
		if err != nil {
			return err
		}
		if err := f.fold(t, &seg, at); err != nil {
			return err
		}
		if at != 0 && t.Revision >= at {
			return nil
		}
	}
	return nil
}
