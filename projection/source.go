package projection

import (
	"context"
	"iter"

	"parodywave/eventlog"
)

// A Source is a log to fold, with what makes folding it faster. A wrapper around
// a log cannot lose these abilities: whoever makes a Source names them.
type Source struct {
	eventlog.AuditLog
	segmenter eventlog.Segmenter
	snapshots Snapshotter
}

// A Snapshotter has threads that were saved from a log, so that a fold need not
// begin with the first record. Its methods may be called concurrently.
type Snapshotter interface {
	// Snapshot returns a thread at the newest saved revision that is not above
	// at or, where at is 0, at the newest of all; nil if there is none. It must
	// be what a fold of the log is at that revision, and belongs to the caller.
	Snapshot(ctx context.Context, stream eventlog.Stream, at eventlog.Revision) *Thread

	// Distrust says that what was saved of a stream did not lead where the log
	// does. It must not return any of that again.
	Distrust(stream eventlog.Stream)
}

// NewSource returns log with its segments and with the threads that were saved
// from it; each may be nil.
func NewSource(log eventlog.AuditLog, segments eventlog.Segmenter, snapshots Snapshotter) Source {
	return Source{log, segments, snapshots}
}

// Plain returns a source that folds log record by record, from the first on.
func Plain(log eventlog.AuditLog) Source { return NewSource(log, nil, nil) }

// Segments yields the records of a stream after a revision, as
// eventlog.Segmenter does. If the log has no segments, each holds one record.
func (s Source) Segments(ctx context.Context, stream eventlog.Stream, after eventlog.Revision) iter.Seq2[eventlog.Segment, error] {
	if s.segmenter != nil {
		return s.segmenter.Segments(ctx, stream, after)
	}
	return singly(s.Read(ctx, stream, after))
}

// AllSegments yields the records of all streams, as eventlog.Segmenter does. If
// the log has no segments, each holds one record.
func (s Source) AllSegments(ctx context.Context) iter.Seq2[eventlog.Segment, error] {
	if s.segmenter != nil {
		return s.segmenter.AllSegments(ctx)
	}
	return singly(s.Scan(ctx, 0))
}

func singly(records iter.Seq2[eventlog.Record, error]) iter.Seq2[eventlog.Segment, error] {
	return func(yield func(eventlog.Segment, error) bool) {
		var one [1]eventlog.Record
		for r, err := range records {
			if err != nil {
				yield(eventlog.Segment{}, err)
				return
			}
			one[0] = r
			if !yield(eventlog.Segment{Stream: r.Stream, First: r.Revision, Records: one[:]}, nil) {
				return
			}
		}
	}
}
