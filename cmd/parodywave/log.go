package main

import (
	"fmt"
	"strings"
	"time"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/names"
	"parodywave/projection"
)

type logCommand struct {
	Thread    string `arg:"" placeholder:"THREAD[@AT]" help:"Thread; with @AT, only up to that moment."`
	Line      *int   `short:"L" placeholder:"N" help:"Print the history of line N (the first is 1) of the text now or at AT, through edits, moves, splits and joins."`
	Deletions bool   `help:"Only deletions: the deleted text and who had written it."`
	Author    string `placeholder:"NAME" help:"Only events of this author: a name or an id."`
	Since     string `placeholder:"TIME" help:"Ignore events before this time: 2026-11-22T10:00:00Z, 2026-11-22, -15m."`
	Until     string `placeholder:"TIME" help:"Ignore events after this time."`
	Number    *int   `short:"n" placeholder:"N" help:"Print at most N rows."`
	Every     string `enum:"edit,burst" default:"burst" help:"edit: a row for every edit; burst: one row for an author's edits without a pause of 30 seconds."`
	JSON      bool   `name:"json" help:"Print one JSON object per line."`
}

func (*logCommand) Help() string {
	return `Prints the events of a thread, newest first; edits of one author without a pause of 30 seconds are one row: the first and
the last revision, time, author, what was done.

  -L N         the history of one line: its text before (-) and after (+) each row, deletions included. For text that
               was typed and deleted again within a row it prints only the length; --every edit and --deletions show it
  --deletions  a row for each place where text was deleted, and below it, for each author of the deleted text, the
               revisions that wrote it, the author and the text. With -L, only deletions from that line.

  parodywave log Minutes --since -15m
  parodywave log Minutes -L 12
  parodywave log Minutes@draft-1 --deletions --author Ben
  parodywave log Minutes --deletions -L 12 --every edit

--json prints thread, revision, position, id, time, author, author_id and kind of the row's last event; first (revision
of its first event); edits (their number); inserted and deleted (UTF-16 units); text (inserted); lines (first and last
number); revisions (that the event names). -L adds action (born, changed, split, joined, moved, submitted, redacted),
line, line_id, before, after, and vanished (UTF-16 units typed and deleted again within the row). --deletions adds
removed: for each part text, author, author_id, first and last (the revisions that wrote it).`
}

func (c *logCommand) Run(a *app) error {
	if c.Line != nil && *c.Line < 1 {
		return usage("use -L 1 for the first line", "-L must be 1 or more")
	}
	if c.Number != nil && *c.Number < 1 {
		return usage("leave -n out for all rows", "-n must be 1 or more")
	}
	s, stream, at, err := a.openAt(c.Thread)
	if err != nil {
		return err
	}
	defer s.Close()
	keep, err := c.filter(a, s, stream)
	if err == nil {
		err = s.sayAhead(a, stream)
	}
	if err != nil {
		return err
	}
	switch {
	case c.Deletions:
		return c.deletions(a, s, stream, at, keep)
	case c.Line != nil:
		return c.history(a, s, stream, at, keep)
	}
	all, err := projection.ReplayAccounts(a.ctx, s, stream, projection.AccountQuery{
		At: at, Keep: func(e *event.Event) bool { return keep(*e) }, Every: c.Every == "edit",
	})
	if err != nil {
		return err
	}
	var rows []*eventRow
	for _, one := range firstOf(all.List, c.Number) {
		rows = append(rows, s.rowOf(stream, one))
	}
	printRows(a, rows, c.JSON)
	return nil
}

// firstOf returns the first n rows, or all if n is nil.
func firstOf[R any](all []R, n *int) []R {
	if n == nil {
		return all
	}
	return all[:min(*n, len(all))]
}

func printRows(a *app, rows []*eventRow, asJSON bool) {
	tab := table{right: "1"}
	for _, r := range rows {
		if asJSON {
			fmt.Fprintln(a.out, r.json())
		} else {
			tab.add(r.cells()...)
		}
	}
	tab.print(a.out)
}

// playTo folds a thread up to a revision (0: the head). It calls before, unless it
// is nil, with each event and the thread before it, and f after the event.
func (s *source) playTo(a *app, stream eventlog.Stream, at eventlog.Revision, before func(event.Event, *projection.Thread), f func(event.Event, *projection.Thread, *projection.Effect) error) error {
	t := projection.NewThread(stream)
	for e, err := range event.Decoded(s.Read(a.ctx, stream, 0)) {
		if err != nil {
			return err
		}
		if before != nil {
			before(e, t)
		}
		effect, err := t.Apply(e)
		if err == nil {
			err = f(e, t, effect)
		}
		if err != nil {
			return err
		}
		if e.Revision == at {
			break
		}
	}
	return nil
}

// filter returns a function that reports whether --author, --since and --until
// keep an event.
func (c *logCommand) filter(a *app, s *source, stream eventlog.Stream) (func(event.Event) bool, error) {
	now, err := s.now(a, stream)
	if err != nil {
		return nil, err
	}
	since, err := moment(c.Since, now, 0)
	if err != nil {
		return nil, err
	}
	until, err := moment(c.Until, now, 1<<62)
	if err != nil {
		return nil, err
	}
	if c.Since != "" && c.Until != "" && since > until {
		return nil, usage("swap them: --since is the earlier time", "--since %s is after --until %s", stamp(since), stamp(until))
	}
	if c.Author == "" {
		return func(e event.Event) bool { return e.Time >= since && e.Time <= until }, nil
	}
	t, err := projection.Replay(a.ctx, s.Source, stream, 0)
	if err != nil {
		return nil, err
	}
	wanted := map[eventlog.AuthorID]bool{}
	asked := names.Exact(c.Author, s.namesOf(t.Authors()))
	for _, id := range t.Authors() {
		if s.name(id) == asked || strings.EqualFold(idString(id), c.Author) {
			wanted[id] = true
		}
	}
	if len(wanted) == 0 {
		return nil, notFound("its authors are "+strings.Join(s.namesOf(t.Authors()), ", "), "%q is not an author of thread %s", c.Author, stream)
	}
	return func(e event.Event) bool { return wanted[e.Author] && e.Time >= since && e.Time <= until }, nil
}

// namesOf returns the names of authors.
func (s *source) namesOf(ids []eventlog.AuthorID) (names []string) {
	for _, id := range ids {
		names = append(names, s.name(id))
	}
	return names
}

// moment parses the time of --since or --until into Unix milliseconds.
func moment(s string, now time.Time, otherwise int64) (int64, error) {
	if s == "" {
		return otherwise, nil
	}
	t, ok := names.Moment(s, now)
	if !ok {
		return 0, usage("use 2026-11-22T10:00:00Z, 2026-11-22 or -15m", "invalid time %q", s)
	}
	return t.UnixMilli(), nil
}
