package main

import (
	"fmt"
	"strings"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/projection"
)

type logCommand struct {
	Thread    string `arg:"" placeholder:"THREAD[@AT]" help:"Thread, and the moment up to which."`
	Line      *int   `short:"L" placeholder:"N" help:"The history of line N (the first is 1) as it is now, or was at AT, through edits, moves, splits and joins."`
	Deletions bool   `help:"Only what deleted text: the text, and who had written it."`
	Author    string `placeholder:"NAME" help:"Only what this author did: a name or an id."`
	Since     string `placeholder:"TIME" help:"Not what is older: 2026-11-22T10:00:00Z, 2026-11-22, -15m."`
	Until     string `placeholder:"TIME" help:"Not what is newer."`
	Number    *int   `short:"n" placeholder:"N" help:"At most N rows."`
	Every     string `enum:"edit,burst" default:"burst" help:"A row for every edit, or (burst) for all edits of an author without a pause of 30 seconds."`
	JSON      bool   `name:"json" help:"Print one JSON object a line."`
}

// Help tells what kong prints below the usage.
func (*logCommand) Help() string {
	return `Prints a row for what each author did without a pause of 30 seconds, the newest first: revision (the first and the
last), time, author, what was done.

  -L N         what happened to one line: before (-) and after (+), what was deleted from it included; of what was typed
               and deleted again within a row, how much: --every edit and --deletions show the text
  --deletions  what was deleted, a row for each place: where it was, and below, for each author of the deleted text,
               the revisions that had written it, the author, and the text. With -L, from that line.

  parodywave log Minutes --since -15m
  parodywave log Minutes -L 12
  parodywave log Minutes@draft-1 --deletions --author Ben
  parodywave log Minutes --deletions -L 12 --every edit

--json: thread, revision, position, id, time, author, author_id and kind of the last event of a row; first, the revision
of its first; edits, how many; inserted and deleted, in UTF-16 units; text, what was inserted; lines, the first and the
last; revisions, that the event names. With -L also action (born, changed, split, joined, moved, submitted, redacted),
line, line_id, before and after, and vanished: how many UTF-16 units were typed and deleted again within the row. With --deletions also removed: of each part text, author, author_id, first and last,
the revisions that had written it.`
}

func (c *logCommand) Run(a *app) error {
	if c.Line != nil && *c.Line < 1 {
		return usage("lines count from 1: write -L 1 for the first", "there is no line %d", *c.Line)
	}
	if c.Number != nil && *c.Number < 1 {
		return usage("say 1 or more, or leave -n out for all rows", "-n %d asks for no rows", *c.Number)
	}
	s, err := a.open()
	if err != nil {
		return err
	}
	defer s.Close()
	stream, at, err := s.findAt(a, c.Thread)
	if err != nil {
		return err
	}
	keep, err := c.filter(a, s, stream)
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

// firstOf returns the first n rows, all of them where n is nil.
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

// playTo is play up to a revision; 0 is the head.
func (s *source) playTo(a *app, stream eventlog.Stream, at eventlog.Revision, f func(event.Event, *projection.Thread, *projection.Effect) error) error {
	return s.playThrough(a, stream, at, nil, f)
}

// playThrough is playTo that calls before, if any, with each event and the thread
// as it is before it.
func (s *source) playThrough(a *app, stream eventlog.Stream, at eventlog.Revision, before func(event.Event, *projection.Thread), f func(event.Event, *projection.Thread, *projection.Effect) error) error {
	t := projection.NewThread(stream)
	for r, err := range s.Read(a.ctx, stream, 0) {
		if err != nil {
			return err
		}
		e, err := event.Decode(r)
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

// filter returns which events --author, --since and --until leave.
func (c *logCommand) filter(a *app, s *source, stream eventlog.Stream) (func(event.Event) bool, error) {
	since, err := moment(c.Since, 0)
	if err != nil {
		return nil, err
	}
	until, err := moment(c.Until, 1<<62)
	if err != nil {
		return nil, err
	}
	if c.Since != "" && c.Until != "" && since > until {
		return nil, usage("what is older than --until and newer than --since is meant", "--since %s is after --until %s", stamp(since), stamp(until))
	}
	if c.Author == "" {
		return func(e event.Event) bool { return e.Time >= since && e.Time <= until }, nil
	}
	t, err := projection.Replay(a.ctx, s, stream, 0)
	if err != nil {
		return nil, err
	}
	wanted := map[eventlog.AuthorID]bool{}
	for _, id := range t.Authors() {
		if s.name(id) == c.Author || strings.EqualFold(idString(id), c.Author) {
			wanted[id] = true
		}
	}
	if len(wanted) == 0 {
		var names []string
		for _, id := range t.Authors() {
			names = append(names, s.name(id))
		}
		return nil, notFound("its authors are "+strings.Join(names, ", "), "%q is no author of thread %s", c.Author, stream)
	}
	return func(e event.Event) bool { return wanted[e.Author] && e.Time >= since && e.Time <= until }, nil
}

// moment reads a time of --since or --until into Unix milliseconds.
func moment(s string, otherwise int64) (int64, error) {
	if s == "" {
		return otherwise, nil
	}
	t, ok := parseTime(s)
	if !ok {
		return 0, usage("write 2026-11-22T10:00:00Z, 2026-11-22 or -15m", "%q is no time", s)
	}
	return t.UnixMilli(), nil
}
