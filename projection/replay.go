package projection

import (
	"context"
	"fmt"
	"iter"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
)

// Replay folds the records of a stream into the thread at revision at, or at
// the head where at is 0. It returns an error that wraps eventlog.ErrNotFound
// when there is no such stream or revision.
func Replay(ctx context.Context, log eventlog.Log, stream eventlog.Stream, at eventlog.Revision) (*Thread, error) {
	t := NewThread(stream)
	if err := t.Advance(log.Read(ctx, stream, 0), at); err != nil {
		return nil, err
	}
	switch {
	case t.Revision == 0:
		return nil, fmt.Errorf("thread %s: %w", stream, eventlog.ErrNotFound)
	case t.Revision < at:
		return nil, fmt.Errorf("revision %d of thread %s, which ends at %d: %w", at, stream, t.Revision, eventlog.ErrNotFound)
	}
	return t, nil
}

// Advance applies records until the thread is at revision at, or until there
// are no more where at is 0.
func (t *Thread) Advance(records iter.Seq2[eventlog.Record, error], at eventlog.Revision) error {
	var d event.Decoder
	for r, err := range records {
		if err != nil {
			return err
		}
		e, err := d.Decode(&r)
		if err != nil {
			return err
		}
		if err := t.apply(e); err != nil {
			return err
		}
		if at != 0 && t.Revision >= at {
			return nil
		}
	}
	return nil
}

// At returns the revision of a stream at a moment in Unix milliseconds: that
// of the last record at or before it, 0 if there is none.
func At(ctx context.Context, log eventlog.Log, stream eventlog.Stream, ms int64) (eventlog.Revision, error) {
	at := eventlog.Revision(0)
	for r, err := range log.Read(ctx, stream, 0) {
		if err != nil {
			return 0, err
		}
		if r.Time > ms {
			break
		}
		at = r.Revision
	}
	return at, nil
}
