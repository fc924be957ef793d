package wire

import (
	"unicode/utf16"
	"unicode/utf8"
)

// str passes a string literal, whose opening quote is the next byte.
func (s *scanner) str() bool {
	b := s.b
	for i := s.i + 1; i < len(b); {
		switch c := b[i]; {
		case c == '"':
			s.i = i + 1
			return true
		case c == '\\':
			s.flaws |= flawEscape
			r, n := unescape(b[i:])
			if n == 0 {
				return false
			}
			s.flaws |= flawOf(r)
			i += n
		case c < ' ':
			return false
		default:
			i++
		}
	}
	return false
}

func flawOf(r rune) flaw {
	switch {
	case r == '\n' || r == '\r':
		return flawBreak
	case r == 0:
		return flawNUL
	case utf16.IsSurrogate(r):
		return flawLone
	}
	return 0
}

// unescape reads the escape at the start of b, two of them where they are a
// surrogate pair, and returns what it stands for and its length in bytes; the
// length is 0 where it is no escape. A lone surrogate is returned as it is.
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

// unit reads the UTF-16 code unit of the escape \uXXXX that b starts with; -1
// where b does not.
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

// unquote returns what a literal that str has passed stands for. A lone
// surrogate becomes U+FFFD: callers look at the flaws first.
func unquote(literal []byte, flaws flaw) string {
	inner := literal[1 : len(literal)-1]
	if flaws&flawEscape == 0 {
		return string(inner)
	}
	text := make([]byte, 0, len(inner))
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
	return string(text)
}
