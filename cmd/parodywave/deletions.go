package main

import (
	"fmt"
	"strings"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/projection"
	"parodywave/server/jsonrow"
)

// A removalRow is a row of log --deletions.
type removalRow struct {
	eventRow
	Removed []jsonrow.Removed `json:"removed"`
}

func (c *logCommand) deletions(a *app, s *source, stream eventlog.Stream, at eventlog.Revision, keep func(event.Event) bool) error {
	q := projection.RemovalQuery{At: at, Each: c.Every == "edit"}
	if c.Line != nil {
		t, err := projection.Replay(a.ctx, s.Source, stream, at)
		if err != nil {
			return err
		}
		if *c.Line > t.CountedLines() {
			return noLine(*c.Line, t.CountedLines())
		}
		q.Line, q.At = t.Row(*c.Line-1).ID, t.Revision
	}
	t, all, err := projection.ReplayRemovals(a.ctx, s, stream, q)
	if err != nil {
		return err
	}
	var kept []*projection.Removal
	for _, m := range all {
		author := t.Authors()[m.Author]
		if keep(event.Event{Author: author, Time: m.Start}) || keep(event.Event{Author: author, Time: m.End}) {
			kept = append(kept, m)
		}
	}
	for _, m := range firstOf(kept, c.Number) {
		r := s.newRemovalRow(t, m)
		if c.JSON {
			fmt.Fprintln(a.out, jsonLine(r))
		} else {
			r.print(a)
		}
	}
	return nil
}

func (s *source) newRemovalRow(t *projection.Thread, m *projection.Removal) *removalRow {
	row, parts := jsonrow.NewRemoval(t, m, s.name)
	return &removalRow{eventRow{Log: row}, parts}
}

// print prints a row with the deleted parts below it.
func (r *removalRow) print(a *app) {
	cells := r.cells()
	fmt.Fprintf(a.out, "%s  %s  %s  deleted %d %s\n", cells[0], cells[1], cells[2], r.Deleted, r.lines())
	for _, p := range r.Removed {
		written := fmt.Sprint(p.First)
		if p.Last != p.First {
			written = fmt.Sprintf("%d-%d", p.First, p.Last)
		}
		for line := range strings.Lines(p.Text) {
			text, broke := strings.CutSuffix(line, "\n")
			if text = visibleLine(text); broke {
				text += "⏎"
			}
			fmt.Fprintf(a.out, "  -  %s  %s  \"%s\"\n", written, visibleName(p.Author), text)
		}
	}
}
