package revert

import (
	"context"
	"errors"
	"fmt"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/projection"
)

// A Reversal follows a thread and knows how to take some of its edits back. See
// the package comment for what that means.
type Reversal struct {
	t    *projection.Thread
	mine func(*event.Event) bool

	edits    int
	own      []eventlog.Revision // of the edits, ascending
	started  bool
	then     int64
	lost     int
	lines    map[projection.LineID]lineThen
	met      eventlog.Revision // the last edit of others since the edits began
	returned bool              // text has come back
	moves    []move
	list

	// Of the event that is being applied.
	ours     bool           // it is one of the edits
	command  bool           // no editor numbered it
	origins  []event.Origin // that it states of what it inserts, as far as that is to come
	states   bool           // it states any
	stays    []bool         // moves that a Plan would have left; nil unless others may have recorded one
	looks    int            // how many more pieces may be looked at to find these
	sections []section
	hops     []hop   // in order of from
	arrivals []int   // indices of hops, in order of at
	move     int     // for text that the edits state to come from elsewhere; -1: none yet
	passing  []piece // what others delete in it, which may come back elsewhere
	hurt     []int   // moves whose text others have altered
}

// ErrRedacted says that a Reversal may hold text that was redacted since.
var ErrRedacted = errors.New("text was redacted meanwhile")

// Replay folds a stream to take back the edits for which mine is true; mine must
// keep nothing of the event. It returns an error that wraps eventlog.ErrNotFound
// when there is no such stream.
func Replay(ctx context.Context, log eventlog.Log, stream eventlog.Stream, mine func(*event.Event) bool) (*Reversal, error) {
	r := &Reversal{t: projection.NewThread(stream), mine: mine, lines: map[projection.LineID]lineThen{}}
	if err := r.t.Fold(log.Read(ctx, stream, 0), 0, r.before, r.after); err != nil {
		return nil, err
	}
	if r.t.Revision == 0 {
		return nil, fmt.Errorf("thread %s: %w", stream, eventlog.ErrNotFound)
	}
	return r, nil
}

// Advance folds what was recorded since; it takes nothing of that back. It returns
// an error that wraps ErrRedacted when some of that is a redaction: what comes
// back must then be read from the log again, by another Reversal.
func (r *Reversal) Advance(ctx context.Context, log eventlog.Log) error {
	redactions := r.t.Redactions
	r.mine = func(*event.Event) bool { return false }
	if err := r.t.Fold(log.Read(ctx, r.t.Stream, r.t.Revision), 0, r.before, r.after); err != nil {
		return err
	}
	if r.t.Redactions > redactions {
		return fmt.Errorf("thread %s: %w", r.t.Stream, ErrRedacted)
	}
	return nil
}

// Thread returns the thread at the revision that the Reversal has reached.
func (r *Reversal) Thread() *projection.Thread { return r.t }
