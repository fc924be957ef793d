package ndjson

import (
	"errors"
	"fmt"
	"unicode/utf16"
	"unicode/utf8"
)

// A field is one member of an object: its raw value stands without white space
// around it.
type field struct {
	key string
	raw []byte
}

// maxDepth bounds the nesting of a value: no shape needs more.
const maxDepth = 16

// A scanner reads JSON as RFC 8259 has it, save that strings must be Unicode:
// encoding/json repairs lone surrogates and invalid UTF-8, takes a key twice,
// and compares keys without case, and each would let two different files pass
// for one.
type scanner struct {
	in  []byte
	pos int
}

func (s *scanner) errorf(format string, args ...any) error {
	return fmt.Errorf("byte %d: %s", s.pos+1, fmt.Sprintf(format, args...))
}

func (s *scanner) space() {
	for s.pos < len(s.in) {
		switch s.in[s.pos] {
		case ' ', '\t', '\r', '\n':
			s.pos++
		default:
			return
		}
	}
}

// next returns the next byte that is not white space, 0 at the end.
func (s *scanner) next() byte {
	if s.space(); s.pos < len(s.in) {
		return s.in[s.pos]
	}
	return 0
}

func (s *scanner) take(c byte) error {
	if s.next() != c {
		return s.errorf("%q expected", c)
	}
	s.pos++
	return nil
}

// members calls item for each element up to closing, after an opening bracket.
func (s *scanner) members(closing byte, item func() error) error {
	if s.next() == closing {
		s.pos++
		return nil
	}
	for {
		if err := item(); err != nil {
			return err
		}
		if s.next() == closing {
			s.pos++
			return nil
		}
		if err := s.take(','); err != nil {
			return err
		}
	}
}

// object reads one object that is all of the input.
func object(line []byte) ([]field, error) {
	s := scanner{in: line}
	if err := s.take('{'); err != nil {
		return nil, err
	}
	fields := make([]field, 0, 14)
	err := s.members('}', func() error {
		key, err := s.str()
		if err != nil {
			return err
		}
		for i := range fields {
			if fields[i].key == key {
				return s.errorf("field %q stands there twice", key)
			}
		}
		if err := s.take(':'); err != nil {
			return err
		}
		s.space()
		from := s.pos
		if err := s.value(maxDepth); err != nil {
			return err
		}
		fields = append(fields, field{key, line[from:s.pos]})
		return nil
	})
	if err == nil && s.next() != 0 {
		err = s.errorf("more follows the object")
	}
	return fields, err
}

// value passes over any value.
func (s *scanner) value(depth int) error {
	if depth == 0 {
		return s.errorf("nested too deep")
	}
	switch c := s.next(); {
	case c == '"':
		_, err := s.str()
		return err
	case c == '[':
		s.pos++
		return s.members(']', func() error { return s.value(depth - 1) })
	case c >= '0' && c <= '9':
		_, err := s.num()
		return err
	}
	for _, word := range []string{"null", "true", "false"} {
		if s.pos+len(word) <= len(s.in) && string(s.in[s.pos:s.pos+len(word)]) == word {
			s.pos += len(word)
			return nil
		}
	}
	return s.errorf("value expected")
}

// num reads an integer from 0 to 2^53-1 as JavaScript would write it.
func (s *scanner) num() (uint64, error) {
	s.space()
	n, from := uint64(0), s.pos
	for ; s.pos < len(s.in) && s.in[s.pos] >= '0' && s.in[s.pos] <= '9'; s.pos++ {
		if n = n*10 + uint64(s.in[s.pos]-'0'); n > 1<<53-1 {
			return 0, s.errorf("number is larger than 2^53-1")
		}
	}
	if s.pos == from || s.in[from] == '0' && s.pos > from+1 {
		return 0, s.errorf("whole number expected")
	}
	return n, nil
}

// str reads a string.
func (s *scanner) str() (string, error) {
	if err := s.take('"'); err != nil {
		return "", err
	}
	from := s.pos
	for s.pos < len(s.in) && s.in[s.pos] != '"' && s.in[s.pos] != '\\' && s.in[s.pos] >= ' ' {
		s.pos++
	}
	out := append([]byte(nil), s.in[from:s.pos]...)
	for s.pos < len(s.in) {
		c := s.in[s.pos]
		switch {
		case c == '"':
			if !utf8.Valid(out) {
				return "", s.errorf("string before is not UTF-8")
			}
			s.pos++
			return string(out), nil
		case c < ' ':
			return "", s.errorf("control character in a string")
		case c == '\\':
			r, err := s.escape()
			if err != nil {
				return "", err
			}
			out = utf8.AppendRune(out, r)
		default:
			out = append(out, c)
			s.pos++
		}
	}
	return "", s.errorf("string is not closed")
}

func (s *scanner) escape() (rune, error) {
	if s.pos++; s.pos == len(s.in) {
		return 0, s.errorf("string is not closed")
	}
	c := s.in[s.pos]
	s.pos++
	switch c {
	case '"', '\\', '/':
		return rune(c), nil
	case 'b':
		return '\b', nil
	case 'f':
		return '\f', nil
	case 'n':
		return '\n', nil
	case 'r':
		return '\r', nil
	case 't':
		return '\t', nil
	case 'u':
		return s.hexRune()
	}
	return 0, s.errorf("unknown escape")
}

// hexRune reads what follows \u, and the other half of a surrogate pair.
func (s *scanner) hexRune() (rune, error) {
	r, err := s.hex()
	if err != nil || !utf16.IsSurrogate(r) {
		return r, err
	}
	if s.pos+1 < len(s.in) && s.in[s.pos] == '\\' && s.in[s.pos+1] == 'u' {
		s.pos += 2
		low, err := s.hex()
		if err != nil {
			return 0, err
		}
		if r = utf16.DecodeRune(r, low); r != utf8.RuneError {
			return r, nil
		}
	}
	return 0, s.errorf("lone surrogate")
}

func (s *scanner) hex() (rune, error) {
	if s.pos+4 > len(s.in) {
		return 0, s.errorf("four hexadecimal digits expected")
	}
	var r rune
	for _, c := range s.in[s.pos : s.pos+4] {
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			c = c | 0x20 - 'a' + 10
		default:
			return 0, s.errorf("four hexadecimal digits expected")
		}
		r = r<<4 | rune(c)
	}
	s.pos += 4
	return r, nil
}

// compact returns a value without the white space in it. Strings are kept as
// they are spelled.
func compact(raw []byte) []byte {
	out, quoted := make([]byte, 0, len(raw)), false
	for i := 0; i < len(raw); i++ {
		c := raw[i]
		switch {
		case quoted && c == '\\':
			out = append(out, c)
			i++
			c = raw[i]
		case c == '"':
			quoted = !quoted
		case !quoted && (c == ' ' || c == '\t' || c == '\r' || c == '\n'):
			continue
		}
		out = append(out, c)
	}
	return out
}

// compactJSON returns an error unless shape is a value that a reader of the
// export gets back byte by byte.
func compactJSON(shape []byte) error {
	s := scanner{in: shape}
	if err := s.value(maxDepth); err != nil || s.pos != len(shape) || len(compact(shape)) != len(shape) {
		return errors.New("shape is not JSON without white space")
	}
	return nil
}
