package player

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/charmbracelet/x/ansi"

	"parodywave/eventlog"
)

// checkFrame holds a frame against threads folded for it alone: the text after
// the step, what was there before it as the rows tell, and whose the lines are.
func checkFrame(t testing.TB, r *History, f *Frame) error {
	after := past(t, r, f.Revision)
	if f.Text() != after.Text() {
		return fmt.Errorf("the text is %q, want %q", f.Text(), after.Text())
	}
	for i, l := range f.Lines {
		if row := after.Row(i); row.ID != l.ID || r.authors[l.Author] != row.Author || row.Length != l.Length || row.Submitted != l.Submitted {
			return fmt.Errorf("line %d is %+v, want %+v", i+1, l, row)
		}
	}
	var was, is []uint16
	for _, c := range f.cuts {
		at := len(is)
		is = append(is, f.text[at:c.at+c.inserted]...)
		was = append(was, f.text[at:c.at]...)
		was = append(was, c.deleted...)
	}
	was, is = append(was, f.text[len(is):]...), f.text
	if before := past(t, r, f.Prev).Text(); string(utf16.Decode(was)) != before {
		return fmt.Errorf("before it was %q, want %q", string(utf16.Decode(was)), before)
	}
	return checkRows(f, rowsOf(f), string(utf16.Decode(is)))
}

// checkRows holds the rows against the frame: what stands, joined, is the text;
// every line has its number once and in order.
func checkRows(f *Frame, rows []row, want string) error {
	lines := map[int]string{}
	number := 0
	for i := range rows {
		r := &rows[i]
		if r.number > 0 {
			if number++; r.number != number || r.line != number-1 {
				return fmt.Errorf("row %d has number %d of line %d, want %d", i, r.number, r.line, number)
			}
			lines[r.line] = ""
		}
		for _, p := range r.pieces {
			if p.touch == deleted {
				continue
			}
			if r.line < 0 {
				return fmt.Errorf("row %d stands and is of no line", i)
			}
			lines[r.line] += string(utf16.Decode(p.units))
		}
	}
	if number != f.Rows() && want != "" {
		return fmt.Errorf("%d lines have a number, want %d", number, f.Rows())
	}
	for i, line := range strings.Split(strings.TrimSuffix(want, "\n"), "\n") {
		if lines[i] != line {
			return fmt.Errorf("row of line %d is %q, want %q", i+1, lines[i], line)
		}
	}
	return nil
}

// TestFramesAreThePast walks at random through random histories.
func TestFramesAreThePast(t *testing.T) {
	rnd := seeded(t)
	for range 25 {
		s := randomScript(rnd, 60)
		r := s.history(t)
		for _, unit := range []Unit{Edit, Burst, Submit} {
			from := eventlog.Revision(1 + rnd.IntN(5))
			ends, p := r.Ends(unit, from), NewCursor(r)
			for range 40 {
				at := from + eventlog.Revision(rnd.IntN(int(r.Head()-from)+1))
				f, err := p.Frame(ends, from, at)
				if err == nil {
					err = checkFrame(t, r, f)
				}
				if err != nil {
					t.Fatalf("%s from %d at %d: %v\n%s", unit, from, at, err, s.pasted())
				}
			}
		}
	}
}

// TestCheckFrameSeesAWrongFrame is the negative control.
func TestCheckFrameSeesAWrongFrame(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	r := randomScript(rnd, 80).history(t)
	ends := r.Ends(Burst, 1)
	spoil := map[string]func(*Frame){
		"a unit of the text":     func(f *Frame) { f.text[0]++ },
		"a line's author":        func(f *Frame) { f.Lines[0].Author = (f.Lines[0].Author + 1) % 3 },
		"what was deleted":       func(f *Frame) { f.cuts[0].deleted = append(f.cuts[0].deleted, 'x') },
		"where it was cut":       func(f *Frame) { f.cuts[0].at++; f.cuts[0].inserted-- },
		"the revision before it": func(f *Frame) { f.Prev-- },
	}
	for name, do := range spoil {
		seen := 0
		for _, at := range ends {
			f, err := NewCursor(r).Frame(ends, 1, at)
			if err != nil {
				t.Fatal(err)
			}
			if f.Prev < 2 || len(f.text) < 3 || len(f.cuts) == 0 || f.cuts[0].inserted == 0 {
				continue
			}
			if do(f); checkFrame(t, r, f) != nil {
				seen++
			}
		}
		if seen == 0 {
			t.Errorf("%s: nothing is seen", name)
		}
	}
}

// TestStepsCoverEveryRevisionOnce for every unit.
func TestStepsCoverEveryRevisionOnce(t *testing.T) {
	r := randomScript(seeded(t), 200).history(t)
	for _, unit := range []Unit{Edit, Burst, Submit} {
		ends := r.Ends(unit, 3)
		for at := eventlog.Revision(3); at <= r.Head(); at++ {
			i, prev := Step(ends, 3, at)
			if at > ends[i] || at <= prev {
				t.Fatalf("%s: revision %d is in the step after %d to %d", unit, at, prev, ends[i])
			}
		}
		if ends[len(ends)-1] != r.Head() {
			t.Errorf("%s: the last step ends at %d of %d", unit, ends[len(ends)-1], r.Head())
		}
		t.Logf("%s: %d steps of %d revisions", unit, len(ends), r.Head())
	}
}

// TestDeletedLinesKeepTheirPlace: as rows of their own, without a number.
func TestDeletedLinesKeepTheirPlace(t *testing.T) {
	s := newScript("t")
	s.write(0, "하나\n둘\n셋\n넷\n")
	s.put(1, 3, 7, "") // "둘\n셋\n"
	s.put(1, 1, 2, "루")
	r := s.history(t)
	f, err := NewCursor(r).Frame(r.Ends(Burst, 1), 1, 4)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, row := range rowsOf(f) {
		var b strings.Builder
		fmt.Fprintf(&b, "%d%c", row.number, row.mark)
		for _, p := range row.pieces {
			b.WriteString(string("=+-"[p.touch]) + string(utf16.Decode(p.units)))
		}
		got = append(got, b.String())
	}
	want := "1~=하-나+루|0--둘|0--셋|2 =넷"
	if s := strings.Join(got, "|"); s != want {
		t.Errorf("rows are %s, want %s", s, want)
	}
}

// TestCharactersAreThoseOfTheTerminal: the short way says what the long one
// does.
func TestCharactersAreThoseOfTheTerminal(t *testing.T) {
	rnd := seeded(t)
	parts := []string{"a", "~", " ", "가", "각", "힣", "\u11a8", "\u1100", "\u1161", "e\u0301", "\u0301", "👩\u200d💻", "\u200d", "漢", "ｱ", "🇰🇷", "\ufe0f", "é", "\u00ad"}
	for range 3000 {
		var b strings.Builder
		for range 1 + rnd.IntN(6) {
			b.WriteString(parts[rnd.IntN(len(parts))])
		}
		for s := b.String(); s != ""; {
			got, width := firstCharacter(s)
			want, wide := ansi.FirstGraphemeCluster(s, ansi.GraphemeWidth)
			if got != want || width != wide {
				t.Fatalf("%+q begins with %+q, %d wide, not %+q, %d wide", s, want, wide, got, width)
			}
			s = s[len(got):]
		}
	}
}

// TestWrapLosesNothing, and no line is too wide.
func TestWrapLosesNothing(t *testing.T) {
	rnd := seeded(t)
	for range 300 {
		var r row
		var all strings.Builder
		for range rnd.IntN(60) {
			s := []string{"낱말 ", "x", "😀", " ", "e\u0301", "long-word-without-end"}[rnd.IntN(6)]
			all.WriteString(s)
			r.pieces = append(r.pieces, piece{touch(rnd.IntN(3)), utf16.Encode([]rune(s))})
		}
		width := 2 + rnd.IntN(30)
		var got strings.Builder
		for _, line := range wrap(r.cells(func(s string) string { return s }), width) {
			text := ""
			for _, c := range line {
				text += c.text
			}
			if w := ansi.StringWidth(text); w > width {
				t.Fatalf("%q has %d columns, more than %d", text, w, width)
			}
			got.WriteString(text)
		}
		if got.String() != all.String() {
			t.Fatalf("%q was wrapped into %q", all.String(), got.String())
		}
		cells := r.cells(func(s string) string { return s })
		text := ""
		for _, c := range crop(cells, width) {
			text += c.text
		}
		if w := ansi.StringWidth(text); w > width || w < width-2 && strings.HasSuffix(text, "…") {
			t.Fatalf("%q cut to %d columns has %d: %q", all.String(), width, w, text)
		}
	}
}
