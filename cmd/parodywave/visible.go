package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/width"
)

// hidden reports whether r controls a terminal, or the reading order of the text
// around it, instead of being visible.
func hidden(r rune) bool {
	switch {
	case r < 0x20, r >= 0x7f && r < 0xa0, r >= 0xd800 && r < 0xe000: // control, half a character
		return true
	case r == 0x061c, r == 0x200e, r == 0x200f, r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069: // bidirectional
		return true
	case r == 0x2028, r == 0x2029, r == 0xfeff, r >= 0xfff9 && r <= 0xfffb:
		return true
	}
	return false
}

// hides reports whether visible would escape something in s; with tabs set, tabs
// do not count. It is fast for megabytes of ASCII.
func hides(s string, tabs bool) bool { return hidesFrom(s, tabs, unclear) >= 0 }

// A concealment reports whether to escape r, given its neighbours (-1: none).
type concealment func(before, r, after rune) bool

// acting is true for characters that control the terminal or the reading order.
func acting(_, r, _ rune) bool { return hidden(r) }

// unclear is also true for invisible characters.
func unclear(before, r, after rune) bool {
	return hidden(r) || unseen(r) && !needed(before, r, after)
}

// hidesFrom returns the index of the first character to escape, -1 if there is
// none.
func hidesFrom(s string, tabs bool, conceals concealment) int {
	before := rune(-1)
	for i := 0; i < len(s); {
		if c := s[i]; c >= ' ' && c <= '~' || tabs && c == '\t' {
			before = rune(c)
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if conceals(before, r, first(s[i+n:])) {
			return i
		}
		before = r
		i += n
	}
	return -1
}

// first returns the first character of s, -1 if s is empty.
func first(s string) rune {
	if s == "" {
		return -1
	}
	r, _ := utf8.DecodeRuneInString(s)
	return r
}

// visible returns s with invisible and control characters escaped.
func visible(s string) string { return reveal(s, false, unclear) }

// visibleLine is visible for one line of a text: tabs stay.
func visibleLine(s string) string { return reveal(s, true, unclear) }

// disarmed returns s with control and bidirectional characters escaped. Other
// invisible characters stay, for output that programs or browsers read.
func disarmed(s string) string { return reveal(s, false, acting) }

// disarmedLine is disarmed for one line of a text: tabs stay.
func disarmedLine(s string) string { return reveal(s, true, acting) }

func reveal(s string, tabs bool, conceals concealment) string {
	i := hidesFrom(s, tabs, conceals)
	if i < 0 {
		return s
	}
	var b strings.Builder
	before, _ := utf8.DecodeLastRuneInString(s[:i])
	b.WriteString(s[:i])
	for rest := s[i:]; rest != ""; {
		r, n := utf8.DecodeRuneInString(rest)
		rest = rest[n:]
		switch {
		case tabs && r == '\t' || !conceals(before, r, first(rest)):
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, escapeOf(r), r)
		}
		before = r
	}
	return b.String()
}

// jsonLine returns v as one line of JSON, with invisible characters as \uXXXX,
// which is the same text.
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
	before := rune(-1)
	for i, r := range line {
		if !unclear(before, r, first(line[i+utf8.RuneLen(r):])) {
			b.WriteRune(r)
		} else {
			for _, u := range utf16.AppendRune(nil, r) {
				fmt.Fprintf(&b, `\u%04x`, u)
			}
		}
		before = r
	}
	return b.String()
}

// columns returns the width of s in columns of a terminal.
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

// pad appends spaces to s up to a width in columns.
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
