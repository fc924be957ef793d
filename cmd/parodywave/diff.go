package main

import (
	"fmt"
	"strings"

	"parodywave/eventlog"
	"parodywave/projection"
	"parodywave/server/jsonrow"
)

type diffCommand struct {
	From    string `arg:"" placeholder:"THREAD@A" help:"Thread, and one moment."`
	To      string `arg:"" optional:"" placeholder:"THREAD@B" help:"The other moment, of the same thread, which may be left out (@B); without it, now."`
	Context int    `short:"U" default:"3" placeholder:"N" help:"Lines around what differs (default: 3)."`
	Words   bool   `help:"Lines that changed as one, with the words: [-went-]{+came+}."`
	JSON    bool   `name:"json" help:"Print one JSON object a line."`
}

// Help tells what kong prints below the usage.
func (*diffCommand) Help() string {
	return `Prints a unified diff, made from what happened and not guessed from two texts, as far as lines have an identity. Where B is
before A, it is the way back. Below the lines that went or came, in a line with #, stand the revision (the first and the
last), the time, the author, and what was done: wrote, changed, moved, joined, deleted or redacted. On a terminal the words
that differ stand out. What nobody sees is written out, \x1b for an Escape: then it says on stderr that
patch cannot apply this.

  parodywave diff Minutes@draft-1 Minutes@draft-2
  parodywave diff Minutes@-15m                       what changed in the last quarter of an hour
  parodywave diff Minutes@12 @128 | grep '^# .*Ben'  what Ben did
  parodywave diff Minutes@12 @128 | grep -v '^#'     as patch reads it
  parodywave diff Minutes@12 --words

--json, for each line: thread, from and to (revisions); op (" " for one that stays, "-", "+"), old and new, its number
in the two texts (0: not there), text, and break, whether a line break ends it; how, revision, time, author, author_id
(of a line that stays: who changed it last); pair, for a line that became another, or was another before, the number of
that in the other text, and words, at the later one of them: [text, 0 stayed, -1 went or 1 came].`
}

func (c *diffCommand) Run(a *app) error {
	if c.Context < 0 {
		return usage("say 0 or more", "-U %d is no number of lines", c.Context)
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
	d, err := projection.ReplayComparison(a.ctx, s, stream, from, to)
	if err != nil {
		return err
	}
	p := &differ{a: a, s: s, c: d, words: c.Words, colours: a.colours()}
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
		a.say("characters that nobody sees are written out, so patch cannot apply this: --json has the text itself")
	}
	return nil
}

// ends returns the thread and the two revisions.
func (c *diffCommand) ends(a *app, s *source) (stream eventlog.Stream, from, to eventlog.Revision, err error) {
	if stream, from, err = s.findAt(a, c.From); err != nil {
		return "", 0, 0, err
	}
	if from == 0 && c.To == "" {
		return "", 0, 0, usage("say since when: "+c.From+"@12, "+c.From+"@-15m, or a version", "%q is one moment, and diff compares two", c.From)
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
		err = usage("say two moments of one thread: THREAD@A THREAD@B", "%s and %s are two threads", c.From, c.To)
	}
	if to == 0 {
		to = head.Revision
	}
	return stream, from, to, err
}

// A diffHunk is the lines from..to of a comparison, and how many lines of both
// texts stand before them.
type diffHunk struct {
	from, to int
	old, new int
}

// hunksOf returns what differs, with so many lines around.
func hunksOf(c *projection.Comparison, around int) (all []diffHunk) {
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
func count(l *projection.ComparedLine, old, new int) (int, int) {
	if l.Kind <= 0 {
		old++
	}
	if l.Kind >= 0 {
		new++
	}
	return old, new
}

func sign(l *projection.ComparedLine) string { return []string{"-", " ", "+"}[l.Kind+1] }
