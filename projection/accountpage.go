package projection

import (
	"cmp"
	"context"
	"iter"
	"slices"

	"parodywave/eventlog"
)

// pageSpan is how many records a page of accounts is looked for in at first; then in 16
// times as many.
var pageSpan eventlog.Revision = 4096

// trustCut makes an account whose beginning is cut off count as a whole one: a wrong rule,
// for a test.
var trustCut bool

// ReplayAccountPage returns the newest accounts, limit of them at most, whose last edit is
// before a revision (0: at q.At at the latest), and whether there are older ones. They are
// those of ReplayAccounts, but the fold begins as late as it can: the cost follows what the
// page has and not how long the thread is.
func ReplayAccountPage(ctx context.Context, src Source, stream eventlog.Stream, q AccountQuery, before eventlog.Revision, limit int) (page []*Account, more bool, err error) {
	if q.At == 0 {
		head, err := src.Head(ctx, stream)
		if err != nil {
			return nil, false, err
		}
		q.At = head.Revision
	}
	if before == 0 || before > q.At {
		before = q.At + 1
	}
	for span := pageSpan; ; span *= 16 {
		w := accountWindow{query: q, before: before}
		if before-1 > span {
			w.from = before - 1 - span
		}
		if err := w.replay(ctx, src, stream); err != nil {
			return nil, false, err
		}
		if n := len(w.list); w.from == 0 || n > limit && !slices.ContainsFunc(w.list[:limit+1], w.cut) {
			return w.list[:min(n, limit)], n > limit, nil
		}
	}
}

// An accountWindow has the accounts that end in a range of revisions.
type accountWindow struct {
	query  AccountQuery
	from   eventlog.Revision // the range begins after it
	before eventlog.Revision // and ends before it
	began  int64             // time of from
	list   []*Account        // newest first
}

func (w *accountWindow) replay(ctx context.Context, src Source, stream eventlog.Stream) (err error) {
	a := &Accounts{Thread: NewThread(stream), query: w.query, open: map[eventlog.AuthorID]*Account{}}
	if w.from > 0 {
		if a.Thread, err = Replay(ctx, src, stream, w.from); err != nil {
			return err
		}
		w.began = a.Thread.UpdatedAt
	}
	if err := a.advance(w.records(src.Read(ctx, stream, w.from))); err != nil {
		return err
	}
	w.list = slices.DeleteFunc(a.List, func(x *Account) bool { return x.Revision >= w.before })
	slices.SortFunc(w.list, func(x, y *Account) int { return cmp.Compare(y.Revision, x.Revision) })
	return nil
}

// records ends where no account that ends in the range can continue.
func (w *accountWindow) records(all iter.Seq2[eventlog.Record, error]) iter.Seq2[eventlog.Record, error] {
	return func(yield func(eventlog.Record, error) bool) {
		last := w.began
		for r, err := range all {
			if err == nil && r.Revision >= w.before && (w.query.Every || r.Time-last > PassagePause) {
				return
			}
			if r.Revision < w.before {
				last = r.Time
			}
			if !yield(r, err) {
				return
			}
		}
	}
}

// cut reports whether an account may have begun before the range.
func (w *accountWindow) cut(a *Account) bool {
	return a.Edits > 0 && !w.query.Every && a.began-w.began <= PassagePause && !trustCut
}
