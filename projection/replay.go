package projection

import (
	"context"
	"fmt"
	"iter"

	"parodywave/eventlog"
)

// Replay folds the records of a stream into the thread at revision at, or at
// the head where at is 0. It returns an error that wraps eventlog.ErrNotFound
// when there is no such stream or revision. Where the log is a Snapshotter it
// begins with what was saved.
func Replay(ctx context.Context, log eventlog.Log, stream eventlog.Stream, at eventlog.Revision) (*Thread, error) {
	t := resume(ctx, log, stream, at)
	if t == nil {
		t = NewThread(stream)
		if err := t.Follow(ctx, log, at); err != nil {
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

// Follow applies what the log has of the thread's stream behind its revision,
// until it is at revision at or, where at is 0, at the head. Where the log is a
// Segmenter that is much faster than to Advance by what it reads.
func (t *Thread) Follow(ctx context.Context, log eventlog.Log, at eventlog.Revision) error {
	s, ok := log.(eventlog.Segmenter)
	switch {
	case at != 0 && t.Revision >= at:
		return nil
	case !ok:
		return t.Advance(log.Read(ctx, t.Stream, t.Revision), at)
	}
	var f folder
	for seg, err := range s.Segments(ctx, t.Stream, t.Revision) {
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
	one := make([]eventlog.Record, 1)
	for r, err := range records {
		if err != nil {
			return err
		}
		one[0] = r
		if err := f.fold(t, &eventlog.Segment{Stream: r.Stream, First: r.Revision, Records: one}, at); err != nil {
			return err
		}
		if at != 0 && t.Revision >= at {
			return nil
		}
	}
	return nil
}
