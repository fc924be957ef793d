package projection_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/eventlog/seeds"
	"parodywave/projection"
	"parodywave/projection/scripts"
)

// compared checks a comparison of two revisions of a history.
func (p *past) compared(from, to int, spoil func(*projection.Diff)) error {
	ctx := context.Background()
	c, err := projection.ReplayDiff(ctx, projection.Plain(p.log), scripts.Stream, eventlog.Revision(from), eventlog.Revision(to))
	if err != nil {
		return err
	}
	if spoil != nil {
		spoil(c)
	}
	was, err := projection.Replay(ctx, projection.Plain(p.log), scripts.Stream, eventlog.Revision(from))
	if err != nil {
		return err
	}
	is, err := projection.Replay(ctx, projection.Plain(p.log), scripts.Stream, eventlog.Revision(to))
	if err != nil {
		return err
	}
	if got := patched(was.Text(), c); got != is.Text() {
		return fmt.Errorf("%q, patched, is %q, want %q", was.Text(), got, is.Text())
	}
	for i, l := range c.Lines {
		if err := p.comparedLine(c, i, was, is); err != nil {
			return fmt.Errorf("%+v: %w", l, err)
		}
		if l.Kind != 0 && was.Text() == is.Text() {
			return fmt.Errorf("%+v, and the texts are equal", l)
		}
	}
	return nil
}

// patched applies a comparison to the text From, as it would a patch: only what
// goes and stays is looked for in it, only what comes is taken from elsewhere.
func patched(text string, c *projection.Diff) string {
	lines := strings.SplitAfter(text, "\n")
	var out strings.Builder
	for _, l := range c.Lines {
		switch line := l.Text; {
		case l.Kind > 0:
			if out.WriteString(line); !l.Open {
				out.WriteString("\n")
			}
		case len(lines) == 0 || strings.TrimSuffix(lines[0], "\n") != line || strings.HasSuffix(lines[0], "\n") == l.Open:
			return fmt.Sprintf("no place for %+v before %q", l, lines)
		default:
			if l.Kind == 0 {
				out.WriteString(lines[0])
			}
			lines = lines[1:]
		}
	}
	return out.String() + strings.Join(lines, "")
}

func (p *past) comparedLine(c *projection.Diff, i int, was, is *projection.Thread) error {
	l := c.Lines[i]
	if l.Kind == 0 {
		return nil
	}
	early, late := min(c.From, c.To), max(c.From, c.To)
	if l.By.Revision <= early || l.By.Revision > late {
		return errors.New("what did this is not between the two")
	}
	if got, want := c.Thread.Authors()[l.By.Author], p.who[l.By.Revision]; got != want {
		return fmt.Errorf("revision %d is by %s", l.By.Revision, scripts.AuthorName(want))
	}
	if l.Pair >= 0 && (c.Lines[l.Pair].Pair != i || c.Lines[l.Pair].Kind != -l.Kind) {
		return fmt.Errorf("its pair is %+v", c.Lines[l.Pair])
	}
	var id projection.LineID
	if l.Kind < 0 {
		id = was.Row(l.Old).ID
	} else {
		id = is.Row(l.New).ID
	}
	before, after := p.at[l.By.Revision-1][id], p.at[l.By.Revision][id]
	_, stood := p.at[l.By.Revision-1][id]
	_, stands := p.at[l.By.Revision][id]
	switch l.How {
	case "wrote", "changed":
		if stands && stood && slices.Equal(strip(before), strip(after)) && !p.broke(id, int(early), int(late)) {
			return fmt.Errorf("revision %d did not change it", l.By.Revision)
		}
	case "deleted", "joined":
		if _, joined := p.joined[id]; !stood || stands || joined != (l.How == "joined") {
			return fmt.Errorf("it was not %s at revision %d", l.How, l.By.Revision)
		}
	case "moved", "redacted":
	default:
		return errors.New("the diff does not have it")
	}
	return nil
}

// broke reports whether a line was the last at one of the revisions, and not at
// the other: then it is another line without having changed.
func (p *past) broke(id projection.LineID, early, late int) bool {
	ctx := context.Background()
	last := func(at int) bool {
		t, err := projection.Replay(ctx, projection.Plain(p.log), scripts.Stream, eventlog.Revision(at))
		return err == nil && t.Find(id) == t.LineCount()-1
	}
	return last(early) != last(late)
}

func compareHistories(t *testing.T, histories, steps int, spoil func(*projection.Diff)) (script, error) {
	t.Helper()
	defer projection.KeystrokeRule()() // the rule of one change says which event did it
	seed := seeds.For(t)
	random := rand.New(rand.NewPCG(seed, 0))
	draw := func(n int) int { return random.IntN(n) }
	try := func(s script) error {
		p, err := s.past()
		if err != nil {
			return err
		}
		for from := 1; from < len(p.at); from += 1 + len(s)/12 {
			for _, to := range []int{from + len(s)/4, len(p.at) - 1} {
				to = min(to, len(p.at)-1)
				for _, ends := range [][2]int{{from, to}, {to, from}} {
					if err := p.compared(ends[0], ends[1], spoil); err != nil {
						return fmt.Errorf("%d to %d: %w", ends[0], ends[1], err)
					}
				}
			}
		}
		return nil
	}
	for range histories {
		s, err := makeHistory(draw, steps).play(right)
		if err != nil {
			return s, err
		}
		if err := try(s); err != nil {
			for n := 1; n < len(s); n++ {
				if short := try(s[:n]); short != nil {
					return s[:n], short
				}
			}
			return s, err
		}
	}
	return nil, nil
}

func TestComparisonAppliedToOneTextGivesTheOther(t *testing.T) {
	if s, err := compareHistories(t, 80, 30, nil); err != nil {
		t.Errorf("%v\n%v", err, s)
	}
}

// The check finds these flaws.
func TestComparisonCheckFindsFlaws(t *testing.T) {
	first := func(c *projection.Diff, kind int) *projection.DiffLine {
		for i := range c.Lines {
			if c.Lines[i].Kind == kind {
				return &c.Lines[i]
			}
		}
		return &projection.DiffLine{}
	}
	for name, spoil := range map[string]func(*projection.Diff){
		"a line that came is missing": func(c *projection.Diff) {
			if i := slices.IndexFunc(c.Lines, func(l projection.DiffLine) bool { return l.Kind == 1 && l.Pair < 0 }); i >= 0 && i == len(c.Lines)-1 {
				c.Lines = c.Lines[:i]
			}
		},
		"a line reads otherwise":     func(c *projection.Diff) { first(c, -1).Text += "x" },
		"somebody else did it":       func(c *projection.Diff) { first(c, 1).By.Revision = max(c.From, c.To) },
		"deleted instead of changed": func(c *projection.Diff) { first(c, -1).How = "deleted" },
	} {
		if _, err := compareHistories(t, 40, 20, spoil); err == nil {
			t.Errorf("%s, and nothing is said", name)
		}
	}
}

func TestComparisonTellsWhoDidWhat(t *testing.T) {
	for name, c := range map[string]struct {
		script script
		want   string
	}{
		"a word":               {script{`ana [[0,"one","two","three"]]`, `ben [4,[3,"zwei"],6]`}, "-two changed ben 2/+zwei changed ben 2"},
		"changed, then gone":   {script{`ana [[0,"one","two","three"]]`, `ben [4,[3,"zwei"],6]`, `cem [4,[5],5]`}, "-two deleted cem 3"},
		"a line moved up":      {script{`ana [[0,"one","two","three",""]]`, `ben [[0,"three",""],8,[6]]`}, "+three moved ben 2/-three moved ben 2"},
		"a line split":         {script{`ana [[0,"one two"]]`, `ben [3,[1,"",""],3]`}, "-one two changed ben 2/+one changed ben 2/+two wrote ben 2"},
		"two lines joined":     {script{`ana [[0,"one","two"]]`, `ben [3,[1," "],3]`}, "-one changed ben 2/-two joined ben 2/+one two changed ben 2"},
		"typed again":          {script{`ana [[0,"one","two","three"]]`, `ben [4,[4],5]`, `cem [4,[0,"two",""],5]`}, ""},
		"a break at the end":   {script{`ana [[0,"one"]]`, `ben [3,[0,"",""]]`, `cem [[0,"zero",""],4]`}, "-one changed ben 2/+zero wrote cem 3/+one changed ben 2"},
		"nothing happened yet": {script{`ana rename`, `ana [[0,"one",""]]`}, "+one wrote ana 2"},
	} {
		p, err := c.script.past()
		if err != nil {
			t.Fatal(err)
		}
		got, err := projection.ReplayDiff(context.Background(), projection.Plain(p.log), scripts.Stream, 1, eventlog.Revision(len(c.script)))
		if err != nil {
			t.Fatal(err)
		}
		var all []string
		for _, l := range got.Lines {
			if l.Kind != 0 {
				all = append(all, fmt.Sprintf("%c%s %s %s %d", ",+-"[(l.Kind+3)%3], l.Text, l.How, scripts.AuthorName(got.Thread.Authors()[l.By.Author]), l.By.Revision))
			}
		}
		if tell := strings.Join(all, "/"); tell != c.want {
			t.Errorf("%s:\n got %s\nwant %s", name, tell, c.want)
		}
	}
}

func BenchmarkComparison(b *testing.B) {
	changes, _ := scripts.Trace(b, "automerge-paper.json.gz", 0)
	log := eventlog.NewMemory()
	if _, err := log.Append(b.Context(), scripts.Stream, 0, scripts.Records(changes)...); err != nil {
		b.Fatal(err)
	}
	n := eventlog.Revision(len(changes))
	for _, ends := range [][2]eventlog.Revision{{n / 2, n}, {n, n / 2}, {1, n}} {
		b.Run(fmt.Sprint(ends), func(b *testing.B) {
			for b.Loop() {
				if _, err := projection.ReplayDiff(b.Context(), projection.Plain(log), scripts.Stream, ends[0], ends[1]); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// Thousands of lines that were deleted and pasted again stay where they read the
// same, but for the one in the middle.
func TestComparisonOfManyPastedLinesGoesByTheirText(t *testing.T) {
	var lines []string
	for i := range 3000 {
		lines = append(lines, strconv.Itoa(i), "")
	}
	once := strings.Join(lines, "\n")
	lines[3000] = "another"
	again := "first\n" + strings.Join(lines, "\n") + "\nlast"
	log := eventlog.NewMemory()
	n := len(once)
	for i, c := range []ot.Change{ot.Replace(0, 0, 0, scripts.Units(once)), ot.Replace(n, 0, n, nil), ot.Replace(0, 0, 0, scripts.Units(again))} {
		if _, err := log.Append(t.Context(), scripts.Stream, eventlog.Revision(i), event.Encode(event.Changed{Change: c})); err != nil {
			t.Fatal(err)
		}
	}
	c, err := projection.ReplayDiff(t.Context(), projection.Plain(log), scripts.Stream, 1, 3)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, l := range c.Lines {
		if l.Kind != 0 {
			all = append(all, fmt.Sprint(l.Kind, " ", l.Text))
		}
	}
	if got := fmt.Sprint(all); got != "[1 first -1 1500 1 another 1  1 last]" {
		t.Errorf("%s", got)
	}
}
