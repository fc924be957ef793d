package live

import (
	"context"
	"slices"
	"sync"

	"parodywave/eventlog"
	"parodywave/projection"
	"parodywave/server/internal/authority"
)

// folds keeps threads as they were at the ends of the pages that were made last. The
// next page goes on from such a thread, and the history before it is folded once, not
// once a page. There are at most streamsMax, and none while nobody is behind.
type folds struct {
	mu      sync.Mutex
	streams int
	idle    []*projection.Thread // the one that was used last is the last
}

func (f *folds) begin() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.streams++
}

func (f *folds) end() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.streams--; f.streams == 0 {
		f.idle = nil
	}
}

// take returns a thread at a revision, which is the caller's. It folds on from the
// newest idle one that is not beyond it.
func (f *folds) take(ctx context.Context, log projection.Source, stream eventlog.Stream, at eventlog.Revision) (*projection.Thread, error) {
	t := f.newest(stream, at)
	if t == nil {
		return authority.ThreadAt(ctx, log, stream, at)
	}
	return t, t.Follow(ctx, log, at)
}

func (f *folds) newest(stream eventlog.Stream, at eventlog.Revision) *projection.Thread {
	f.mu.Lock()
	defer f.mu.Unlock()
	best := -1
	for i, t := range f.idle {
		if t.Stream == stream && t.Revision <= at && (best < 0 || t.Revision > f.idle[best].Revision) {
			best = i
		}
	}
	if best < 0 {
		return nil
	}
	t := f.idle[best]
	f.idle = slices.Delete(f.idle, best, best+1)
	return t
}

// put keeps a thread for the next page of its stream. The caller no longer uses it.
func (f *folds) put(t *projection.Thread) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.idle = append(f.idle, t); len(f.idle) > streamsMax {
		f.idle = slices.Delete(f.idle, 0, 1)
	}
}
