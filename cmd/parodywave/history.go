package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/projection"
)

// A lineRow is a row of log -L: the effect of one event, or of folded edits of one
// author, on one line.
type lineRow struct {
	eventRow
	Action string `json:"action"` // born, changed, split, joined, moved, returned, submitted, redacted
	Line   int    `json:"line"`   // from 1, as it was then
	LineID string `json:"line_id"`
	Before string `json:"before"`
	After  string `json:"after"`
	// Vanished is how many UTF-16 units were typed into the line and deleted from
	// it again within the row, so that neither Before nor After has them.
	Vanished int `json:"vanished"`

	id   projection.LineID
	lost []loss
}

// history prints the history of a line of the text at a revision.
func (c *logCommand) history(a *app, s *source, stream eventlog.Stream, at eventlog.Revision, keep func(event.Event) bool) error {
	kin := projection.NewFamily()
	var last *projection.Thread
	err := s.playTo(a, stream, at, nil, func(e event.Event, t *projection.Thread, effect *projection.Effect) error {
		kin.Add(t, effect)
		last = t
		return nil
	})
	if err != nil {
		return err
	}
	if *c.Line > last.CountedLines() {
		return noLine(*c.Line, last.CountedLines())
	}
	l := newLineHistory(s, kin.Of(last.Row(*c.Line-1).ID))
	l.each, l.keep = c.Every == "edit", keep
	err = s.playTo(a, stream, at, l.before, l.take)
	if err != nil {
		return err
	}
	slices.Reverse(l.rows)
	for _, r := range firstOf(l.rows, c.Number) {
		if c.JSON {
			r.Text = string(r.text)
			fmt.Fprintln(a.out, jsonLine(r))
		} else {
			r.print(a)
		}
	}
	return nil
}

// print prints a row as a table has it, with the line before and after.
func (r *lineRow) print(a *app) {
	cells := r.cells()
	vanished := ""
	if r.Vanished > 0 {
		vanished = fmt.Sprintf("  (+%d typed and deleted again)", r.Vanished)
	}
	fmt.Fprintf(a.out, "%s  %s  %s  %s line %d%s\n", cells[0], cells[1], cells[2], r.Action, r.Line, vanished)
	if r.Before != r.After || r.Action == "changed" || r.Action == "born" {
		if r.Action != "born" {
			fmt.Fprintf(a.out, "  - %s\n", visibleLine(r.Before))
		}
		fmt.Fprintf(a.out, "  + %s\n", visibleLine(r.After))
	}
}

// A lineHistory makes the rows of a line and its relatives.
type lineHistory struct {
	s     *source
	lines projection.Lineage
	each  bool                         // a row for each event
	keep  func(event.Event) bool       // makes rows only of these events; nil: of all
	text  map[projection.LineID]string // of the lineage's lines, before the event; of those that are gone, what they read last
	rows  []*lineRow
	open  *lineRow                     // the last row, unless an event that is not kept followed it
	lost  map[projection.LineID][]loss // deleted by the event
}

func newLineHistory(s *source, lines projection.Lineage) *lineHistory {
	return &lineHistory{s: s, lines: lines, text: map[projection.LineID]string{}}
}

// take adds the rows of an event that was just applied to t. An event that is not kept
// ends the fold, so that no row shows what another author typed.
func (l *lineHistory) take(e event.Event, t *projection.Thread, effect *projection.Effect) error {
	for _, r := range l.apply(e, t, effect) {
		if l.keep == nil || l.keep(e) {
			l.add(r)
		} else {
			l.open = nil
		}
	}
	return nil
}

// A loss is a number of UTF-16 units of one revision that an event deletes.
type loss struct {
	revision eventlog.Revision
	author   eventlog.AuthorID
	units    int
}

// before records the units that an event deletes from the lineage's lines.
func (l *lineHistory) before(e event.Event, t *projection.Thread) {
	l.lost = map[projection.LineID][]loss{}
	f, ok := e.Payload.(event.Changed)
	if !ok || f.Change.Len() != t.Len() || t.LineCount() == 0 {
		return
	}
	for ed := range f.Change.Edits() {
		for i, last := t.LineAt(ed.FromA), t.LineAt(ed.ToA); ed.FromA < ed.ToA && i <= last; i++ {
			r := t.Row(i)
			from, to := max(r.Start, ed.FromA), min(r.Start+r.Length, ed.ToA)
			if from >= to || !l.lines.Has(r.ID, e.Revision) {
				continue
			}
			for s := range t.Spans(from, to) {
				l.lost[r.ID] = append(l.lost[r.ID], loss{s.Revision, t.Authors()[s.Author], s.Length})
			}
		}
	}
}

func (l *lineHistory) apply(e event.Event, t *projection.Thread, effect *projection.Effect) []*lineRow {
	var out []*lineRow
	row := func(action string, id projection.LineID, line int, before, after string) {
		r := &lineRow{eventRow: *l.s.newRow(e, t, effect), Action: action, Line: line, LineID: id.String(), Before: before, After: after, id: id, lost: l.lost[id]}
		r.Lines = []int{line, line}
		out = append(out, r)
	}
	// A joined line ends here: its text is now part of another line.
	for _, h := range effect.Hunks {
		for _, id := range h.Old {
			into := t.Resolve(id)
			if !l.lines.Has(id, e.Revision) || into == id {
				continue
			}
			if i := t.Find(into); i >= 0 {
				row("joined", id, i+1, l.text[id], t.Content(t.Row(i)))
			}
		}
	}
	was := maps.Clone(l.text) // a line may be split from a line that this event changes
	for _, i := range effect.Lines() {
		r := t.Row(i)
		if !l.lines.Has(r.ID, e.Revision) {
			continue
		}
		before, known := was[r.ID]
		after := t.Content(r)
		l.text[r.ID] = after
		switch {
		case !known && !r.SplitFrom.IsZero():
			row("split", r.ID, i+1, was[r.SplitFrom], after)
		case !known:
			row("born", r.ID, i+1, "", after)
		case projection.Returned(r.ID, effect.Hunks):
			row("returned", r.ID, i+1, before, after)
		case event.Kind(e.Payload) == "submitted", event.Kind(e.Payload) == "redacted":
			row(event.Kind(e.Payload), r.ID, i+1, before, after)
		case projection.Moved(r.ID, effect.Hunks):
			row("moved", r.ID, i+1, before, after)
		case before != after:
			row("changed", r.ID, i+1, before, after)
		}
	}
	return out
}

// add appends a row or, unless each is set, folds an author's edits of one line
// without a pause into the last row.
func (l *lineHistory) add(r *lineRow) {
	if last := l.open; last != nil && !l.each && r.Action == "changed" {
		folds := last.Action == "changed" || last.Action == "born"
		if folds && last.id == r.id && last.author == r.author && r.at-last.at <= burstPause {
			last.eventRow.add(&r.eventRow)
			last.Line, last.After = r.Line, r.After
			for _, x := range r.lost {
				if x.revision >= last.First && x.author == last.author {
					last.Vanished += x.units
				}
			}
			return
		}
	}
	l.rows, l.open = append(l.rows, r), r
}

// String names a row in tests.
func (r *lineRow) String() string {
	return strings.TrimSpace(fmt.Sprintf("%d %s %d %q→%q", r.Revision, r.Action, r.Line, r.Before, r.After))
}
