package main

import (
	"fmt"
	"math"
	"strings"
	"time"

	"parodywave/eventlog"
	"parodywave/eventlog/names"
	"parodywave/projection/revert"

	"github.com/oklog/ulid/v2"
)

type revertCommand struct {
	Thread string             `arg:"" placeholder:"THREAD" help:"Thread."`
	Author string             `required:"" placeholder:"NAME" help:"Author whose edits are undone: a name or an id."`
	From   *eventlog.Revision `placeholder:"REV" help:"Ignore edits before this revision."`
	To     *eventlog.Revision `placeholder:"REV" help:"Ignore edits after this revision."`
	Since  string             `placeholder:"TIME" help:"Ignore edits before this time: 2026-11-22T10:00:00Z, 2026-11-22, -15m."`
	Until  string             `placeholder:"TIME" help:"Ignore edits after this time."`
	DryRun bool               `help:"Print the change without making it."`
	As     string             `default:"${user}" placeholder:"NAME" help:"Name of the author of the revert (default: ${user})."`
}

func (*revertCommand) Help() string {
	return `Undoes all edits of an author, or those in a range, by one new change: text that the author wrote is deleted, as far as it
is still there, and text that the author deleted comes back where it was. Text that others typed stays, even inside the
author's. Text that comes back keeps its author.

Moved lines (Alt-Up in the editor): lines that the author moved go back to where they were, unless others have edited
them since, or the lines around them. Those are left where they are, and the command says how many. Lines that others
moved stay where they are; the author's text in them is deleted.

Reverting an author again takes back only what is new: text that someone has already put back in its place stays, once.
Reverting the reverter undoes a revert. Redacted text comes back redacted. To bring back the text of a moment, see
restore.

  parodywave revert Minutes --author Mallory --dry-run
  parodywave revert Minutes --author Mallory --since -15m
  parodywave revert Minutes --author 소라 --from 120 --to 128 --as Ben
`
}

func (c *revertCommand) Run(a *app) error {
	if err := checkName(c.As); err != nil {
		return err
	}
	q, err := c.query(time.Now())
	if err != nil {
		return err
	}
	if !c.DryRun {
		if err := a.exists(); err != nil {
			return err
		}
	}
	s, stream, err := a.openWhole(c.Thread, "to undo only later edits, use --from or --since; to bring back an earlier text: parodywave restore %[3]s")
	if err != nil {
		return err
	}
	defer s.Close()
	now, err := s.now(a, stream)
	if err == nil {
		q, err = c.query(now)
	}
	if err != nil {
		return err
	}
	x, err := a.reverse(s, stream, q, c.As, c.DryRun)
	if err != nil {
		return err
	}
	ids, err := authorIDs(stream, x.Authors)
	if err != nil {
		return err
	}
	if exact := names.Exact(c.Author, s.namesOf(ids)); exact != c.Author { // nobody has that name, and nothing was undone
		c.Author, q.Author = exact, exact
		if x, err = a.reverse(s, stream, q, c.As, c.DryRun); err != nil {
			return err
		}
	}
	if err := c.among(a, s, stream, ids); err != nil {
		return err
	}
	return c.report(a, stream, x)
}

// query returns the edits to undo, as the flags select them.
func (c *revertCommand) query(now time.Time) (revert.Query, error) {
	q := revert.Query{Author: c.Author, From: 1, To: maxRevision}
	var err error
	if q.Since, err = moment(c.Since, now, math.MinInt64); err != nil {
		return q, err
	}
	if q.Until, err = moment(c.Until, now, maxTime); err != nil {
		return q, err
	}
	if c.From != nil {
		q.From = *c.From
	}
	if c.To != nil {
		q.To = *c.To
	}
	switch {
	case strings.TrimSpace(c.Author) == "":
		return q, usage("use --author NAME; to undo everybody's edits, see restore", "--author is empty")
	case q.From == 0 || q.To == 0:
		return q, usage("the first revision is 1; parodywave log shows them", "there is no revision 0")
	case q.From > q.To:
		return q, usage(fmt.Sprintf("swap them: --from %d --to %d", q.To, q.From), "--from %d is after --to %d", q.From, q.To)
	case q.Since > q.Until:
		return q, usage("swap them: --since is the earlier time", "--since %s is after --until %s", stamp(q.Since), stamp(q.Until))
	}
	return q, nil
}

// report prints what was done.
func (c *revertCommand) report(a *app, stream eventlog.Stream, x *reversal) error {
	if c.DryRun {
		if err := x.print(a, fmt.Sprintf("%s@%d", stream, x.Head), string(stream)+"@reverted"); err != nil {
			return err
		}
	}
	switch {
	case x.Edits == 0:
		a.say("thread %s has no edits by %s in that range: nothing to do", stream, c.Author)
		return nil
	case x.Empty:
		a.say("thread %s: nothing is left of %s: nothing to do", stream, edits(x.Edits, c.Author))
	case c.DryRun:
		a.say("would undo %s: +%d -%d", edits(x.Edits, c.Author), x.Restored, x.Deleted)
	default:
		a.say("thread %s is at revision %d: undid %s: +%d -%d", stream, x.Rev, edits(x.Edits, c.Author), x.Restored, x.Deleted)
	}
	if x.Lost > 0 {
		a.say("others had already deleted %d UTF-16 units of that text", x.Lost)
	}
	if x.Black > 0 {
		a.say("%d UTF-16 units come back redacted", x.Black)
	}
	switch {
	case x.Left == 1:
		a.say("1 moved line was left: others have edited it or the lines around it since")
	case x.Left > 1:
		a.say("%d moved lines were left: others have edited them or the lines around them since", x.Left)
	}
	return nil
}

func edits(n int, author string) string {
	if n == 1 {
		return "1 edit by " + author
	}
	return fmt.Sprintf("%d edits by %s", n, author)
}

// authorIDs parses the ids of the authors of a thread.
func authorIDs(stream eventlog.Stream, authors []string) (ids []eventlog.AuthorID, err error) {
	for _, s := range authors {
		id, err := ulid.ParseStrict(s)
		if err != nil {
			return nil, fmt.Errorf("author %q of thread %s: %w", s, stream, err)
		}
		ids = append(ids, eventlog.AuthorID(id))
	}
	return ids, nil
}

// among refuses a name that is not an author of the thread, and prints a note if
// several authors have it.
func (c *revertCommand) among(a *app, s *source, stream eventlog.Stream, authors []eventlog.AuthorID) error {
	var ids []string
	for _, id := range authors {
		if q := (revert.Query{Author: c.Author}); q.IsAuthor(id, s.name(id)) {
			ids = append(ids, idString(id))
		}
	}
	switch len(ids) {
	case 0:
		return notFound("its authors are "+strings.Join(s.namesOf(authors), ", "), "%q is not an author of thread %s", c.Author, stream)
	case 1:
	default:
		a.say("%d authors are called %s, and the edits of all are undone; use an id for one of them: %s", len(ids), c.Author, strings.Join(ids, ", "))
	}
	return nil
}
