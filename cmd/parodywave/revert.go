package main

import (
	"fmt"
	"math"
	"strings"

	"parodywave/eventlog"
	"parodywave/projection"

	"github.com/oklog/ulid/v2"
)

type revertCommand struct {
	Thread string             `arg:"" placeholder:"THREAD" help:"Thread."`
	Author string             `required:"" placeholder:"NAME" help:"Whose edits are taken back: a name or an id."`
	From   *eventlog.Revision `placeholder:"REV" help:"Not those before this revision."`
	To     *eventlog.Revision `placeholder:"REV" help:"Not those after this revision."`
	Since  string             `placeholder:"TIME" help:"Not what is older: 2026-11-22T10:00:00Z, 2026-11-22, -15m."`
	Until  string             `placeholder:"TIME" help:"Not what is newer."`
	DryRun bool               `help:"Print what would change, and change nothing."`
	As     string             `default:"${user}" placeholder:"NAME" help:"Who reverts (default: ${user})."`
}

// Help shows how it is used.
func (*revertCommand) Help() string {
	return `Takes back what an author did, all of it or in a range, as one change on top: text that they wrote goes, as far as it
is still there, and text that they deleted comes back to where it was. What others typed stays, even inside of it. Text that
comes back is in blame of who reverts.

Whole lines that were moved (Alt-Up in the editor) are neither new nor gone: those that the author moved go back between
what they stood between, with what others wrote into them, unless others have moved them since; those that others moved
stay where they are, and what the author wrote goes from there.

Who put a deleted text back by other means has it twice then: look with --dry-run first. Reverting who reverted
undoes it. Text that was redacted comes back black. To bring back the text of a moment, see restore.

  parodywave revert Minutes --author Mallory --dry-run
  parodywave revert Minutes --author Mallory --since -15m
  parodywave revert Minutes --author 소라 --from 120 --to 128 --as Ben
`
}

func (c *revertCommand) Run(a *app) error {
	if err := checkName(c.As); err != nil {
		return err
	}
	q, err := c.query()
	if err != nil {
		return err
	}
	if !c.DryRun {
		if err := a.exists(); err != nil {
			return err
		}
	}
	s, err := a.open()
	if err != nil {
		return err
	}
	defer s.Close()
	stream, err := s.findWhole(a, c.Thread, "to take back what came after it: --from or --since; to bring the text of a moment back: parodywave restore %[3]s")
	if err != nil {
		return err
	}
	x, err := a.reverse(s, stream, q, c.As, c.DryRun)
	if err != nil {
		return err
	}
	if err := c.among(a, s, stream, x); err != nil {
		return err
	}
	return c.tell(a, stream, x)
}

// query returns which edits are meant.
func (c *revertCommand) query() (projection.ReversalQuery, error) {
	q := projection.ReversalQuery{Author: c.Author, From: 1, To: maxRevision}
	var err error
	if q.Since, err = moment(c.Since, math.MinInt64); err != nil {
		return q, err
	}
	if q.Until, err = moment(c.Until, maxTime); err != nil {
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
		return q, usage("write --author NAME; restore takes back what everybody did", "--author is empty")
	case q.From == 0 || q.To == 0:
		return q, usage("the first revision is 1; parodywave log shows them", "there is no revision 0")
	case q.From > q.To:
		return q, usage(fmt.Sprintf("write --from %d --to %d if that is the range", q.To, q.From), "--from %d is after --to %d", q.From, q.To)
	case q.Since > q.Until:
		return q, usage("what is older than --until and newer than --since is meant", "--since %s is after --until %s", stamp(q.Since), stamp(q.Until))
	}
	return q, nil
}

// tell says what was done.
func (c *revertCommand) tell(a *app, stream eventlog.Stream, x *reversal) error {
	if c.DryRun {
		if err := x.print(a, fmt.Sprintf("%s@%d", stream, x.Head), string(stream)+"@reverted"); err != nil {
			return err
		}
	}
	switch {
	case x.Edits == 0:
		a.say("thread %s has no edits by %s in that range: there is nothing to do", stream, c.Author)
		return nil
	case x.Empty:
		a.say("thread %s: nothing is left of %s: there is nothing to do", stream, edits(x.Edits, c.Author))
	case c.DryRun:
		a.say("%s would be taken back, +%d -%d", edits(x.Edits, c.Author), x.Restored, x.Deleted)
	default:
		a.say("thread %s is at revision %d: %s taken back, +%d -%d", stream, x.Rev, edits(x.Edits, c.Author), x.Restored, x.Deleted)
	}
	if x.Lost > 0 {
		a.say("%d UTF-16 units that they wrote had been deleted by others already", x.Lost)
	}
	if x.Black > 0 {
		a.say("%d UTF-16 units come back black: they were redacted", x.Black)
	}
	return nil
}

func edits(n int, author string) string {
	if n == 1 {
		return "1 edit by " + author
	}
	return fmt.Sprintf("%d edits by %s", n, author)
}

// among refuses an author who is none of the thread's, and tells of several who
// have one name.
func (c *revertCommand) among(a *app, s *source, stream eventlog.Stream, x *reversal) error {
	var names, ids []string
	for _, id := range x.Authors {
		author, err := ulid.ParseStrict(id)
		if err != nil {
			return fmt.Errorf("author %q of thread %s: %w", id, stream, err)
		}
		name := s.name(eventlog.AuthorID(author))
		if q := (projection.ReversalQuery{Author: c.Author}); q.IsAuthor(eventlog.AuthorID(author), name) {
			ids = append(ids, id)
		}
		names = append(names, name)
	}
	switch len(ids) {
	case 0:
		return notFound("its authors are "+strings.Join(names, ", "), "%q is no author of thread %s", c.Author, stream)
	case 1:
	default:
		a.say("%d authors are called %s, and all are meant; say an id for one: %s", len(ids), c.Author, strings.Join(ids, ", "))
	}
	return nil
}
