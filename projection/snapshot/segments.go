package snapshot

import (
	"context"
	"iter"

	"parodywave/eventlog"
)

// Segmented returns log as a Segmenter: itself, if it is one, or else one whose
// segments hold a record each.
func Segmented(log eventlog.AuditLog) eventlog.Segmenter {
	if s, ok := log.(eventlog.Segmenter); ok {
		return s
	}
	return singly{log}
}

type singly struct{ log eventlog.AuditLog }

// Segments implements eventlog.Segmenter.
func (s singly) Segments(ctx context.Context, stream eventlog.Stream, after eventlog.Revision) iter.Seq2[eventlog.Segment, error] {
	return segments(s.log.Read(ctx, stream, after))
}

// AllSegments implements eventlog.Segmenter.
func (s singly) AllSegments(ctx context.Context) iter.Seq2[eventlog.Segment, error] {
	return segments(s.log.Scan(ctx, 0))
}

func segments(records iter.Seq2[eventlog.Record, error]) iter.Seq2[eventlog.Segment, error] {
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
