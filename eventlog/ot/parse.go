package ot

import (
	"fmt"
	"slices"
)

// Parse reads a change from JSON (see the package comment). It accepts white space
// between the parts, and joins neighbours of one kind: the result is in shortest
// form. Everything else that AppendJSON would not write is an error that wraps
// ErrBadChange and names the byte: sections that do nothing; numbers that are
// negative, fractional, have an exponent or a leading zero, or add up to more than
// MaxLen; lines that contain a line break, U+0000, a lone surrogate or invalid UTF-8;
// anything after the end. CodeMirror itself accepts some of these, and the replicas
// would then have different texts.
//
// The caller must check whether the change fits the text: its Len, and CutsPair.
func Parse(data []byte) (Change, error) {
	s := scanner{data: data}
	return s.change()
}

// A scanner reads one change, as JSON or as a shape with its lines.
type scanner struct {
	data     []byte
	pos      int
	shaped   bool     // data is a shape
	lines    []string // of a shape: the lines not used yet
	old, new int64    // lengths so far, within MaxLen
}

func (s *scanner) change() (Change, error) {
	// Most changes fit; the result is cloned to its size.
	sections, text := make([]section, 0, 8), make([]uint16, 0, 32)
	err := s.list("change", func() (err error) {
		sections, text, err = s.section(sections, text)
		return err
	})
	if err == nil {
		if s.space(); s.pos < len(s.data) {
			err = s.errorf(s.pos, "more follows the end")
		}
	}
	if err != nil {
		return Change{}, err
	}
	return Change{sections: slices.Clone(sections), text: slices.Clone(text), oldLen: int32(s.old), newLen: int32(s.new)}, nil
}

// section reads a keep, a deletion or a replacement.
func (s *scanner) section(sections []section, text []uint16) ([]section, []uint16, error) {
	start := s.pos
	if s.peek() != '[' {
		n, err := s.count("section")
		if err == nil && n == 0 {
			err = s.errorf(start, "keeps nothing")
		}
		if err == nil {
			err = s.grow(start, int64(n), int64(n))
		}
		return add(sections, n, keep), text, err
	}
	var old int32
	parts, before := 0, len(text)
	err := s.list("section", func() (err error) {
		if parts++; parts == 1 {
			old, err = s.count("section")
			return err
		}
		if parts > 2 {
			text = append(text, lineBreak)
		}
		text, err = s.line(text)
		return err
	})
	ins := len(text) - before
	switch {
	case err != nil:
	case parts == 0:
		err = s.errorf(start, "empty section")
	case old == 0 && parts == 1:
		err = s.errorf(start, "deletes nothing")
	case ins == 0 && parts > 1:
		err = s.errorf(start, "inserts nothing")
	default:
		err = s.grow(start, int64(old), int64(ins))
	}
	if err != nil {
		return sections, text, err
	}
	return add(sections, old, int32(ins)), text, nil
}

// list reads an array, calling item at the start of every element.
func (s *scanner) list(what string, item func() error) error {
	s.space()
	if s.peek() != '[' {
		return s.errorf(s.pos, "%s is not an array", what)
	}
	s.pos++
	if s.space(); s.peek() == ']' {
		s.pos++
		return nil
	}
	for {
		s.space()
		if err := item(); err != nil {
			return err
		}
		s.space()
		switch s.peek() {
		case ',':
			s.pos++
		case ']':
			s.pos++
			return nil
		default:
			return s.errorf(s.pos, "neither , nor ] follows in a %s", what)
		}
	}
}

// count reads a number from 0 to MaxLen.
func (s *scanner) count(what string) (int32, error) {
	start, n := s.pos, int64(0)
	for ; isDigit(s.peek()); s.pos++ {
		if n = n*10 + int64(s.data[s.pos]-'0'); n > MaxLen {
			return 0, s.errorf(start, "number is over %d", MaxLen)
		}
	}
	switch {
	case s.pos == start:
		return 0, s.errorf(start, "%s has something other than a count here", what)
	case s.data[start] == '0' && s.pos > start+1:
		return 0, s.errorf(start, "number has a leading zero")
	case s.peek() == '.' || s.peek()|0x20 == 'e':
		return 0, s.errorf(start, "number is not written as an integer")
	}
	return int32(n), nil
}

// grow adds a section to both lengths.
func (s *scanner) grow(start int, old, new int64) error {
	s.old += old
	s.new += new
	if s.old > MaxLen || s.new > MaxLen {
		return s.errorf(start, "text is over %d units", MaxLen)
	}
	return nil
}

func (s *scanner) space() {
	for s.pos < len(s.data) {
		switch s.data[s.pos] {
		case ' ', '\t', '\n', '\r':
			s.pos++
		default:
			return
		}
	}
}

// peek returns the next byte, or 0 at the end.
func (s *scanner) peek() byte {
	if s.pos < len(s.data) {
		return s.data[s.pos]
	}
	return 0
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func (s *scanner) errorf(at int, format string, args ...any) error {
	return fmt.Errorf("%w: byte %d: %s", ErrBadChange, at, fmt.Sprintf(format, args...))
}
