package main

import (
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/projection"

	"github.com/aymanbagabas/go-udiff"
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
is still there, and text that they deleted comes back to where it was. What others typed stays, even inside of it. Each
edit's inverse is carried over everything that came after it. Text that comes back is in blame of who reverts.

Who put a deleted text back by other means has it twice then: look with --dry-run first. Reverting who reverted
undoes it. Text that was redacted comes back black. To bring back the text of a moment, see restore.

An edit is not taken back over a revision that moved whole lines (Alt-Up in the editor): that is refused, and nothing is
changed.

  parodywave revert Minutes --author Mallory --dry-run
  parodywave revert Minutes --author Mallory --since -15m
  parodywave revert Minutes --author 소라 --from 120 --to 128 --as Ben
`
}

func (c *revertCommand) Run(a *app) error {
	if err := checkName(c.As); err != nil {
		return err
	}
	if err := a.exists(); err != nil {
		return err
	}
	stream, t, x, err := c.look(a)
	if err != nil {
		return err
	}
	if x.Moved != 0 && !x.Change.IsEmpty() || x.Moved != 0 && x.Lost > 0 {
		return failed("what came after that revision can be taken back with --from; restore brings a whole moment back, moves or not",
			"lines of thread %s were moved at revision %d: an edit is not carried over a move, for what others wrote could be lost", stream, x.Moved)
	}
	if c.DryRun {
		label := func(of string) string { return string(stream) + "@" + of }
		if err := printEdits(a, label(fmt.Sprint(x.Revision)), label("reverted"), t, byteEdits(t, x.Change)); err != nil {
			return err
		}
	}
	switch {
	case x.Edits == 0:
		a.say("thread %s has no edits by %s in that range: there is nothing to do", stream, c.Author)
		return nil
	case x.Change.IsEmpty():
		a.say("thread %s: nothing is left of %s: there is nothing to do", stream, edits(x.Edits, c.Author))
		c.account(a, x)
		return nil
	case c.DryRun:
		a.say("%s would be taken back, +%d -%d", edits(x.Edits, c.Author), x.Restored, x.Deleted)
		c.account(a, x)
		return nil
	}
	rev, err := a.revise(stream, c.As, x)
	if err != nil {
		return err
	}
	a.say("thread %s is at revision %d: %s taken back, +%d -%d", stream, rev, edits(x.Edits, c.Author), x.Restored, x.Deleted)
	c.account(a, x)
	return nil
}

func edits(n int, author string) string {
	if n == 1 {
		return "1 edit by " + author
	}
	return fmt.Sprintf("%d edits by %s", n, author)
}

// account tells what a revert does not do.
func (c *revertCommand) account(a *app, x *projection.Reversion) {
	if x.Lost > 0 {
		a.say("%d UTF-16 units that they wrote had been deleted by others already", x.Lost)
	}
	if x.Black > 0 {
		a.say("%d UTF-16 units come back black: they were redacted", x.Black)
	}
}

// look returns the thread, its text, and what is to be done to it. It closes the
// log before it is opened for writing.
func (c *revertCommand) look(a *app) (eventlog.Stream, string, *projection.Reversion, error) {
	since, err := moment(c.Since, 0)
	if err != nil {
		return "", "", nil, err
	}
	until, err := moment(c.Until, 1<<62)
	if err != nil {
		return "", "", nil, err
	}
	s, err := a.open()
	if err != nil {
		return "", "", nil, err
	}
	defer s.Close()
	stream, err := s.find(a, c.Thread)
	if err != nil {
		return "", "", nil, err
	}
	wanted := map[eventlog.AuthorID]bool{}
	r, err := projection.ReplayReversal(a.ctx, s, stream, func(e *event.Event) bool {
		is, known := wanted[e.Author]
		if !known {
			is = s.name(e.Author) == c.Author || strings.EqualFold(idString(e.Author), c.Author)
			wanted[e.Author] = is
		}
		return is && e.Time >= since && e.Time <= until &&
			(c.From == nil || e.Revision >= *c.From) && (c.To == nil || e.Revision <= *c.To)
	})
	if err != nil {
		return "", "", nil, err
	}
	if err := c.among(a, s, r.Thread()); err != nil {
		return "", "", nil, err
	}
	x := r.Reversion()
	return stream, r.Thread().Text(), &x, nil
}

// among refuses an author who is none of the thread's, and tells of several who
// have one name.
func (c *revertCommand) among(a *app, s *source, t *projection.Thread) error {
	var names, ids []string
	for _, id := range t.Authors() {
		name := s.name(id)
		if name == c.Author || strings.EqualFold(idString(id), c.Author) {
			ids = append(ids, idString(id))
		}
		names = append(names, name)
	}
	switch len(ids) {
	case 0:
		return notFound("its authors are "+strings.Join(names, ", "), "%q is no author of thread %s", c.Author, t.Stream)
	case 1:
	default:
		a.say("%d authors are called %s, and all are meant; say an id for one: %s", len(ids), c.Author, strings.Join(ids, ", "))
	}
	return nil
}

// byteEdits returns what a change does to a text in bytes of UTF-8.
func byteEdits(text string, c ot.Change) (all []udiff.Edit) {
	unit, at := 0, 0 // the same place in both
	seek := func(to int) int {
		for unit < to {
			r, n := utf8.DecodeRuneInString(text[at:])
			at, unit = at+n, unit+utf16.RuneLen(r)
		}
		return at
	}
	for e := range c.Edits() {
		start := seek(e.FromA)
		all = append(all, udiff.Edit{Start: start, End: seek(e.ToA), New: ot.String(e.Insert)})
	}
	return all
}
