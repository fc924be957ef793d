package search

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"slices"

	"parodywave/eventlog"
	"parodywave/eventlog/ot"
	"parodywave/projection"
)

// A Hit is text that matched, from the record that completed the match to the
// one after which it matched no more.
type Hit struct {
	Line    projection.LineID // in which it appeared
	Number  int               // the index that the line had then
	Text    string            // the line when the hit appeared
	Matches [][2]int          // in Text, in UTF-16 units
	// Full is the line at its longest since then, while the match stood, nobody
	// else changed the line, and the author who completed the match did not pause
	// there for more than projection.PassagePause.
	Full     string
	Appeared projection.Moment
	Vanished projection.Moment // zero: it still stands
	Now      int               // index of the line that it is in; -1 if it vanished
}

// A Result is everything that ever matched in a thread.
type Result struct {
	Thread *projection.Thread // at the revision up to which the search went
	Hits   []*Hit             // by revision and, at the same one, by line
}

// Replay searches the records of a stream up to a revision, or to the head if at
// is 0. It returns an error that wraps eventlog.ErrNotFound when there is no such
// stream or revision, and ctx.Err() when ctx ends first.
func Replay(ctx context.Context, log eventlog.Log, stream eventlog.Stream, p *Pattern, at eventlog.Revision) (*Result, error) {
	f := &follower{t: projection.NewThread(stream), p: p, open: map[projection.LineID][]match{}}
	if err := f.t.Fold(until(ctx, log.Read(ctx, stream, 0)), at, f.before, f.after); err != nil {
		return nil, err
	}
	if f.t.Revision < max(at, 1) {
		return nil, fmt.Errorf("revision %d of thread %s, which ends at %d: %w", max(at, 1), stream, f.t.Revision, eventlog.ErrNotFound)
	}
	return &Result{f.t, f.hits()}, nil
}

// until yields records until ctx ends: a log may have read many ahead.
func until(ctx context.Context, records iter.Seq2[eventlog.Record, error]) iter.Seq2[eventlog.Record, error] {
	return func(yield func(eventlog.Record, error) bool) {
		for r, err := range records {
			if err == nil {
				err = ctx.Err()
			}
			if !yield(r, err) || err != nil {
				return
			}
		}
	}
}

// hits returns all hits as they are at the end.
func (f *follower) hits() []*Hit {
	if len(f.open) > 0 {
		for row := range f.t.Rows() {
			for _, m := range f.open[row.ID] {
				m.hit.Now = row.Line
				if !m.settled && m.full < row.Length {
					m.hit.Full = f.t.Content(row)
				}
			}
		}
	}
	slices.SortStableFunc(f.all, func(a, b *Hit) int {
		return cmp.Or(cmp.Compare(a.Appeared.Revision, b.Appeared.Revision), cmp.Compare(a.Number, b.Number),
			cmp.Compare(vanishing(a), vanishing(b)), cmp.Compare(a.Now, b.Now), cmp.Compare(a.Matches[0][0], b.Matches[0][0]))
	})
	out := f.all[:0]
	for _, h := range f.all {
		if n := len(out); n > 0 && out[n-1].Line == h.Line && out[n-1].Appeared == h.Appeared && out[n-1].Vanished == h.Vanished && out[n-1].Now == h.Now {
			last := out[n-1]
			last.Matches = append(last.Matches, h.Matches[0])
			if len(h.Full) > len(last.Full) {
				last.Full = h.Full
			}
			continue
		}
		out = append(out, h)
	}
	return out
}

// vanishing sorts hits that still stand last.
func vanishing(h *Hit) eventlog.Revision {
	return h.Vanished.Revision - 1 // of 0: the greatest
}

// appear begins a hit in a line.
func (f *follower) appear(row *projection.Row, m span) *Hit {
	h := &Hit{Line: row.ID, Number: row.Line, Matches: [][2]int{{m.from, m.to}}, Appeared: f.t.Moment(), Now: -1}
	if n := len(f.all); n > 0 && f.all[n-1].Line == h.Line && f.all[n-1].Appeared == h.Appeared {
		h.Text = f.all[n-1].Text
	} else {
		f.units = f.t.AppendUnits(f.units[:0], row.Start, row.Start+row.Length)
		h.Text = ot.String(f.units)
	}
	h.Full = h.Text
	f.all = append(f.all, h)
	return h
}
