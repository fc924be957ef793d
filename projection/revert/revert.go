package revert

import (
	"context"
	"errors"
	"fmt"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/projection"
)

// A Reversal follows a thread and knows how to take some of its edits back. See
// the package comment for what that means.
type Reversal struct {
	t    *projection.Thread
	mine func(*event.Event) bool

	edits   int
	started bool
	then    int64
	pieces  pieces
	lost    int
	shifted bool // something has moved since the edits began
	joined  bool // and others have deleted a break since

	// Of the event that is being applied.
	ours     bool      // it is one of the edits
	sections []section // what it does
	old      []uint16  // what it deletes
	anchors  []*piece
	moves    []move   // in order of From
	arrivals []int    // indices of moves, in order of At
	carried  []*piece // breaks beside what the edits move, until they are placed
	breaks   int      // how many breaks beside what others move the edits had written
	written  []int    // positions in the text of the breaks beside where that went
}

// A Plan says how some edits of a thread are taken back.
type Plan struct {
	Revision eventlog.Revision // the change is made for its text
	Change   ot.Change         // empty if it would leave the text as it is
	Edits    int               // how many edits are taken back
	Deleted  int               // UTF-16 units that the change deletes
	Restored int               // UTF-16 units that it inserts; what moves back counts in both
	Lost     int               // UTF-16 units that the edits wrote and others deleted already
	Redacted int               // UTF-16 units that come back as blanks, since they were redacted

	// Then is when the text last changed before the first of the edits; if that is
	// the first change of all, when that was. Unix milliseconds.
	Then int64
}

// ErrRedacted says that a Reversal may hold text that was redacted since.
var ErrRedacted = errors.New("text was redacted meanwhile")

// Replay folds a stream to take back the edits for which mine is true; mine must
// keep nothing of the event. It returns an error that wraps eventlog.ErrNotFound
// when there is no such stream.
func Replay(ctx context.Context, log eventlog.Log, stream eventlog.Stream, mine func(*event.Event) bool) (*Reversal, error) {
	r := &Reversal{t: projection.NewThread(stream), mine: mine}
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

// Plan returns how the edits are taken back from the text as it is now.
func (r *Reversal) Plan() Plan {
	out := Plan{Revision: r.t.Revision, Edits: r.edits, Lost: r.lost, Then: r.then, Change: ot.Keep(r.t.Len())}
	if !r.started {
		return out
	}
	b := builder{t: r.t, displaced: r.pieces.setPositions()}
	end, broken := &r.pieces.end, r.newBreaks()
	var surplus *piece
	if len(broken) > 0 {
		surplus = r.surplusBreak()
	}
	for x := end.next; x != end; x = x.next {
		if len(broken) > 0 && broken[0] == x {
			b.back, broken = append(b.back, lineBreak), broken[1:]
		}
		to := x.pos + x.n
		if x == surplus {
			to--
		}
		switch {
		case x.n == 0:
			b.back = append(b.back, x.deleted...)
		case x.mine: // is deleted
		case x.displaced:
			b.bring(x.pos, to)
		default:
			b.keep(x.pos, to)
		}
	}
	if c := b.change(); b.changes(c) {
		out.Change, out.Redacted = c, b.redacted
		out.Deleted, out.Restored = c.Deleted(), c.Inserted()
	}
	return out
}
