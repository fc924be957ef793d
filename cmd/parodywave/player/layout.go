package player

import (
	"slices"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// A touch is the effect of the step on a piece of text.
type touch uint8

const (
	kept touch = iota
	inserted
	deleted
)

// A row is the text between two line breaks, including breaks that the step
// deleted: a line after the step, a part of one, or a deleted line.
type row struct {
	line   int // index of the line that it is part of, -1 for none
	number int // the line's number, from 1, on its first row; else 0
	pieces []piece
	mark   byte // '+' inserted, '-' deleted, '~' changed, ' ' unchanged
}

// A piece is a run of units with one touch.
type piece struct {
	touch touch
	units []uint16
}

// brokenAt is shown for a line break that the step deleted.
var brokenAt = utf16.Encode([]rune("⏎"))

// rowsOf returns the rows of a frame, with deleted text in its place.
func rowsOf(f *Frame) []row {
	l := layouter{rows: make([]row, 0, len(f.Lines)+8)}
	pos := 0
	for _, c := range f.cuts {
		l.put(kept, f.text[pos:c.at])
		l.put(deleted, c.deleted)
		l.put(inserted, f.text[c.at:c.at+c.inserted])
		pos = c.at + c.inserted
	}
	l.put(kept, f.text[pos:])
	switch {
	case l.stands:
		l.close(kept)
	case len(l.now.pieces) > 0: // the last line was deleted
		l.close(deleted)
	}
	return l.rows
}

// A layouter makes rows.
type layouter struct {
	rows   []row
	now    row
	line   int  // index of the current line
	stands bool // a part of the current row is there after the step
	told   bool // a row of the current line has its number
}

func (l *layouter) put(t touch, units []uint16) {
	for len(units) > 0 {
		n := slices.Index(units, '\n')
		part := units
		if n >= 0 {
			part = units[:n]
		}
		if len(part) > 0 {
			l.now.pieces = append(l.now.pieces, piece{t, part})
			l.stands = l.stands || t != deleted
		}
		if n < 0 {
			return
		}
		units = units[n+1:]
		if t == deleted && l.stands {
			l.now.pieces = append(l.now.pieces, piece{t, brokenAt})
		}
		l.close(t)
	}
}

// close ends the row at a break.
func (l *layouter) close(t touch) {
	r := &l.now
	r.line, r.mark = -1, markOf(r.pieces, t)
	if l.stands || t != deleted {
		r.line = l.line
		if !l.told {
			r.number, l.told = l.line+1, true
		}
	}
	if t != deleted {
		l.line, l.told = l.line+1, false
	}
	l.rows, l.now, l.stands = append(l.rows, *r), row{}, false
}

func markOf(pieces []piece, end touch) byte {
	var seen [3]bool
	for _, p := range pieces {
		seen[p.touch] = true
	}
	if len(pieces) == 0 {
		seen[end] = true
	}
	switch {
	case !seen[inserted] && !seen[deleted]:
		return ' '
	case seen[kept], seen[inserted] && seen[deleted]:
		return '~'
	case seen[inserted]:
		return '+'
	}
	return '-'
}

// A cell is a character as the terminal draws it.
type cell struct {
	text  string
	width int // in columns
	touch touch
}

// tabStop is the distance of tab stops in columns.
const tabStop = 4

// cells returns a row's characters, with tabs expanded and invisible characters
// escaped.
func (r *row) cells(reveal func(string) string) []cell {
	var out []cell
	column := 0
	for _, p := range r.pieces {
		for s := reveal(string(utf16.Decode(p.units))); s != ""; {
			cluster, width := firstCharacter(s)
			s = s[len(cluster):]
			if cluster == "\t" {
				width = tabStop - column%tabStop
				cluster = spaces(width)
			}
			column += width
			out = append(out, cell{cluster, width, p.touch})
		}
	}
	return out
}

// firstCharacter returns the first grapheme cluster of s, and its width.
func firstCharacter(s string) (string, int) {
	r, n := utf8.DecodeRuneInString(s)
	if width := plainWidth(r); width > 0 { // the usual case, and much faster
		if next, _ := utf8.DecodeRuneInString(s[n:]); n == len(s) || plainWidth(next) > 0 {
			return s[:n], width
		}
	}
	return ansi.FirstGraphemeCluster(s, ansi.GraphemeWidth)
}

// plainWidth returns the width of a printable ASCII character or a Hangul syllable,
// which never combine with one another. For all others it returns 0.
func plainWidth(r rune) int {
	switch {
	case r >= ' ' && r <= '~':
		return 1
	case r >= '가' && r <= '힣':
		return 2
	}
	return 0
}

// wrap breaks cells into lines of at most a width, after a space if there is one in
// the last third of the line.
func wrap(all []cell, width int) [][]cell {
	var out [][]cell
	for width = max(width, 2); ; {
		n, used, space := 0, 0, 0
		for n < len(all) && used+all[n].width <= width {
			used += all[n].width
			if n++; all[n-1].text == " " && used > width*2/3 {
				space = n
			}
		}
		if n == len(all) {
			return append(out, all)
		}
		if space > 0 {
			n = space
		}
		n = max(n, 1)
		out, all = append(out, all[:n]), all[n:]
	}
}

// crop cuts cells to a width, with a … at the end if it cut any.
func crop(all []cell, width int) []cell {
	used, fits := 0, 0
	for _, c := range all {
		if used += c.width; used < width {
			fits++
		}
	}
	if used <= width {
		return all
	}
	return append(slices.Clone(all[:fits]), cell{"…", 1, kept})
}
