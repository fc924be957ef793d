package etherpad

import (
	"errors"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// units is a JSON string in UTF-16 code units. It keeps lone surrogates, which
// encoding/json would replace.
type units []uint16

var errString = errors.New("string expected")

// UnmarshalJSON implements json.Unmarshaler; b is valid JSON.
func (u *units) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		return nil
	}
	if len(b) < 2 || b[0] != '"' {
		return errString
	}
	out := make([]uint16, 0, len(b))
	for b = b[1 : len(b)-1]; len(b) > 0; {
		if b[0] != '\\' {
			r, n := utf8.DecodeRune(b)
			out, b = utf16.AppendRune(out, r), b[n:]
			continue
		}
		if b[1] == 'u' {
			n, err := strconv.ParseUint(string(b[2:6]), 16, 16)
			if err != nil {
				return err
			}
			out, b = append(out, uint16(n)), b[6:]
			continue
		}
		out, b = append(out, uint16(unescape(b[1]))), b[2:]
	}
	*u = out
	return nil
}

func unescape(c byte) byte {
	switch c {
	case 'b':
		return '\b'
	case 'f':
		return '\f'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	}
	return c
}

const (
	lineBreak   = '\n'
	replacement = 0xfffd
)

func isHigh(u uint16) bool { return u >= 0xd800 && u < 0xdc00 }
func isLow(u uint16) bool  { return u >= 0xdc00 && u < 0xe000 }

// inPair reports whether pos lies between the halves of a surrogate pair.
func inPair(text []uint16, pos int) bool {
	return pos > 0 && pos < len(text) && isHigh(text[pos-1]) && isLow(text[pos])
}

// mended returns unit i of a text, or U+FFFD if it is invalid here.
func mended(text []uint16, i int) uint16 {
	switch u := text[i]; {
	case u == '\r', u == 0:
		return replacement
	case isHigh(u) && !inPair(text, i+1), isLow(u) && !inPair(text, i):
		return replacement
	default:
		return u
	}
}

func breaks(text []uint16) int {
	n := 0
	for _, u := range text {
		if u == lineBreak {
			n++
		}
	}
	return n
}
