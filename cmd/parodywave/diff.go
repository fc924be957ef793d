package main

import (
	"fmt"
	"strings"

	"parodywave/eventlog"
	"parodywave/projection"
	"parodywave/server/jsonrow"
)

type diffCommand struct {
	From    string `arg:"" placeholder:"THREAD@A" help:"Thread and the first moment."`
	To      string `arg:"" optional:"" placeholder:"THREAD@B" help:"The second moment. THREAD may be left out (@B); without the argument it is now."`
	Context int    `short:"U" default:"3" placeholder:"N" help:"Lines of context around differences (default: 3)."`
	Words   bool   `help:"Print a changed line once, with its words marked: [-deleted-]{+inserted+}."`
	JSON    bool   `name:"json" help:"Print one JSON object per line."`
}

func (*diffCommand) Help() string {
	return `Prints a unified diff that follows the recorded history, line by line, instead of guessing from two texts. If B is before A
it is the way back. A line with # below each group of changed lines has the first and last revision, the time, the
author, and what was done: wrote, changed, moved, joined, deleted or redacted. On a terminal the words that differ are
highlighted. Invisible characters are escaped (\x1b is Escape); then patch cannot apply the diff, and a message on stderr
says so.

  parodywave diff Minutes@draft-1 Minutes@draft-2
  parodywave diff Minutes@-15m                       changes of the last 15 minutes
  parodywave diff Minutes@12 @128 | grep '^# .*Ben'  the changes by Ben
  parodywave diff Minutes@12 @128 | grep -v '^#'     a diff for patch
  parodywave diff Minutes@12 --words

--json prints for each line: thread, from and to (revisions); op (" " unchanged, "-" or "+"), old and new (its number in
the two texts, 0 if it is not there), text, and break (whether a line break ends it); how, revision, time, author,
author_id (for an unchanged line, of its last change); pair (for a line that changed, its number in the other text) and
words (at the + line of a pair): [text, 0 kept, -1 deleted or 1 inserted].`
}

func (c *diffCommand) Run(a *app) error {
	if c.Context < 0 {
		return usage("use -U 3, or -U 0 for no context", "-U must be 0 or more")
	}
	s, err := a.open()
	if err != nil {
		return err
	}
	defer s.Close()
	stream, from, to, err := c.ends(a, s)
	if err != nil {
		return err
	}
	d, err := projection.ReplayDiff(a.ctx, s.Source, stream, from, to)
	if err != nil {
		return err
	}
	p := &diffPrinter{a: a, s: s, c: d, words: c.Words, colours: a.colours()}
	for i, h := range hunksOf(d, c.Context) {
		switch {
		case c.JSON:
			for k := h.from; k < h.to; k++ {
				fmt.Fprintln(a.out, jsonLine(jsonrow.NewDiff(d, k, s.name)))
			}
			continue
		case i == 0:
			p.head()
		}
		p.hunk(h)
	}
	if p.hidden && !c.Words {
		a.say("invisible characters are escaped, so patch cannot apply this diff; --json has the exact text")
	}
	return nil
}

// ends returns the thread and the two revisions.
func (c *diffCommand) ends(a *app, s *source) (stream eventlog.Stream, from, to eventlog.Revision, err error) {
	if stream, from, err = s.findAt(a, c.From); err != nil {
		return "", 0, 0, err
	}
	if from == 0 && c.To == "" {
		return "", 0, 0, usage("add the first moment: "+c.From+"@12, "+c.From+"@-15m, or a version", "diff compares two moments, and %q is only one", c.From)
	}
	head, err := s.Head(a.ctx, stream)
	if err != nil {
		return "", 0, 0, err
	}
	if from == 0 {
		from = head.Revision
	}
	other := stream
	switch at, only := strings.CutPrefix(c.To, "@"); {
	case c.To == "":
	case only:
		to, err = s.at(a, stream, at)
	default:
		other, to, err = s.findAt(a, c.To)
	}
	if err == nil && other != stream {
		err = usage("give two moments of one thread: THREAD@A THREAD@B", "%s and %s are different threads", c.From, c.To)
	}
	if to == 0 {
		to = head.Revision
	}
	return stream, from, to, err
}

// A diffHunk is the lines from to to of a comparison, and the numbers of lines
// before them in both texts.
type diffHunk struct {
	from, to int
	old, new int
}

// hunksOf returns the differences, each with some lines around it.
func hunksOf(c *projection.Diff, around int) (all []diffHunk) {
	around = min(around, len(c.Lines))
	for i, l := range c.Lines {
		if l.Kind == 0 {
			continue
		}
		if n := len(all); n > 0 && i-around <= all[n-1].to {
			all[n-1].to = min(i+1+around, len(c.Lines))
			continue
		}
		all = append(all, diffHunk{from: max(0, i-around), to: min(i+1+around, len(c.Lines))})
	}
	old, new, i := 0, 0, 0
	for k := range all {
		for ; i < all[k].from; i++ {
			old, new = count(&c.Lines[i], old, new)
		}
		all[k].old, all[k].new = old, new
	}
	return all
}

// count counts a line for the texts that have it.
func count(l *projection.DiffLine, old, new int) (int, int) {
	if l.Kind <= 0 {
		old++
	}
	if l.Kind >= 0 {
		new++
	}
	return old, new
}

func sign(l *projection.DiffLine) string { return []string{"-", " ", "+"}[l.Kind+1] }
