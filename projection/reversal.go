package projection

import (
	"context"
	"errors"
	"fmt"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
)

// A Reversal follows a thread and knows what takes some of its edits back now:
// it deletes what they wrote, as far as that still stands, puts back what they
// deleted, unless they wrote that themselves, and moves back the lines that they
// moved. Whatever other edits wrote and is there stays.
//
// Where nothing moved it is what comes out when each edit's inverse is carried
// over every later entry, one by one, and over the inverses of later ones, which
// by itself would take the product of their numbers. Text that comes back stands
// where it was in relation to what is left around it. Of what others wrote just
// at that place, in the log alone, the later stands left of it; but whole lines,
// text that ends with a line break, come back above what was written there.
//
// A move (of the package comment) neither writes nor deletes, whoever makes it:
//
//   - Lines that others moved stay where they are now, and what is to go or to
//     come back in them goes and comes back there. What the edits deleted at the
//     end of such a line, up to a break, and at its beginning, from a break on, is
//     of the line.
//   - Lines that the edits moved go back between what they stood between, with
//     what others wrote into them, at their ends, and in their place. Where others
//     moved them again, they stay: the last who moved them meant it. Lines that
//     only the edits wrote do not go back, so that what others wrote into them is
//     left where they wrote it.
//   - A break at the end or the beginning of a moved run is deleted at one place
//     and written at another. If the edits had written it, and others moved the
//     run, it is theirs still, and goes, where no two lines of others would be
//     joined by that.
//
// What moves back whole is a move in the log, too, and stays whose it is; breaks
// beside it may be written anew. Where one line would be made of two that nobody
// joined, since others deleted the break of the line that moves back, one is
// written, too; if the text has lost its last break so, it has none then.
//
// So what others wrote and is there is there once when the edits are taken back;
// what the edits deleted of it, and nobody else did, is there again, once; and
// nothing that the edits wrote is. When all that was done since a revision is
// taken back, the text is that of the revision. Lines that were cut in one change
// and pasted in another did not move.
type Reversal struct {
	t    *Thread
	mine func(*event.Event) bool

	edits   int
	started bool
	then    int64
	row     row
	lost    int
	shifted bool // something has moved since the edits began
	joined  bool // and others have taken a break away since

	// Of the event that is being applied.
	ours     bool      // it is one of the edits
	sections []section // what it does
	old      []uint16  // what it deletes
	marks    []*tract
	moves    []transit // in order of From
	landings []int     // in moves, in order of At
	carried  []*tract  // breaks beside what the edits move, until they land
	breaks   int       // beside what others move, which the edits had written
	written  []int     // breaks beside where that went, as positions in the text
}

// A Reversion says how some edits of a thread are taken back.
type Reversion struct {
	Revision eventlog.Revision // for whose text the change is made
	Change   ot.Change         // empty if it would leave the text as it is
	Edits    int               // how many edits are taken back
	Deleted  int               // UTF-16 units that the change takes out
	Restored int               // units that it puts in; what moves back is in both
	Lost     int               // units that the edits wrote and others deleted already
	Black    int               // units that come back black, since they were redacted

	// Then is when the text last changed before the first of the edits; where
	// that is the first change of all, when that was. Unix milliseconds.
	Then int64
}

// ErrRedacted says that a Reversal may hold text that was redacted since.
var ErrRedacted = errors.New("text was redacted meanwhile")

// ReplayReversal folds what takes those edits of a stream back for which mine
// is true; it must keep nothing of what it is given. It returns an error that
// wraps eventlog.ErrNotFound when there is no such stream.
func ReplayReversal(ctx context.Context, log eventlog.Log, stream eventlog.Stream, mine func(*event.Event) bool) (*Reversal, error) {
	r := &Reversal{t: NewThread(stream), mine: mine}
	if err := r.t.advance(log.Read(ctx, stream, 0), 0, r.before, r.after); err != nil {
		return nil, err
	}
	if r.t.Revision == 0 {
		return nil, fmt.Errorf("thread %s: %w", stream, eventlog.ErrNotFound)
	}
	return r, nil
}

// Advance folds what was recorded since, none of which is taken back. It returns
// an error that wraps ErrRedacted when some of that is a redaction: then what
// comes back has to be read from the log again, by another Reversal.
func (r *Reversal) Advance(ctx context.Context, log eventlog.Log) error {
	redactions := r.t.Redactions
	r.mine = func(*event.Event) bool { return false }
	if err := r.t.advance(log.Read(ctx, r.t.Stream, r.t.Revision), 0, r.before, r.after); err != nil {
		return err
	}
	if r.t.Redactions > redactions {
		return fmt.Errorf("thread %s: %w", r.t.Stream, ErrRedacted)
	}
	return nil
}

// Thread returns the thread as it is by now.
func (r *Reversal) Thread() *Thread { return r.t }

// Reversion returns how the edits are taken back from the text as it is now.
func (r *Reversal) Reversion() Reversion {
	out := Reversion{Revision: r.t.Revision, Edits: r.edits, Lost: r.lost, Then: r.then, Change: ot.Keep(r.t.Len())}
	if !r.started {
		return out
	}
	w := rewriting{text: &r.t.text, away: r.row.settle()}
	home, rips := &r.row.home, r.rips()
	var last *tract
	if len(rips) > 0 {
		last = r.surplus()
	}
	for x := home.next; x != home; x = x.next {
		if len(rips) > 0 && rips[0] == x {
			w.back, rips = append(w.back, lineBreak), rips[1:]
		}
		end := x.pos + x.n
		if x == last {
			end--
		}
		switch {
		case x.n == 0:
			w.back = append(w.back, x.ghost...)
		case x.mine: // goes
		case x.away:
			w.bring(x.pos, end)
		default:
			w.keep(x.pos, end)
		}
	}
	if c := w.change(); w.changes(c) {
		out.Change, out.Black = c, w.black
		out.Deleted, out.Restored = c.Deleted(), c.Inserted()
	}
	return out
}
