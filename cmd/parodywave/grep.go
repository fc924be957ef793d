package main

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/projection"
)

type grepCommand struct {
	Pattern    string `arg:"" placeholder:"PATTERN" help:"Text to look for."`
	Thread     string `arg:"" optional:"" placeholder:"THREAD[@AT]" help:"Thread, and the moment up to which; all threads without it."`
	Expression bool   `short:"E" name:"regexp" help:"PATTERN is a regular expression in the syntax of RE2; ^ and $ are the ends of a line."`
	Fold       bool   `short:"i" name:"ignore-case" help:"Upper and lower case are the same."`
	Gone       bool   `help:"Only what is there no more."`
	JSON       bool   `name:"json" help:"Print one JSON object a line."`
}

// Help tells what kong prints below the usage.
func (*grepCommand) Help() string {
	return `Searches all that was ever written, also what stood for a second only, and prints a row for each text that matched,
the oldest first: revision, time and author of the edit that completed it; then the same of the edit after which it
matched no more, or the number of the line that it is in; then that line, as it read at its longest while its author
still wrote on. Without THREAD the id of the thread comes first. What is written around a match, and moving, splitting
or joining its line, makes no other row.

  parodywave grep 'launch code'                 in all threads
  parodywave grep -E 'TODO\(\w+\)' Minutes      a regular expression
  parodywave grep -i --gone secret Minutes      what was taken out
  parodywave grep -- -15% Minutes@draft-1       a pattern with a dash, up to a moment

--json: thread, revision, time, author, author_id; line, its number then, and line_id; text, what it read then, and
matches, the first and last character of each match in it, counted from 1; full, what it read at its longest; gone, and
gone_revision, gone_time, gone_author, gone_author_id (0 and "" while it is there); now, the number of its line (0 if it
is gone). Exit status 3: nothing ever matched.`
}

// A grepRow is a line of grep --json.
type grepRow struct {
	Thread       eventlog.Stream   `json:"thread"`
	Revision     eventlog.Revision `json:"revision"`
	Time         string            `json:"time"`
	Author       string            `json:"author"`
	AuthorID     string            `json:"author_id"`
	Line         int               `json:"line"` // from 1, as it was then
	LineID       string            `json:"line_id"`
	Text         string            `json:"text"`
	Matches      [][2]int          `json:"matches"` // first and last character, from 1
	Full         string            `json:"full"`
	Gone         bool              `json:"gone"`
	GoneRevision eventlog.Revision `json:"gone_revision"`
	GoneTime     string            `json:"gone_time"`
	GoneAuthor   string            `json:"gone_author"`
	GoneAuthorID string            `json:"gone_author_id"`
	Now          int               `json:"now"` // from 1; 0: nowhere
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
		found, err := projection.ReplaySearch(a.ctx, s, stream, p, at)
		if err != nil {
			return err
		}
		for _, h := range found.Hits {
			if c.Gone && h.Now >= 0 {
				continue
			}
			n++
			r := s.newGrepRow(found.Thread, h)
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

// pattern returns what to look for.
func (c *grepCommand) pattern() (*projection.Pattern, error) {
	if !c.Expression {
		p, err := projection.FixedPattern(c.Pattern, c.Fold)
		if err != nil {
			return nil, usage("say one line of text, or a part of it", "%v", err)
		}
		return p, nil
	}
	p, err := projection.ExpressionPattern(c.Pattern, c.Fold)
	if err != nil {
		return nil, usage("the syntax is that of RE2, and it must match a character at least: .+ and not .*", "%v", err)
	}
	return p, nil
}

// threads returns which threads to search, and the moment up to which.
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
	slices.Sort(all) // by when they were begun
	return all, 0, nil
}

// hint says what else may be tried where nothing was found.
func (c *grepCommand) hint() string {
	switch {
	case c.Gone:
		return "without --gone it tells what is there, too"
	case !c.Expression && strings.ContainsAny(c.Pattern, `*+?[(|\^$`):
		return "-E takes the pattern for a regular expression"
	case !c.Fold:
		return "-i takes upper and lower case for the same"
	}
	return ""
}

func (s *source) newGrepRow(t *projection.Thread, h *projection.Hit) *grepRow {
	id := t.Authors()[h.Appeared.Author]
	r := &grepRow{
		Thread: t.Stream, Revision: h.Appeared.Revision, Time: stamp(h.Appeared.Time), Author: s.name(id), AuthorID: idString(id),
		Line: h.Number + 1, LineID: h.Line.String(), Text: h.Text, Full: h.Full, Now: h.Now + 1,
	}
	for _, m := range h.Matches {
		r.Matches = append(r.Matches, [2]int{characters(h.Text, m[0]) + 1, characters(h.Text, m[1])})
	}
	if h.Now < 0 {
		id := t.Authors()[h.Vanished.Author]
		r.Gone, r.GoneRevision, r.GoneTime = true, h.Vanished.Revision, stamp(h.Vanished.Time)
		r.GoneAuthor, r.GoneAuthorID = s.name(id), idString(id)
	}
	return r
}

// characters returns how many there are in the first n UTF-16 units of s.
func characters(s string, n int) int {
	units, err := ot.Units(s)
	if err != nil {
		return n
	}
	return utf8.RuneCountInString(ot.String(units[:n]))
}

// cells returns the row as the table has it.
func (c *grepCommand) cells(a *app, r *grepRow, p *projection.Pattern) []string {
	until := []string{"", "", fmt.Sprintf("line %d", r.Now)}
	if r.Gone {
		until = []string{fmt.Sprint(r.GoneRevision), r.GoneTime, visible(r.GoneAuthor)}
	}
	cells := append([]string{fmt.Sprint(r.Revision), r.Time, visible(r.Author), "-"}, until...)
	if c.Thread == "" {
		cells = append([]string{string(r.Thread)}, cells...)
	}
	return append(cells, a.marked(r.Full, p))
}

// marked returns a line with its matches in colour, on a terminal.
func (a *app) marked(line string, p *projection.Pattern) string {
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
