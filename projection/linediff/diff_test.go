package linediff_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/eventlog/seeds"
	"parodywave/projection"
	"parodywave/projection/linediff"

	"github.com/aymanbagabas/go-udiff"
)

func TestDiffCutsNoSurrogatePair(t *testing.T) {
	for _, test := range [][2]string{
		{"😀", "😁"}, {"a😀b", "a😂b"}, {"", "😀"}, {"😀😀", "😀"}, {"milk\neggs\n", "milk\ntea\neggs"}, {"x", ""},
	} {
		c, err := linediff.Diff(test[0], test[1])
		if err != nil {
			t.Fatal(err)
		}
		before := units(test[0])
		after, err := c.Apply(before)
		if err != nil || ot.String(after) != test[1] {
			t.Errorf("%q to %q: leads to %q, %v", test[0], test[1], ot.String(after), err)
		}
		if c.CutsPair(func(i int) uint16 { return before[i] }) {
			t.Errorf("%q to %q: %s cuts a pair", test[0], test[1], jsonOf(c))
		}
	}
}

var ada = eventlog.AuthorID{0xa}

func units(s string) []uint16 {
	u, err := ot.Units(s)
	if err != nil {
		panic(err)
	}
	return u
}

func jsonOf(c ot.Change) string { return string(c.AppendJSON(nil)) }

// rewritten has ada write a text and somebody else make another of it by a
// change. It returns what the blame then says: the lines, each with the ordinal
// of its identity (+ if it is new) and an exclamation mark if it was
// changed, and new text in brackets.
func rewritten(t testing.TB, before string, c ot.Change) []string {
	t.Helper()
	th := projection.NewThread("01ARZ3NDEKTSV4RRFFQ69G5FAV")
	first := ot.Replace(0, 0, 0, units(before))
	for i, e := range []event.Event{{Author: ada, Payload: event.Changed{Change: first}}, {Author: eventlog.AuthorID{9}, Payload: event.Changed{Change: c}}} {
		e.Revision = eventlog.Revision(i + 1)
		if _, err := th.Apply(e); err != nil {
			t.Fatal(err)
		}
	}
	var lines []string
	for i := range th.LineCount() {
		row := th.Row(i)
		line := fmt.Sprint(row.ID.Ordinal)
		if row.ID.Revision == 2 {
			line = "+"
		}
		if row.Revision == 2 {
			line += "!"
		}
		line += " "
		at := row.Start
		for s := range th.Spans(row.Start, row.Start+row.Length) {
			text := ot.String(th.Units(at, at+s.Length))
			if at += s.Length; s.Revision == 2 {
				text = "[" + text + "]"
			}
			line += text
		}
		lines = append(lines, line)
	}
	return lines
}

func TestPutLeavesWhatStaysToWhoWroteIt(t *testing.T) {
	for name, test := range map[string]struct{ before, after, want string }{
		"a word":            {"the quick fox\nsleeps", "the slow fox\nsleeps", "0! the [slow] fox|1 sleeps"},
		"a letter":          {"the quick fox\nsleeps", "the quickest fox\nsleeps", "0! the quick[est] fox|1 sleeps"},
		"a moved line":      {"one is here\ntwo is here\nthree is here", "two is here\nthree is here\none is here", "1 two is here|2 three is here|0 one is here"},
		"a moved paragraph": {"title\n\nfirst, and long\nof two lines\n\nsecond\n\nthird\n", "title\n\nsecond\n\nthird\n\nfirst, and long\nof two lines\n", "0 title|1 |5 second|6 |7 third|8 |2 first, and long|3 of two lines|4 "},
		"moved, and a word": {"a first line\nb\nc\nd\nlast of all", "last of all\nb\nX\nd\na first line", "4 last of all|1 b|2! [X]|3 d|0 a first line"},
		"a line that came":  {"one\ntwo\n", "one\nnew\ntwo\n", "0 one|+! [new]|1 two|2 "},
		"a line at the end": {"one\ntwo", "one\ntwo\nnew", "0 one|1 two|+! [new]"},
		"a line that went":  {"one\ntwo\nthree", "one\nthree", "0 one|2 three"},
		"the last went":     {"one\ntwo", "one", "0 one"},
		"the first went":    {"one\ntwo", "two", "1 two"},
		"others instead":    {"one\ntwo here\nthree", "one\nxyz\nthree", "0 one|1! [xyz]|2 three"},
		"one became two":    {"one\ntwo were here now\nthree", "one\nnew\ntwo are here now\nthree", "0 one|+! [new]|1! two [a]re here now|2 three"},
		"all new":           {"one", "x\ny\nz", "0! [x]|+! [y]|+! [z]"},
		"all goes":          {"one\ntwo", "", "+! "},
		"of nothing":        {"", "one\n", "0! [one]|+! "},
		"a swap":            {"the first of two\nthe second of them", "the second of them\nthe first of two", "1 the second of them|0 the first of two"},
		"a last break":      {"one\ntwo", "one\ntwo\n", "0 one|1 two|+! "},
		"a line broken":     {"x\nthe quick brown fox jumps\ny", "x\nthe quick brown\nfox jumps\ny", "0 x|1! the quick brown|+! fox jumps|2 y"},
		"lines joined":      {"x\nthe quick brown\nfox jumps\ny", "x\nthe quick brown fox jumps\ny", "0 x|1! the quick brown[ ]fox jumps|3 y"},
		"wrapped again":     {"the quick brown fox jumps\nover the lazy dog and then\nsleeps for a while", "see the quick brown fox\njumps over the lazy dog and\nthen sleeps for a while", "0! [see ]the quick brown fox|1! jumps[ ]over the lazy dog and|2! then[ ]sleeps for a while"},
		"chance":            {"x\nwhere the cat sat down\ny", "x\nbecause of the long rain\ny", "0 x|1! [because of the long rain]|2 y"},
		"a typo":            {"receive teh paper", "receive the paper", "0! receive [the] paper"},
		"two words":         {"we saw a quick fox there", "we saw a slow dog there", "0! we saw a [slow dog] there"},
		"a split line":      {"one two three four five six. Seven eight nine ten\n", "one two three four five six.\nSeven eight nine ten\n", "0! one two three four five six.|+! Seven eight nine ten|1 "},
		"a blank line more": {"오늘 회의는 열 시에 시작합니다\n\n다음 주에 만나요\n", "\n오늘 회의는 열한 시에 시작합니다\n\n다음 주에 또 만나요\n", "+! |0! 오늘 회의는 열[한] 시에 시작합니다|1 |2! 다음 주에 [또 ]만나요|3 "},
		"ideographs":        {"漢字\n첫 줄", "漢文\n첫째 줄", "0! 漢[文]|1! 첫[째] 줄"},
	} {
		c, err := linediff.Diff(test.before, test.after)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(rewritten(t, test.before, c), "|"); got != test.want {
			t.Errorf("%s:\n got %s\nwant %s\n%s", name, got, test.want, jsonOf(c))
		}
	}
}

// drawText draws a text whose lines are often the same, and often like others.
func drawText(draw func(int) int) []string {
	var lines []string
	for range 1 + draw(14) {
		line := ""
		for range draw(5) {
			line += []string{"a", "the ", "foo ", "bar", "é", "😀", "漢字", " ", "x"}[draw(9)]
		}
		lines = append(lines, line)
	}
	return lines
}

// drawAnother edits a text as people do who have it in a file.
func drawAnother(draw func(int) int, lines []string) []string {
	lines = slices.Clone(lines)
	for range draw(4) {
		i, k := draw(len(lines)+1), draw(len(lines)+1)
		i, k = min(i, k), max(i, k)
		part := slices.Clone(lines[i:k])
		switch draw(4) {
		case 0: // elsewhere
			lines = slices.Delete(lines, i, k)
			lines = slices.Insert(lines, draw(len(lines)+1), part...)
		case 1: // gone
			lines = slices.Delete(lines, i, k)
		case 2: // new text
			lines = slices.Insert(lines, i, drawText(draw)...)
		default: // changed
			for n := range part {
				if r := []rune(part[n]); len(r) > 0 {
					at := draw(len(r))
					lines[i+n] = string(r[:at]) + []string{"", "z", "😀", "one more "}[draw(4)] + string(r[at+draw(2):])
				}
			}
		}
	}
	return lines
}

// flawOf draws two texts and returns what is wrong with their difference.
func flawOf(seed uint64, diff func(before, after string) (ot.Change, error)) string {
	random := rand.New(rand.NewPCG(seed, 0))
	before := drawText(random.IntN)
	after := drawAnother(random.IntN, before)
	if random.IntN(8) == 0 {
		after = drawText(random.IntN)
	}
	one, two := strings.Join(before, "\n"), strings.Join(after, "\n")
	c, err := diff(one, two)
	if err != nil {
		return err.Error()
	}
	old := units(one)
	got, err := c.Apply(old)
	if err != nil || ot.String(got) != two {
		return fmt.Sprintf("Diff(%q, %q) leads to %q, %v", one, two, ot.String(got), err)
	}
	if c.CutsPair(func(i int) uint16 { return old[i] }) {
		return fmt.Sprintf("Diff(%q, %q) cuts a pair: %s", one, two, jsonOf(c))
	}
	return ""
}

func TestDiffGivesTheText(t *testing.T) {
	seed := seeds.For(t)
	for i := range 4000 {
		if flaw := flawOf(seed+uint64(i), linediff.Diff); flaw != "" {
			t.Fatalf("again: PARODYWAVE_SEED=%d go test -run '^%s$' ./projection/linediff\n%s", seed+uint64(i), t.Name(), flaw)
		}
	}
	// The check finds such a fault.
	for i := range uint64(1000) {
		if flawOf(seed+i, func(before, after string) (ot.Change, error) {
			return linediff.Diff(before, strings.Replace(after, "zb", "z", 1))
		}) != "" {
			return
		}
	}
	t.Error("a difference that loses a letter is not found")
}

// strangeTo returns how much of a text whose lines were only put in another
// order is said to be of who did that.
func strangeTo(t *testing.T, seed uint64, diff func(before, after string) (ot.Change, error)) string {
	random := rand.New(rand.NewPCG(seed, 0))
	var lines []string
	for i := range 2 + random.IntN(20) {
		lines = append(lines, fmt.Sprintf("%s of the lines, whose number is %d", []string{"one", "another", "the last"}[random.IntN(3)], i))
	}
	before := strings.Join(lines, "\n")
	random.Shuffle(len(lines), func(i, k int) { lines[i], lines[k] = lines[k], lines[i] })
	c, err := diff(before, strings.Join(lines, "\n"))
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range rewritten(t, before, c) {
		if strings.ContainsAny(line, "[!+") {
			return fmt.Sprintf("%q\nbecomes\n%q\nand this is new: %s\n%s", before, lines, line, jsonOf(c))
		}
	}
	return ""
}

func TestDiffOfLinesInAnotherOrderTakesNothingFromAnybody(t *testing.T) {
	seed := seeds.For(t)
	for i := range 400 {
		if s := strangeTo(t, seed+uint64(i), linediff.Diff); s != "" {
			t.Fatalf("again: PARODYWAVE_SEED=%d go test -run '^%s$' ./projection/linediff\n%s", seed+uint64(i), t.Name(), s)
		}
	}
	byCharacters := func(before, after string) (ot.Change, error) {
		var b ot.Builder
		at := 0
		for _, e := range udiff.Strings(before, after) {
			b.Keep(ot.Len(before[at:e.Start]))
			b.Replace(ot.Len(before[e.Start:e.End]), units(e.New))
			at = e.End
		}
		b.Keep(ot.Len(before[at:]))
		return b.Change(), nil
	}
	for i := range uint64(20) {
		if strangeTo(t, seed+i, byCharacters) != "" {
			return
		}
	}
	t.Error("a difference by characters takes nothing from anybody, either")
}

// large are texts, 16 times n units long or more, that are hard to compare.
func large(n int) map[string][2]string {
	lines := numbered("the line", n/2)
	return map[string][2]string{
		"other lines":      {numbered("a", n/2), numbered("b", n/2)},
		"other characters": {strings.Repeat("abcdefgh ijklmno\n", n), strings.Repeat("ABCDEFGH IJKLMNO\n", n)},
		"one line":         {strings.Repeat("one two three ", n), strings.Repeat("four five six ", n)},
		"each line":        {lines, strings.ReplaceAll(lines, "the line", "a line")},
		"turned round":     {lines, turned(lines)},
		"blank lines":      {strings.Repeat("a\n\n", 4*n), strings.Repeat("b\n\n\n", 4*n)},
	}
}

func numbered(prefix string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "%s, by number %d of all\n", prefix, i)
	}
	return b.String()
}

func turned(text string) string {
	lines := strings.Split(text, "\n")
	slices.Reverse(lines)
	return strings.Join(lines, "\n")
}

func TestDiffOfLargeTextsGivesTheText(t *testing.T) {
	for name, texts := range large(1 << 13) {
		c, err := linediff.Diff(texts[0], texts[1])
		if err != nil {
			t.Fatal(err)
		}
		if got, err := c.Apply(units(texts[0])); err != nil || ot.String(got) != texts[1] {
			t.Errorf("%s: another text, %v", name, err)
		}
	}
}

// BenchmarkDiff compares texts of a megabyte and more.
func BenchmarkDiff(b *testing.B) {
	for name, texts := range large(1 << 16) {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := linediff.Diff(texts[0], texts[1]); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
