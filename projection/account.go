package projection

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"slices"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
)

// An Account describes one record or, for edits, all that one author made without
// a pause. It has the revision, position and time of the last.
type Account struct {
	Revision  eventlog.Revision
	Position  eventlog.Position
	Time      int64 // Unix milliseconds
	Author    eventlog.AuthorID
	Kind      string
	First     eventlog.Revision // of the first edit
	Edits     int               // how many; 0 if the text stayed as it was
	Inserted  int               // UTF-16 units, over all of them
	Deleted   int               // UTF-16 units, over all of them
	Text      []byte            // UTF-8: what was inserted; a title, a name, a reason
	Lines     []int             // touched by the last: the first and the last, from 0, as they were then
	Revisions []eventlog.Revision
	// Revisions are the revision that a version names, the redacted revisions, or
	// the first and the last imported one.

	began int64 // time of the first
}

// Account returns the account of e, which was just applied to t with the effect.
// It keeps nothing of either.
func (t *Thread) Account(e *event.Event, effect *Effect) *Account {
	a := &Account{
		Revision: e.Revision, Position: e.Position, Time: e.Time, Author: e.Author, Kind: event.Kind(e.Payload), First: e.Revision,
		began: e.Time,
	}
	if n := len(effect.Touched); n > 0 {
		a.Lines = []int{effect.Touched[0], effect.Touched[n-1]}
	}
	if c := changeOf(e); c != nil {
		a.change(t, c)
		return a
	}
	switch f := e.Payload.(type) {
	case event.Opened:
		a.Text = []byte(f.Title)
	case event.Renamed:
		a.Text = []byte(f.Title)
	case event.Version:
		a.Text, a.Revisions = []byte(f.Name), []eventlog.Revision{f.Revision}
	case event.Redacted:
		a.Text = []byte(f.Reason)
		for _, c := range f.Commitments {
			a.Revisions = append(a.Revisions, c.Revision)
		}
	case event.Imported:
		a.Revisions = []eventlog.Revision{1, f.Revisions}
	}
	return a
}

func (a *Account) change(t *Thread, c *ot.Change) {
	a.Edits, a.Inserted, a.Deleted = 1, c.Inserted(), c.Deleted()
	for ed := range c.Edits() {
		a.Text = ot.AppendUTF8(a.Text, ed.Insert)
		if len(a.Lines) == 0 && t.LineCount() > 0 { // only whole lines were deleted
			i := t.LineAt(min(ed.FromB, t.Len()))
			a.Lines = []int{i, i}
		}
	}
}

// continues reports whether next, by the same author, is part of a.
func (a *Account) continues(next *Account) bool {
	return a.Edits > 0 && next.Edits > 0 && next.Time-a.Time <= PassagePause
}

func (a *Account) add(next *Account) {
	a.Revision, a.Position, a.Time, a.Lines = next.Revision, next.Position, next.Time, next.Lines
	a.Edits, a.Inserted, a.Deleted = a.Edits+next.Edits, a.Inserted+next.Inserted, a.Deleted+next.Deleted
	a.Text = append(a.Text, next.Text...)
}

// An AccountQuery selects accounts.
type AccountQuery struct {
	At    eventlog.Revision       // 0: the head
	Keep  func(*event.Event) bool // nil: every record; it must keep nothing of the event
	Every bool                    // one account for each edit
}

// Accounts are what happened in a thread.
type Accounts struct {
	Thread *Thread
	List   []*Account // newest first, by the last edit of each

	query AccountQuery
	open  map[eventlog.AuthorID]*Account
}

// ReplayAccounts folds the records of a stream, up to a revision. The edits of
// an author are one account as long as they are no more than PassagePause apart
// and the author does nothing else; other authors' edits may lie between. It returns an error that wraps eventlog.ErrNotFound when there is no
// such stream or revision.
func ReplayAccounts(ctx context.Context, log eventlog.Log, stream eventlog.Stream, q AccountQuery) (*Accounts, error) {
	a := &Accounts{Thread: NewThread(stream), query: q, open: map[eventlog.AuthorID]*Account{}}
	if err := a.advance(log.Read(ctx, stream, 0)); err != nil {
		return nil, err
	}
	if rev := a.Thread.Revision; rev < max(q.At, 1) {
		return nil, fmt.Errorf("revision %d of thread %s, which ends at %d: %w", max(q.At, 1), stream, rev, eventlog.ErrNotFound)
	}
	slices.SortFunc(a.List, func(x, y *Account) int { return cmp.Compare(y.Revision, x.Revision) })
	return a, nil
}

func (a *Accounts) advance(records iter.Seq2[eventlog.Record, error]) error {
	return a.Thread.Fold(records, a.query.At, nil, func(e *event.Event, effect *Effect) {
		if a.query.Keep == nil || a.query.Keep(e) {
			a.add(a.Thread.Account(e, effect))
		}
	})
}

func (a *Accounts) add(next *Account) {
	if last := a.open[next.Author]; last != nil && !a.query.Every && last.continues(next) {
		last.add(next)
		return
	}
	a.List = append(a.List, next)
	a.open[next.Author] = next
}
