package strictjson

import (
	"unicode/utf16"
	"unicode/utf8"
)

// Flaws are properties of string literals that some readers refuse.
type Flaws uint8

const (
	Escaped   Flaws = 1 << iota // an escape, so that a literal needs unquoting
	LineBreak                   // \n or \r
	NUL                         // U+0000
	Lone                        // half of a surrogate pair
)

// String reads a string literal and returns it with its quotes, or nil if there is
// none.
func (s *Scanner) String() []byte {
	if s.Peek() != '"' {
		return nil
	}
	start := s.i
	if !s.str() {
		return nil
	}
	return s.b[start:s.i]
}

// str reads a string literal whose opening quote is the next byte.
func (s *Scanner) str() bool {
	b := s.b
	for i := s.i + 1; i < len(b); {
		switch c := b[i]; {
		case c == '"':
			s.i = i + 1
			return true
		case c == '\\':
			s.Flaws |= Escaped
			r, n := unescape(b[i:])
			if n == 0 {
				return false
			}
			s.Flaws |= flawsOf(r)
			i += n
		case c < ' ':
			return false
		default:
			i++
		}
	}
	return false
}

func flawsOf(r rune) Flaws {
	switch {
	case r == '\n' || r == '\r':
		return LineBreak
	case r == 0:
		return NUL
	case utf16.IsSurrogate(r):
		return Lone
	}
	return 0
}

// unescape reads the escape at the start of b, or two that are a surrogate pair.
// It returns the character and the length of the escape in bytes, 0 if it is
// none. It returns a lone surrogate as it is.
func unescape(b []byte) (rune, int) {
	if len(b) < 2 {
		return 0, 0
	}
	switch b[1] {
	case '"', '\\', '/':
		return rune(b[1]), 2
	case 'b':
		return '\b', 2
	case 'f':
		return '\f', 2
	case 'n':
		return '\n', 2
	case 'r':
		return '\r', 2
	case 't':
		return '\t', 2
	case 'u':
		r := unit(b)
		if r < 0 {
			return 0, 0
		}
		if utf16.IsSurrogate(r) && len(b) > 6 {
			if pair := utf16.DecodeRune(r, unit(b[6:])); pair != utf8.RuneError {
				return pair, 12
			}
		}
		return r, 6
	}
	return 0, 0
}

// unit returns the UTF-16 code unit of the escape \uXXXX at the start of b, -1 if
// there is none.
func unit(b []byte) rune {
	if len(b) < 6 || b[0] != '\\' || b[1] != 'u' {
		return -1
	}
	var r rune
	for _, c := range b[2:6] {
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			c = c | 0x20 - 'a' + 10
		default:
			return -1
		}
		r = r<<4 | rune(c)
	}
	return r
}

// Unquote returns the string of a literal that a Scanner has read. Flaws may include
// those of other strings; without Escaped, Unquote copies the literal unchanged. A lone
// surrogate becomes U+FFFD: check the flaws first.
func Unquote(literal []byte, flaws Flaws) string {
	inner := literal[1 : len(literal)-1]
	if flaws&Escaped == 0 {
		return string(inner)
	}
	return string(appendUnquoted(make([]byte, 0, len(inner)), inner))
}

// appendUnquoted appends the string of a literal without its quotes.
func appendUnquoted(text, inner []byte) []byte {
	for i := 0; i < len(inner); {
		if inner[i] != '\\' {
			text = append(text, inner[i])
			i++
			continue
		}
		r, n := unescape(inner[i:])
		text = utf8.AppendRune(text, r)
		i += n
	}
	return text
}
