package event

import (
	"bytes"
	"errors"
	"fmt"

	"parodywave/eventlog/chain"
	"parodywave/eventlog/strictjson"

	"github.com/oklog/ulid/v2"
)

// A shapeReader reads a shape, which has exactly one spelling, part by part, and
// remembers the first error.
type shapeReader struct {
	in  []byte
	err error
	sep bool // a comma must precede the next element
}

func (s *shapeReader) fail(format string, args ...any) {
	if s.err == nil {
		s.err = fmt.Errorf(format, args...)
	}
}

func (s *shapeReader) lit(want string) *shapeReader {
	if s.err != nil {
		return s
	}
	if !bytes.HasPrefix(s.in, []byte(want)) {
		s.fail("%q is expected before %.20q", want, s.in)
		return s
	}
	s.in = s.in[len(want):]
	return s
}

// end reports whether a list ends here. It reads the end, or the comma before a
// further element.
func (s *shapeReader) end(closing string) bool {
	if s.err != nil {
		return true
	}
	if bytes.HasPrefix(s.in, []byte(closing)) {
		s.in, s.sep = s.in[len(closing):], false
		return true
	}
	if s.sep {
		s.lit(",")
	}
	s.sep = true
	return s.err != nil
}

// num reads an integer from 0 to 2^53-1 without sign or leading zero.
func (s *shapeReader) num() uint64 {
	if s.err != nil {
		return 0
	}
	n, rest, ok := strictjson.CutUint(s.in)
	if !ok {
		s.fail("a number up to 2^53-1 is expected before %.20q", s.in)
		return 0
	}
	s.in = rest
	return n
}

// word reads a quoted word of letters, digits, dots, dashes and underscores.
func (s *shapeReader) word() string {
	s.lit(`"`)
	i := bytes.IndexByte(s.in, '"')
	if s.err != nil || i < 0 {
		s.fail("a word has no end")
		return ""
	}
	w := string(s.in[:i])
	if !IsWord(w) {
		s.fail("not a word: %.20q", w)
	}
	s.in = s.in[i+1:]
	return w
}

// IsWord reports whether w may be in a shape: 1 to 64 ASCII letters, digits, dots,
// dashes and underscores.
func IsWord(w string) bool {
	for _, c := range []byte(w) {
		ok := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.' || c == '-' || c == '_'
		if !ok {
			return false
		}
	}
	return len(w) >= 1 && len(w) <= 64
}

func (s *shapeReader) digest() chain.Digest {
	w := s.word()
	d, err := chain.ParseDigest(w)
	if err == nil && d.String() != w {
		err = errors.New("digest is not in lower case")
	}
	if err != nil && s.err == nil {
		s.err = err
	}
	return d
}

func (s *shapeReader) place() Place {
	w := s.word()
	run, err := ulid.ParseStrict(w)
	if err != nil {
		s.fail("run: %v", err)
	} else if run.String() != w {
		s.fail("run %s is not in upper case", w)
	}
	return Place{Run: run, Node: s.lit(",").word()}
}
