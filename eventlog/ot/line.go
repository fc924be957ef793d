package ot

import (
	"unicode/utf16"
	"unicode/utf8"
)

// line reads one inserted line and appends it to dst.
func (s *scanner) line(dst []uint16) ([]uint16, error) {
	if s.shaped {
		return s.givenLine(dst)
	}
	if s.peek() != '"' {
		return dst, s.errorf(s.pos, "line is not a string")
	}
	s.pos++
	for {
		at := s.pos
		c := s.peek()
		switch {
		case at == len(s.data):
			return dst, s.errorf(at, "string has no end")
		case c == '"':
			s.pos++
			return dst, nil
		case c < ' ':
			return dst, s.errorf(at, "raw control character in a string")
		case c != '\\' && c < utf8.RuneSelf:
			s.pos++
			dst = append(dst, uint16(c))
		default:
			r, err := s.rune()
			if err != nil {
				return dst, err
			}
			if what := forbidden(r); what != "" {
				return dst, s.errorf(at, "%s inside a line", what)
			}
			dst = utf16.AppendRune(dst, r)
		}
	}
}

// givenLine reads the length of a line and takes the line from s.lines.
func (s *scanner) givenLine(dst []uint16) ([]uint16, error) {
	at := s.pos
	n, err := s.count("section")
	if err != nil {
		return dst, err
	}
	if len(s.lines) == 0 {
		return dst, s.errorf(at, "no line is left for this")
	}
	line := s.lines[0]
	s.lines = s.lines[1:]
	if err := ValidLine(line); err != nil {
		return dst, s.errorf(at, "line for this: %v", err)
	}
	if Len(line) != int(n) {
		return dst, s.errorf(at, "line for this has %d units, not %d", Len(line), n)
	}
	return appendUnits(dst, line)
}

// rune reads an escape, or a code point in UTF-8. It never returns a surrogate.
func (s *scanner) rune() (rune, error) {
	at := s.pos
	if s.peek() == '\\' {
		return s.escape()
	}
	r, size := utf8.DecodeRune(s.data[at:])
	if r == utf8.RuneError && size <= 1 {
		return 0, s.errorf(at, "invalid UTF-8")
	}
	s.pos += size
	return r, nil
}

func (s *scanner) escape() (rune, error) {
	at := s.pos
	s.pos++
	c := s.peek()
	s.pos++
	switch c {
	case '"', '\\', '/':
		return rune(c), nil
	case 'u':
		return s.hexRune(at)
	}
	for i := 1; i < len(shortEscapes); i += 2 {
		if shortEscapes[i] == c {
			return rune(shortEscapes[i-1]), nil
		}
	}
	return 0, s.errorf(at, "unknown escape")
}

// hexRune reads what follows \u, and the second escape of a surrogate pair.
func (s *scanner) hexRune(at int) (rune, error) {
	u, ok := s.hex()
	if !ok {
		return 0, s.errorf(at, "escape does not have four hexadecimal digits")
	}
	if !utf16.IsSurrogate(rune(u)) {
		return rune(u), nil
	}
	if isHigh(u) && s.peek() == '\\' {
		if s.pos++; s.peek() == 'u' {
			s.pos++
			if v, ok := s.hex(); ok && isLow(v) {
				return utf16.DecodeRune(rune(u), rune(v)), nil
			}
		}
	}
	return 0, s.errorf(at, "lone surrogate")
}

func (s *scanner) hex() (uint16, bool) {
	if len(s.data)-s.pos < 4 {
		return 0, false
	}
	var u uint16
	for _, c := range s.data[s.pos : s.pos+4] {
		switch {
		case isDigit(c):
			c -= '0'
		case 'a' <= c|0x20 && c|0x20 <= 'f':
			c = (c | 0x20) - 'a' + 10
		default:
			return 0, false
		}
		u = u<<4 | uint16(c)
	}
	s.pos += 4
	return u, true
}
