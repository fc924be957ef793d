package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/projection"
	"parodywave/server/jsonrow"
)

type blameCommand struct {
	Thread    string  `arg:"" placeholder:"THREAD[@AT]" help:"Thread, and optionally the moment."`
	Lines     *string `short:"L" placeholder:"A,B" help:"Only lines A to B; the first line is 1."`
	Porcelain bool    `xor:"form" help:"Print the format of git blame --porcelain. The commit id is the first 40 digits of the revision's chain value."`
	Chars     bool    `xor:"form" help:"Print the runs of characters within the lines, by who wrote them; with --json by revision."`
	JSON      bool    `name:"json" help:"Print one JSON object per line."`
}

func (*blameCommand) Help() string {
	return `Prints for each line: the revision that last changed it, its author, the time, the line number, the text. Whoever changes
or deletes a word of a line becomes its author, even if others wrote all the text that is left: --chars shows who wrote
each character (its table has the newest revision of each run). Moving a line, splitting another line off it, or
inserting lines next to it does not change it.

  parodywave blame 'Weekly minutes'
  parodywave blame 'Weekly minutes@-1d' -L 3,7
  parodywave blame 'Weekly minutes' --chars -L 3
  parodywave blame 'Weekly minutes' --json | jq -r .author | sort | uniq -c
`
}

func (c *blameCommand) Run(a *app) error {
	s, err := a.openFor(c.Thread)
	if err != nil {
		return err
	}
	defer s.Close()
	if c.Porcelain && c.JSON {
		return usage("choose one of them", "--porcelain and --json cannot be combined")
	}
	t, err := s.thread(a, c.Thread)
	if err == nil {
		err = s.sayAhead(a, t.Stream)
	}
	if err != nil {
		return err
	}
	from, to, err := lineRange(c.Lines, t.CountedLines())
	if err != nil {
		return err
	}
	imports, err := s.imports(a, t)
	if err != nil {
		return err
	}
	for _, m := range imports {
		a.say("revisions 1 to %d were imported at revision %d by %s: their authors and times come from the imported file",
			m.Revisions, m.Revision, s.name(m.Author))
	}
	switch {
	case c.Porcelain:
		return c.porcelain(a, s, t, from, to)
	case c.Chars:
		return c.chars(a, s, t, from, to)
	}
	tab := table{right: "10010"}
	for i := from; i < to; i++ {
		r := t.Row(i)
		if c.JSON {
			fmt.Fprintln(a.out, jsonLine(jsonrow.NewBlame(t, r, s.name)))
			continue
		}
		tab.add(fmt.Sprint(r.Revision), visibleName(s.name(r.Author)), stamp(r.Time), strconv.Itoa(i+1)+")", visibleLine(t.Content(r)))
	}
	tab.print(a.out)
	return nil
}

// imports returns the imports into a thread, also those recorded after the revision of
// t: an import is the record that follows what it imported.
func (s *source) imports(a *app, t *projection.Thread) ([]projection.Import, error) {
	all := slices.Clone(t.Imports)
	for e, err := range event.Decoded(s.Read(a.ctx, t.Stream, t.Revision)) {
		if err != nil {
			return nil, err
		}
		if f, ok := e.Payload.(event.Imported); ok {
			all = append(all, projection.Import{Imported: f, Revision: e.Revision, Author: e.Author, Time: e.Time})
		}
	}
	return all, nil
}

// lineRange parses -L (A,B or A or A, or ,B) for a text of n lines; nil means all
// lines. It returns indices from 0; to is one past the last line.
func lineRange(given *string, n int) (from, to int, err error) {
	if given == nil {
		return 0, n, nil
	}
	s := *given
	first, last, ranged := strings.Cut(s, ",")
	a, b := 1, n
	if first != "" {
		a, err = strconv.Atoi(first)
	}
	if err == nil && last != "" {
		b, err = strconv.Atoi(last)
	}
	if !ranged {
		b = a
	}
	if err != nil || s == "" || a < 1 || last != "" && b < a {
		return 0, 0, usage("lines count from 1: use -L 3 for one line, -L 3,7 for a range, '-L 3,' for line 3 and after, or '-L ,7' for line 7 and before",
			"invalid line range -L %q", s)
	}
	if a > n {
		return 0, 0, noLine(a, n)
	}
	return a - 1, min(b, n), nil
}

// noLine returns the error for a line number beyond the n lines of a text.
func noLine(line, n int) error {
	hint := fmt.Sprintf("the text has lines 1 to %d", n)
	switch n {
	case 0:
		hint = "the text has no lines at that moment"
	case 1:
		hint = "the text has one line at that moment"
	}
	return notFound(hint, "there is no line %d", line)
}

// A runRow is a run of characters of one line that one revision inserted.
type runRow struct {
	Line      int               `json:"line"`
	From      int               `json:"from"` // characters (code points) of the line, from 1
	To        int               `json:"to"`   // the last of them
	Revision  eventlog.Revision `json:"revision"`
	Author    string            `json:"author"`
	AuthorID  string            `json:"author_id"`
	Time      string            `json:"time"`
	Text      string            `json:"text"`
	Submitted bool              `json:"submitted"` // the line
}

// follows reports whether r continues last in the table: there a run is all that
// one author wrote, whatever the revisions.
func (r *runRow) follows(last *runRow) bool {
	return last.Line == r.Line && last.AuthorID == r.AuthorID
}

// join extends last by r, with the newer revision of the two. The caller takes the
// text from the thread when it prints: joining it here, run by run, would be
// quadratic for a long line.
func (r *runRow) join(last *runRow) {
	if r.Revision > last.Revision {
		last.Revision, last.Time = r.Revision, r.Time
	}
	last.To = r.To
}

func (c *blameCommand) chars(a *app, s *source, t *projection.Thread, from, to int) error {
	times, err := s.times(a, t)
	if err != nil {
		return err
	}
	var runs []runRow
	var ends [][2]int // of runs, in units of the text
	for i := from; i < to; i++ {
		r := t.Row(i)
		at, column := r.Start, 1
		for span := range t.Spans(r.Start, r.Start+r.Length) {
			text := ot.String(t.Units(at, at+span.Length))
			n := len([]rune(text))
			id := t.Authors()[span.Author]
			row := runRow{i + 1, column, column + n - 1, span.Revision, s.name(id), idString(id), stamp(times[span.Revision]), text, r.Submitted}
			at, column = at+span.Length, column+n
			if c.JSON {
				fmt.Fprintln(a.out, jsonLine(row))
				continue
			}
			if k := len(runs) - 1; k >= 0 && row.follows(&runs[k]) {
				row.join(&runs[k])
				ends[k][1] = at
			} else {
				runs, ends = append(runs, row), append(ends, [2]int{at - span.Length, at})
			}
		}
	}
	tab := table{right: "10010"}
	for i, r := range runs {
		where := fmt.Sprintf("%d:%d-%d)", r.Line, r.From, r.To)
		tab.add(fmt.Sprint(r.Revision), visibleName(r.Author), r.Time, where, visibleLine(ot.String(t.Units(ends[i][0], ends[i][1]))))
	}
	tab.print(a.out)
	return nil
}

// times returns the time of every revision of t, in Unix milliseconds.
func (s *source) times(a *app, t *projection.Thread) ([]int64, error) {
	times := make([]int64, 1, t.Revision+1)
	for r, err := range s.Read(a.ctx, t.Stream, 0) {
		if err != nil {
			return nil, err
		}
		if times = append(times, r.Time); r.Revision == t.Revision {
			break
		}
	}
	return times, nil
}
