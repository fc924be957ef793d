package main

import (
	"fmt"
	"strconv"
	"strings"

	"parodywave/eventlog"
	"parodywave/eventlog/ot"
	"parodywave/projection"
	"parodywave/server/jsonrow"
)

type blameCommand struct {
	Thread    string  `arg:"" placeholder:"THREAD[@AT]" help:"Thread, and the moment."`
	Lines     *string `short:"L" placeholder:"A,B" help:"Only the lines A to B; the first is 1."`
	Porcelain bool    `xor:"form" help:"In the form of git blame --porcelain; for a commit stand the first 40 digits of the revision's chain value."`
	Chars     bool    `xor:"form" help:"Runs within the lines, by who wrote them; with --json by revision."`
	JSON      bool    `name:"json" help:"Print one JSON object a line."`
}

// Help tells what kong prints below the usage.
func (*blameCommand) Help() string {
	return `For each line: the revision at which it last changed, who changed it, when, its number, its text. Whoever changes a
word of a line, or deletes one, becomes the line's author here, even if nothing of what is left is theirs: --chars tells
who wrote what is there (its table says the newest revision of each run). A line that was moved, or split from another,
or had lines put in beside it, did not change.

  parodywave blame 'Weekly minutes'
  parodywave blame 'Weekly minutes@-1d' -L 3,7
  parodywave blame 'Weekly minutes' --chars -L 3
  parodywave blame 'Weekly minutes' --json | jq -r .author | sort | uniq -c
`
}

func (c *blameCommand) Run(a *app) error {
	s, err := a.open()
	if err != nil {
		return err
	}
	defer s.Close()
	if c.Porcelain && c.JSON {
		return usage("say one of them", "--porcelain and --json are two forms")
	}
	t, err := s.thread(a, c.Thread)
	if err != nil {
		return err
	}
	from, to, err := lineRange(c.Lines, rows(t))
	if err != nil {
		return err
	}
	for _, m := range t.Imports {
		a.say("revisions 1 to %d were imported at revision %d by %s: their authors and times are as the export says",
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
		tab.add(fmt.Sprint(r.Revision), visible(s.name(r.Author)), stamp(r.Time), strconv.Itoa(i+1)+")", visibleLine(t.Content(r)))
	}
	tab.print(a.out)
	return nil
}

// lineRange reads -L: A,B or A or A, or ,B, of n lines counted from 1; all of
// them where it is nil. It returns indices from 0, the second one past the end.
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
		return 0, 0, usage("lines count from 1: write -L 3 for one, -L 3,7 for some, or leave out the end (-L 3,) or the beginning (-L ,7)",
			"-L %q is no range of lines", s)
	}
	if a > n {
		return 0, 0, noLine(a, n)
	}
	return a - 1, min(b, n), nil
}

// noLine says that a text of n lines has no line of that number.
func noLine(line, n int) error {
	hint := fmt.Sprintf("its lines are 1 to %d", n)
	switch n {
	case 0:
		hint = "it has none, then"
	case 1:
		hint = "it has one, then"
	}
	return notFound(hint, "there is no line %d", line)
}

// A runRow is some characters of one line that one revision inserted.
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

// follows reports whether r continues last in the table, where a run is what
// one person wrote, in however many keystrokes.
func (r *runRow) follows(last *runRow) bool {
	return last.Line == r.Line && last.AuthorID == r.AuthorID
}

// join makes last the run of last and r, as of the newer of the two. Its text
// is left to whoever prints it: putting it together a character at a time
// would take long for a long line.
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
		tab.add(fmt.Sprint(r.Revision), visible(r.Author), r.Time, where, visibleLine(ot.String(t.Units(ends[i][0], ends[i][1]))))
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
