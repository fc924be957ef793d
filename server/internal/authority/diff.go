package authority

import (
	"strings"
	"unicode/utf8"

	"parodywave/eventlog/ot"
	"parodywave/projection"
)

// Diff returns the change from one text to another, on whole code points. It is
// one of lines in the first place: those that come, go or move elsewhere do so
// whole, with a break, so that a thread knows a moved line again. Where a line
// was changed, it says which words; where a line is nothing like what stood
// there, all of it is replaced and the breaks around it stay.
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

// A pair says that line a of the text before is line b of the text after.
type pair struct {
	a, b int
	like bool // they have something in common
}

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
	d.line(d.a[p.a], d.b[p.b], p.like)
	d.i, d.k = p.a+1, p.b+1
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

// line makes one line of another.
func (d *differ) line(before, after string, like bool) {
	switch {
	case before == after:
		d.Keep(ot.Len(before))
		return
	case !like:
		d.replace(ot.Len(before), after)
		return
	}
	gone, came := "", ""
	for _, part := range projection.Words(before, after) {
		switch part.Kind {
		case -1:
			gone += part.Text
		case 1:
			came += part.Text
		default:
			d.word(gone, came)
			gone, came = "", ""
			d.Keep(ot.Len(part.Text))
		}
	}
	d.word(gone, came)
}

// word replaces words and keeps what both begin and end with.
func (d *differ) word(gone, came string) {
	from := 0
	for from < len(gone) && from < len(came) {
		_, n := utf8.DecodeRuneInString(gone[from:])
		if !strings.HasPrefix(came[from:], gone[from:from+n]) {
			break
		}
		from += n
	}
	end := 0 // units from the end
	for end < len(gone)-from && end < len(came)-from {
		_, n := utf8.DecodeLastRuneInString(gone[from : len(gone)-end])
		if !strings.HasSuffix(came[from:len(came)-end], gone[len(gone)-end-n:len(gone)-end]) {
			break
		}
		end += n
	}
	d.Keep(ot.Len(gone[:from]))
	d.replace(ot.Len(gone[from:len(gone)-end]), came[from:len(came)-end])
	d.Keep(ot.Len(gone[len(gone)-end:]))
}

func (d *differ) replace(n int, text string) {
	units, _ := ot.Units(text) // Diff has seen to it
	d.Replace(n, units)
}
