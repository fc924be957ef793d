package authority

import (
	"strings"

	"parodywave/eventlog/ot"
	"parodywave/projection"

	"github.com/aymanbagabas/go-udiff"
)

// Diff returns the change from one text to another, on whole code points. It is
// one of lines in the first place: those that come, go or move elsewhere do so
// whole, with a break, so that a thread knows a moved line again. Where lines
// were changed, broken or joined, it says which words; where a line is nothing
// like what stood there, all of it is replaced and the breaks around it stay.
func Diff(before, after string) (ot.Change, error) {
	if _, err := ot.Units(after); err != nil {
		return ot.Change{}, err
	}
	d := differ{a: strings.Split(before, "\n"), b: strings.Split(after, "\n")}
	d.pairs = pairLines(d.a, d.b)
	for _, p := range d.pairs {
		d.pair(p)
	}
	d.rest()
	return d.Change(), nil
}

// A differ goes from line to line of two texts and says what became of them.
type differ struct {
	ot.Builder
	a, b  []string // the lines
	pairs []pair   // ascending
	i, k  int      // the next lines
}

// A pair says that the lines a up to aEnd of the text before are the lines b up
// to bEnd of the text after; there is one at least of each.
type pair struct {
	a, aEnd, b, bEnd int
	like             bool // they have something in common
}

// one is a pair of two lines.
func one(a, b int, like bool) pair { return pair{a, a + 1, b, b + 1, like} }

// pair goes on to behind a pair. What is between the last one and this came and
// went in front of it; the break behind the last one stays.
func (d *differ) pair(p pair) {
	if d.i > 0 {
		d.Keep(1)
	}
	gone := 0
	for _, line := range d.a[d.i:p.a] {
		gone += ot.Len(line) + 1
	}
	var came strings.Builder
	for _, line := range d.b[d.k:p.b] {
		came.WriteString(line)
		came.WriteByte('\n')
	}
	d.replace(gone, came.String())
	d.lines(strings.Join(d.a[p.a:p.aEnd], "\n"), strings.Join(d.b[p.b:p.bEnd], "\n"), p.like)
	d.i, d.k = p.aEnd, p.bEnd
}

// rest deals with what is behind the last pair: lines that come and go with the
// break before them. Of two texts some lines are always a pair, the first two if
// no others are.
func (d *differ) rest() {
	gone := 0
	for _, line := range d.a[d.i:] {
		gone += ot.Len(line) + 1
	}
	var came strings.Builder
	for _, line := range d.b[d.k:] {
		came.WriteByte('\n')
		came.WriteString(line)
	}
	d.replace(gone, came.String())
}

// lines makes lines of others.
func (d *differ) lines(before, after string, like bool) {
	switch {
	case before == after:
		d.Keep(ot.Len(before))
		return
	case !like:
		d.replace(ot.Len(before), after)
		return
	}
	at := 0
	for _, s := range swaps(before, after) {
		d.Keep(ot.Len(before[at:s.a]))
		d.word(before[s.a:s.aEnd], after[s.b:s.bEnd])
		at = s.aEnd
	}
	d.Keep(ot.Len(before[at:]))
}

// A swap is the bytes a up to aEnd of a text for which others stand afterwards.
type swap struct{ a, aEnd, b, bEnd int }

// swaps tells two texts apart by words; breaks are spaces first, so that a word
// stays if it only went to another line. Where what is between two swaps stayed
// by chance, they are one.
func swaps(before, after string) []swap {
	l := swapList{before: before}
	a, b := 0, 0
	var s swap // since the last that stayed
	spaces := strings.NewReplacer("\n", " ")
	for _, part := range projection.Words(spaces.Replace(before), spaces.Replace(after)) {
		switch part.Kind {
		case -1:
			a += len(part.Text)
		case 1:
			b += len(part.Text)
		default:
			l.add(swap{s.aEnd, a, s.bEnd, b})
			for range len(part.Text) {
				if a, b = a+1, b+1; before[a-1] != after[b-1] {
					l.add(swap{a - 1, a, b - 1, b})
				}
			}
			s = swap{a, a, b, b}
		}
	}
	l.add(swap{s.aEnd, a, s.bEnd, b})
	return l.all
}

type swapList struct {
	before string
	all    []swap
}

func (l *swapList) add(s swap) {
	if s.a == s.aEnd && s.b == s.bEnd {
		return
	}
	for n := len(l.all); n > 0 && s.chance(l.all[n-1], l.before); n = len(l.all) {
		s.a, s.b = l.all[n-1].a, l.all[n-1].b
		l.all = l.all[:n-1]
	}
	l.all = append(l.all, s)
}

// chance reports whether what is between the swap before and s is no longer than
// either, and in a line.
func (s swap) chance(last swap, before string) bool {
	n := s.a - last.aEnd
	return n <= max(last.aEnd-last.a, last.bEnd-last.b) && n <= max(s.aEnd-s.a, s.bEnd-s.b) && !strings.Contains(before[last.aEnd:s.a], "\n")
}

// word replaces words, of which the letters stay that both have where they are
// much alike.
func (d *differ) word(gone, came string) {
	if likeness(duets(gone), duets(came)) == 0 {
		d.replace(ot.Len(gone), came)
		return
	}
	at := 0
	for _, e := range udiff.Strings(gone, came) {
		d.Keep(ot.Len(gone[at:e.Start]))
		d.replace(ot.Len(gone[e.Start:e.End]), e.New)
		at = e.End
	}
	d.Keep(ot.Len(gone[at:]))
}

func (d *differ) replace(n int, text string) {
	units, _ := ot.Units(text) // Diff has seen to it
	d.Replace(n, units)
}
