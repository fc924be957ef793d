package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"
)

// hidden reports whether r would do something to a terminal, or to the order
// in which what follows is read, instead of being seen.
func hidden(r rune) bool {
	switch {
	case unicode.Is(unicode.Cc, r), unicode.Is(unicode.Cs, r):
		return true
	case r == 0x061c, r == 0x200e, r == 0x200f, r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069: // bidirectional
		return true
	case r == 0x2028, r == 0x2029, r == 0xfeff, r >= 0xfff9 && r <= 0xfffb:
		return true
	}
	return false
}

// hides reports whether something in s is hidden; where tabs are not, they do
// not count. Texts of a megabyte come through here, and nearly all is ASCII.
func hides(s string, tabs bool) bool {
	for i := 0; i < len(s); {
		if c := s[i]; c >= ' ' && c <= '~' || tabs && c == '\t' {
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if hidden(r) {
			return true
		}
		i += n
	}
	return false
}

// visible returns s with control and bidirectional characters written out.
func visible(s string) string { return reveal(s, false) }

// visibleLine is visible for one line of a text: tabs stay.
func visibleLine(s string) string { return reveal(s, true) }

func reveal(s string, tabs bool) string {
	if !hides(s, tabs) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		switch {
		case !hidden(r), tabs && r == '\t':
			b.WriteRune(r)
		case r < 0x100:
			fmt.Fprintf(&b, `\x%02x`, r)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}

// jsonLine returns v as one line of JSON, in which nothing is hidden either:
// what encoding/json leaves as it is, it says as \uXXXX.
func jsonLine(v any) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic(err) // rows are structs of strings and numbers
	}
	line := strings.TrimSuffix(b.String(), "\n")
	if !hides(line, false) {
		return line
	}
	b.Reset()
	for _, r := range line {
		if hidden(r) {
			fmt.Fprintf(&b, `\u%04x`, r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// columns returns how many columns of a terminal s takes.
func columns(s string) int {
	n := 0
	for _, r := range s {
		switch {
		case r >= ' ' && r <= '~':
			n++
		case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf), r >= 0x1160 && r <= 0x11ff: // marks, joiners, vowels of Hangul
		default:
			n++
			if k := width.LookupRune(r).Kind(); k == width.EastAsianWide || k == width.EastAsianFullwidth {
				n++
			}
		}
	}
	return n
}

// pad returns s followed by spaces up to a width in columns.
func pad(s string, width int) string {
	return s + strings.Repeat(" ", max(0, width-columns(s)))
}

// shorten cuts s to a width in columns.
func shorten(s string, width int) string {
	if columns(s) <= width {
		return s
	}
	n := 0
	for i, r := range s {
		if n += columns(string(r)); n >= width {
			return s[:i] + "…"
		}
	}
	return s
}
