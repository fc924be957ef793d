package linediff

import (
	"strings"

	"parodywave/eventlog/ot"

	"github.com/aymanbagabas/go-udiff"
)

// Diff returns the change that makes after of before, on whole code points. Lines
// that come, go or move do so whole, with a break, so that a thread recognizes a
// moved line. Lines that were changed, split or joined change by words. A line
// that is not similar to what stood there is replaced, and the breaks around it
// stay. The error is from ot.Units: after is not valid UTF-8.
func Diff(before, after string) (ot.Change, error) {
	if _, err := ot.Units(after); err != nil {
		return ot.Change{}, err
	}
	d := builder{a: strings.Split(before, "\n"), b: strings.Split(after, "\n")}
	for _, p := range pairLines(d.a, d.b) {
		d.pair(p)
	}
	d.rest()
	return d.Change(), nil
}

// A builder makes the change of a Diff, from the first line to the last.
type builder struct {
	ot.Builder
	a, b []string // the lines
	i, k int      // the next lines
}

// A pair says that the lines of a span became one another. It has at least one
// line on each side.
type pair struct {
	span
	similar bool
}

// lines returns the pair of line a and line b.
func lines(a, b int, similar bool) pair { return pair{span{a, a + 1, b, b + 1}, similar} }

// pair continues up to the end of a pair. The lines between the last pair and
// this one are deleted and inserted before the pair; the break behind the last
// pair stays.
func (d *builder) pair(p pair) {
	if d.i > 0 {
		d.Keep(1)
	}
	deleted := 0
	for _, line := range d.a[d.i:p.a] {
		deleted += ot.Len(line) + 1
	}
	var inserted strings.Builder
	for _, line := range d.b[d.k:p.b] {
		inserted.WriteString(line)
		inserted.WriteByte('\n')
	}
	d.replace(deleted, inserted.String())
	d.lines(strings.Join(d.a[p.a:p.aEnd], "\n"), strings.Join(d.b[p.b:p.bEnd], "\n"), p.similar)
	d.i, d.k = p.aEnd, p.bEnd
}

// rest replaces what is behind the last pair, each line with the break before it.
// There is at least one pair in any two texts.
func (d *builder) rest() {
	deleted := 0
	for _, line := range d.a[d.i:] {
		deleted += ot.Len(line) + 1
	}
	var inserted strings.Builder
	for _, line := range d.b[d.k:] {
		inserted.WriteByte('\n')
		inserted.WriteString(line)
	}
	d.replace(deleted, inserted.String())
}

// lines makes the lines after of the lines before.
func (d *builder) lines(before, after string, similar bool) {
	switch {
	case before == after:
		d.Keep(ot.Len(before))
		return
	case !similar:
		d.replace(ot.Len(before), after)
		return
	}
	at := 0
	for _, s := range replacements(before, after) {
		d.Keep(ot.Len(before[at:s.a]))
		d.words(before[s.a:s.aEnd], after[s.b:s.bEnd])
		at = s.aEnd
	}
	d.Keep(ot.Len(before[at:]))
}

// replacements returns which bytes of before were replaced by which of after, by
// words. It compares breaks as if they were spaces, so that a word that only went
// to another line stays.
func replacements(before, after string) []span {
	l := replacementList{before: before}
	a, b := 0, 0
	var s span // since the last part that was kept
	spaces := strings.NewReplacer("\n", " ")
	for _, part := range Words(spaces.Replace(before), spaces.Replace(after)) {
		switch part.Kind {
		case -1:
			a += len(part.Text)
		case 1:
			b += len(part.Text)
		default:
			l.add(span{s.aEnd, a, s.bEnd, b})
			for range len(part.Text) {
				if a, b = a+1, b+1; before[a-1] != after[b-1] {
					l.add(span{a - 1, a, b - 1, b})
				}
			}
			s = span{a, a, b, b}
		}
	}
	l.add(span{s.aEnd, a, s.bEnd, b})
	return l.all
}

type replacementList struct {
	before string
	all    []span
}

// add adds a replacement, as one with the last where the text between them was
// kept by coincidence.
func (l *replacementList) add(s span) {
	if s.a == s.aEnd && s.b == s.bEnd {
		return
	}
	for n := len(l.all); n > 0 && coincidence(l.all[n-1], s, l.before); n = len(l.all) {
		s.a, s.b = l.all[n-1].a, l.all[n-1].b
		l.all = l.all[:n-1]
	}
	l.all = append(l.all, s)
}

// coincidence reports whether the text between two replacements is within a line
// and no longer than either of them.
func coincidence(last, s span, before string) bool {
	n := s.a - last.aEnd
	return n <= last.longer() && n <= s.longer() && !strings.Contains(before[last.aEnd:s.a], "\n")
}

func (s span) longer() int { return max(s.aEnd-s.a, s.bEnd-s.b) }

// words replaces words. Of words that are similar it keeps the letters that both
// have in the same place.
func (d *builder) words(before, after string) {
	if similarity(bigrams(before), bigrams(after)) == 0 {
		d.replace(ot.Len(before), after)
		return
	}
	at := 0
	for _, e := range udiff.Strings(before, after) {
		d.Keep(ot.Len(before[at:e.Start]))
		d.replace(ot.Len(before[e.Start:e.End]), e.New)
		at = e.End
	}
	d.Keep(ot.Len(before[at:]))
}

func (d *builder) replace(n int, text string) {
	units, _ := ot.Units(text) // Diff checked it
	d.Replace(n, units)
}
