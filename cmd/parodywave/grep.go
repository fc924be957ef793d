package main

import (
	"fmt"
	"slices"
	"strings"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/projection/search"
	"parodywave/server/jsonrow"
)

type grepCommand struct {
	Pattern    string `arg:"" placeholder:"PATTERN" help:"Text to search for."`
	Thread     string `arg:"" optional:"" placeholder:"THREAD[@AT]" help:"Thread; with @AT, only up to that moment. Without a thread, all threads."`
	Expression bool   `short:"E" name:"regexp" help:"PATTERN is a regular expression in RE2 syntax; ^ and $ match the ends of a line."`
	Fold       bool   `short:"i" name:"ignore-case" help:"Ignore the difference between upper and lower case and, without -E, between the Unicode forms NFC and NFD."`
	Gone       bool   `help:"Only text that is gone."`
	JSON       bool   `name:"json" help:"Print one JSON object per line."`
}

func (*grepCommand) Help() string {
	return `Searches all text that was ever written, even for a second, and prints a row for each match, oldest first: revision, time
and author of the edit that completed it; then revision, time and author of the edit that ended it, or its line number if
it is still there; then the longest text of that line while its author kept writing. Without THREAD the thread's id comes
first. Edits around a match, and moving, splitting or joining its line, add no row.

  parodywave grep 'launch code'                 in all threads
  parodywave grep -E 'TODO\(\w+\)' Minutes      a regular expression
  parodywave grep -i --gone secret Minutes      text that was removed
  parodywave grep -- -15% Minutes@draft-1       a pattern with a dash, up to a moment

--json prints thread, revision, time, author, author_id; line (its number then) and line_id; text (of the line then) and
matches (first and last character of each match in it, counted from 1); full (the longest text of the line); gone, and
gone_revision, gone_time, gone_author, gone_author_id (0 and "" while it is there); now (its line number, 0 if it is
gone). Exit status 3: nothing ever matched.`
}

func (c *grepCommand) Run(a *app) error {
	p, err := c.pattern()
	if err != nil {
		return err
	}
	s, err := a.open()
	if err != nil {
		return err
	}
	defer s.Close()
	threads, at, err := c.threads(a, s)
	if err != nil {
		return err
	}
	tab, n := table{right: "1"}, 0
	if c.Thread == "" {
		tab.right = "01"
	}
	for _, stream := range threads {
		found, err := search.Replay(a.ctx, s, stream, p, at)
		if err != nil {
			return err
		}
		for _, h := range found.Hits {
			if c.Gone && h.Now >= 0 {
				continue
			}
			n++
			r := jsonrow.NewHit(found.Thread, h, s.name)
			if c.JSON {
				fmt.Fprintln(a.out, jsonLine(r))
			} else {
				tab.add(c.cells(a, r, p)...)
			}
		}
	}
	tab.print(a.out)
	if n == 0 {
		return notFound(c.hint(), "nothing ever matched %q", c.Pattern)
	}
	return nil
}

// pattern compiles the pattern.
func (c *grepCommand) pattern() (*search.Pattern, error) {
	if !c.Expression {
		p, err := search.Fixed(c.Pattern, c.Fold)
		if err != nil {
			return nil, usage("use a line of text or a part of one", "%v", err)
		}
		return p, nil
	}
	p, err := search.Expression(c.Pattern, c.Fold)
	if err != nil {
		return nil, usage("use RE2 syntax; the pattern must match at least one character: .+, not .*", "%v", err)
	}
	return p, nil
}

// threads returns the threads to search and the last revision to search (0: all).
func (c *grepCommand) threads(a *app, s *source) ([]eventlog.Stream, eventlog.Revision, error) {
	if c.Thread != "" {
		stream, at, err := s.findAt(a, c.Thread)
		return []eventlog.Stream{stream}, at, err
	}
	heads, err := s.Streams(a.ctx)
	if err != nil {
		return nil, 0, err
	}
	var all []eventlog.Stream
	for _, h := range heads {
		if event.IsThread(h.Stream) {
			all = append(all, h.Stream)
		}
	}
	slices.Sort(all) // oldest first: an id begins with its time
	damaged, err := s.damagedThreads(a)
	for _, t := range damaged {
		a.say("thread %s is damaged and was not searched: %s", t.ID, t.Title)
	}
	return all, 0, err
}

// hint suggests another option when nothing matched.
func (c *grepCommand) hint() string {
	switch {
	case c.Gone:
		return "leave --gone out to include text that is still there"
	case !c.Expression && strings.ContainsAny(c.Pattern, `*+?[(|\^$`):
		return "use -E if the pattern is a regular expression"
	case !c.Fold:
		return "use -i to ignore upper and lower case, and the Unicode form"
	}
	return ""
}

// cells returns the cells of a table row.
func (c *grepCommand) cells(a *app, r *jsonrow.Hit, p *search.Pattern) []string {
	until := []string{"", "", fmt.Sprintf("line %d", r.Now)}
	if r.Gone {
		until = []string{fmt.Sprint(r.GoneRevision), r.GoneTime, visibleName(r.GoneAuthor)}
	}
	cells := append([]string{fmt.Sprint(r.Revision), r.Time, visibleName(r.Author), "-"}, until...)
	if c.Thread == "" {
		cells = append([]string{string(r.Thread)}, cells...)
	}
	return append(cells, a.marked(r.Full, p))
}

// marked returns a line with its matches in colour, on a terminal.
func (a *app) marked(line string, p *search.Pattern) string {
	if !a.colours() {
		return visibleLine(line)
	}
	units, err := ot.Units(line)
	if err != nil {
		return visibleLine(line)
	}
	var b strings.Builder
	at := 0
	for _, m := range p.Matches(line) {
		b.WriteString(visibleLine(ot.String(units[at:m[0]])) + boldRed + visibleLine(ot.String(units[m[0]:m[1]])) + normal)
		at = m[1]
	}
	return b.String() + visibleLine(ot.String(units[at:]))
}
