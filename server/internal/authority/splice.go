package authority

import (
	"cmp"
	"context"
	"slices"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/projection"
	"parodywave/server/internal/wire"
)

// ThreadAt folds a thread from the log up to a revision. At 0 the thread is
// empty.
func ThreadAt(ctx context.Context, src projection.Source, stream eventlog.Stream, at eventlog.Revision) (*projection.Thread, error) {
	if at == 0 {
		return projection.NewThread(stream), nil
	}
	return projection.Replay(ctx, src, stream, at)
}

// Splices returns the splices that update a client's rows for event e, which
// was just applied to t with this effect. It returns nil if the rule for
// entries without rows gives the same: each line that an edit lies in gets the
// revision, author and time of e. Package wire specifies both. The cost is
// bounded by the lines that e touches.
func Splices(t *projection.Thread, e *event.Event, eff *projection.Effect) []wire.Splice {
	f, ok := e.Payload.(event.Changed)
	if !ok || t.LineCount() == 0 {
		return nil
	}
	var few [4]lineRun // no memory for a keystroke
	runs := few[:0]    // lines that the edits lie in
	plain := len(eff.Hunks) == 0
	for ed := range f.Change.Edits() {
		from := t.LineAt(ed.FromB)
		to := from
		if slices.Contains(ed.Insert, '\n') {
			to, plain = t.LineAt(ed.ToB), false
		}
		runs = append(runs, lineRun{from, to + 1})
		plain = plain && t.Row(from).Revision == e.Revision
	}
	if plain && covers(runs, eff.Touched) {
		return nil
	}
	for _, i := range eff.Touched {
		runs = append(runs, lineRun{i, i + 1})
	}
	for _, h := range eff.Hunks {
		runs = append(runs, lineRun{h.NewAt, h.NewAt + len(h.New)})
	}
	return spliced(t, merged(runs), eff.Hunks)
}

// Origins returns who first inserted the text of event e, which was just applied to
// t, as the event states it. New text has the revision and author of e.
func Origins(t *projection.Thread, e *event.Event) []wire.Origin {
	f, _ := e.Payload.(event.Changed)
	if len(f.Origins) == 0 {
		return nil
	}
	out := make([]wire.Origin, len(f.Origins))
	for i, o := range f.Origins {
		out[i] = wire.Origin{Units: o.Units, Revision: o.Revision, Author: t.Authors()[o.Author]}
		if o.Revision == 0 {
			out[i].Revision, out[i].Author = e.Revision, e.Author
		}
	}
	return out
}

// A lineRun is the lines from, …, to-1 of the text after an event.
type lineRun struct{ from, to int }

// covers reports whether the ascending runs contain all of the ascending lines.
func covers(runs []lineRun, lines []int) bool {
	for _, i := range lines {
		for len(runs) > 0 && runs[0].to <= i {
			runs = runs[1:]
		}
		if len(runs) == 0 || i < runs[0].from {
			return false
		}
	}
	return true
}

// merged returns the runs in ascending order, with those that overlap or adjoin
// joined.
func merged(runs []lineRun) []lineRun {
	slices.SortFunc(runs, func(a, b lineRun) int { return cmp.Compare(a.from, b.from) })
	out := runs[:0]
	for _, r := range runs {
		if n := len(out); n > 0 && r.from <= out[n-1].to {
			out[n-1].to = max(out[n-1].to, r.to)
		} else {
			out = append(out, r)
		}
	}
	return out
}

// spliced returns a splice for each run. Every hunk lies in one of the runs.
func spliced(t *projection.Thread, runs []lineRun, hunks []projection.Hunk) []wire.Splice {
	out := make([]wire.Splice, len(runs))
	for k, run := range runs {
		s := wire.Splice{Line: run.from, Removed: run.to - run.from}
		for ; len(hunks) > 0 && hunks[0].NewAt < run.to; hunks = hunks[1:] {
			s.Removed += len(hunks[0].Old) - len(hunks[0].New)
		}
		for i := run.from; i < run.to; i++ {
			row := t.Row(i)
			s.Add(wire.Row{Revision: row.Revision, Author: row.Author, At: row.Time, Submitted: row.Submitted})
		}
		out[k] = s
	}
	return out
}
