package strictjson

import "iter"

// MaxDepth is how deep arrays and objects may be nested.
const MaxDepth = 64

// MaxUint is the largest integer that is read, 2^53-1: JavaScript numbers are exact
// up to it.
const MaxUint = 1<<53 - 1

// A Scanner reads JSON from its beginning to its end.
type Scanner struct {
	Flaws Flaws // of all strings read since it was last cleared

	b     []byte
	i     int
	depth int // of arrays and objects that are open
}

// New returns a Scanner at the beginning of b, which must be valid UTF-8.
func New(b []byte) Scanner { return Scanner{b: b} }

// Offset returns how many bytes have been read.
func (s *Scanner) Offset() int { return s.i }

// Peek skips white space and returns the next byte, 0 at the end.
func (s *Scanner) Peek() byte {
	for ; s.i < len(s.b); s.i++ {
		if c := s.b[s.i]; c != ' ' && c != '\n' && c != '\t' && c != '\r' {
			return c
		}
	}
	return 0
}

// End reports whether nothing but white space follows.
func (s *Scanner) End() bool { return s.Peek() == 0 && s.i == len(s.b) }

// Take reads c, if that is the next byte after white space.
func (s *Scanner) Take(c byte) bool {
	if s.Peek() != c {
		return false
	}
	s.i++
	return true
}

// Value reads any value and returns its bytes, without white space around them. It
// returns nil if there is no value, or one that is nested deeper than MaxDepth.
func (s *Scanner) Value() []byte {
	s.Peek()
	start := s.i
	if !s.value() {
		return nil
	}
	return s.b[start:s.i]
}

func (s *Scanner) value() bool {
	switch c := s.Peek(); {
	case c == '"':
		return s.str()
	case c == '-' || c >= '0' && c <= '9':
		return s.number()
	case s.depth >= MaxDepth:
		return false
	case c == '[':
		return s.list(']')
	case c == '{':
		return s.list('}')
	default:
		return s.word("null") || s.word("true") || s.word("false")
	}
}

// list reads the rest of an array or an object, the opening bracket included.
func (s *Scanner) list(closing byte) bool {
	s.i++
	if s.Take(closing) {
		return true
	}
	s.depth++
	for closing == ']' || s.name() {
		if !s.value() {
			return false
		}
		if s.Take(closing) {
			s.depth--
			return true
		}
		if !s.Take(',') {
			return false
		}
	}
	return false
}

// name reads the name of a member and its colon.
func (s *Scanner) name() bool { return s.Peek() == '"' && s.str() && s.Take(':') }

// Members reads an object. It calls member with each name, as Unquote returns
// it; member must read the value.
func (s *Scanner) Members(member func(name []byte) bool) bool {
	if s.depth >= MaxDepth || !s.Take('{') {
		return false
	}
	if s.Take('}') {
		return true
	}
	s.depth++
	for s.Peek() == '"' {
		start, flaws := s.i, s.Flaws
		s.Flaws = 0
		if !s.str() {
			return false
		}
		name := s.b[start+1 : s.i-1]
		if s.Flaws&Escaped != 0 {
			name = appendUnquoted(nil, name)
		}
		s.Flaws |= flaws
		if !s.Take(':') || !member(name) {
			return false
		}
		if s.Take('}') {
			s.depth--
			return true
		}
		if !s.Take(',') {
			return false
		}
	}
	return false
}

// Array reads an array. It calls element at the beginning of each element, which
// element must read.
func (s *Scanner) Array(element func() bool) bool {
	if s.depth >= MaxDepth || !s.Take('[') {
		return false
	}
	if s.Take(']') {
		return true
	}
	s.depth++
	for element() {
		if s.Take(']') {
			s.depth--
			return true
		}
		if !s.Take(',') {
			return false
		}
	}
	return false
}

// Elements yields the elements of an array that a Scanner has read before.
func Elements(array []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		s := Scanner{b: array, i: 1}
		for c := s.Peek(); c != ']' && c != 0; c = s.Peek() {
			if !yield(s.Value()) {
				return
			}
			s.Take(',')
		}
	}
}

func (s *Scanner) word(w string) bool {
	if len(s.b)-s.i < len(w) || string(s.b[s.i:s.i+len(w)]) != w {
		return false
	}
	s.i += len(w)
	return true
}
