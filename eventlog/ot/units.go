package ot

import (
	"fmt"
	"unicode/utf16"
	"unicode/utf8"
)

// Only this file knows both encodings of text: UTF-8, the encoding of Go strings and
// the log, and UTF-16, in which positions are counted.

// Units returns s in UTF-16 code units.
// The error wraps ErrBadText if s is not valid UTF-8.
func Units(s string) ([]uint16, error) {
	u, err := appendUnits(make([]uint16, 0, len(s)), s)
	if err != nil {
		return nil, err
	}
	return u, nil
}

func appendUnits(dst []uint16, s string) ([]uint16, error) {
	for i, r := range s {
		if r == utf8.RuneError && !hasRune(s[i:]) {
			return dst, fmt.Errorf("invalid UTF-8 at byte %d: %w", i, ErrBadText)
		}
		dst = utf16.AppendRune(dst, r)
	}
	return dst, nil
}

// hasRune reports whether U+FFFD is in the text, not a mark of invalid encoding.
func hasRune(s string) bool {
	_, size := utf8.DecodeRuneInString(s)
	return size > 1
}

// String returns u as a Go string. A lone surrogate becomes U+FFFD.
func String(u []uint16) string {
	return string(AppendUTF8(make([]byte, 0, len(u)), u))
}

// AppendUTF8 appends u to dst in UTF-8. A lone surrogate becomes U+FFFD.
func AppendUTF8(dst []byte, u []uint16) []byte {
	for i := 0; i < len(u); {
		if u[i] < utf8.RuneSelf {
			dst = append(dst, byte(u[i]))
			i++
			continue
		}
		r, n := runeAt(u, i)
		dst = utf8.AppendRune(dst, r)
		i += n
	}
	return dst
}

// runeAt decodes the code point at u[i] and returns its number of units. Half a pair
// is U+FFFD with one unit.
func runeAt(u []uint16, i int) (rune, int) {
	if isHigh(u[i]) && i+1 < len(u) && isLow(u[i+1]) {
		return utf16.DecodeRune(rune(u[i]), rune(u[i+1])), 2
	}
	if isHigh(u[i]) || isLow(u[i]) {
		return utf8.RuneError, 1
	}
	return rune(u[i]), 1
}

// Len returns the number of UTF-16 code units of s. A byte that is not part of
// valid UTF-8 counts as one.
func Len(s string) int {
	n := 0
	for _, r := range s {
		n++
		if r > 0xffff {
			n++
		}
	}
	return n
}

// Boundary reports whether u may be cut at pos: from 0 to len(u), and not between the
// two halves of a surrogate pair.
func Boundary(u []uint16, pos int) bool {
	if pos <= 0 || pos >= len(u) {
		return pos == 0 || pos == len(u)
	}
	return !isHigh(u[pos-1]) || !isLow(u[pos])
}

// ValidLine returns nil if s can be one line of a text: valid UTF-8 (which has
// no surrogates), without U+000A, U+000D and U+0000. Otherwise the error wraps
// ErrBadText and names the fault and its byte.
func ValidLine(s string) error {
	for i, r := range s {
		if r == utf8.RuneError && !hasRune(s[i:]) {
			return fmt.Errorf("invalid UTF-8 at byte %d: %w", i, ErrBadText)
		}
		if what := forbidden(r); what != "" {
			return fmt.Errorf("%s at byte %d: %w", what, i, ErrBadText)
		}
	}
	return nil
}

// forbidden returns the name of a character that no line may contain, "" for others.
func forbidden(r rune) string {
	switch r {
	case '\n', '\r':
		return "line break"
	case 0:
		return "NUL"
	}
	return ""
}

func isHigh(u uint16) bool { return u&0xfc00 == 0xd800 }
func isLow(u uint16) bool  { return u&0xfc00 == 0xdc00 }
