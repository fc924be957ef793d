package main

import (
	"fmt"
	"strings"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/projection"
)

// A removalRow is a line of log --deletions.
type removalRow struct {
	eventRow
	Removed []removedPart `json:"removed"`
}

// A removedPart is deleted text that one author had written.
type removedPart struct {
	Text     string            `json:"text"`
	Author   string            `json:"author"`
	AuthorID string            `json:"author_id"`
	First    eventlog.Revision `json:"first"`
	Last     eventlog.Revision `json:"last"`
}

// deletions prints what was deleted, up to a revision.
func (c *logCommand) deletions(a *app, s *source, stream eventlog.Stream, at eventlog.Revision, keep func(event.Event) bool) error {
	q := projection.RemovalQuery{At: at, Each: c.Every == "edit"}
	if c.Line != nil {
		t, err := projection.Replay(a.ctx, s, stream, at)
		if err != nil {
			return err
		}
		if *c.Line > rows(t) {
			return noLine(*c.Line, rows(t))
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
	id := t.Authors()[m.Author]
	r := &removalRow{eventRow: eventRow{
		Thread: t.Stream, Revision: m.To, Position: m.Position, ID: event.ID(t.Stream, m.To, m.End).String(), Time: stamp(m.End),
		Author: s.name(id), AuthorID: idString(id), Kind: "changed", First: m.From, Edits: m.Edits,
		Lines: []int{m.Line + 1, m.Line + 1}, Revisions: []eventlog.Revision{},
	}}
	for _, p := range m.Parts {
		by := t.Authors()[p.Author]
		r.Removed = append(r.Removed, removedPart{p.Text, s.name(by), idString(by), p.From, p.To})
		r.Deleted += p.Length
	}
	return r
}

// print shows a row as people read it.
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
			fmt.Fprintf(a.out, "  -  %s  %s  \"%s\"\n", written, visible(p.Author), text)
		}
	}
}
