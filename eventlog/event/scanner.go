package event

import (
	"bytes"
	"errors"
	"fmt"

	"parodywave/eventlog/chain"

	"github.com/oklog/ulid/v2"
)

// A scanner reads a shape in its one shortest form and remembers the first
// thing that is not as it should be.
type scanner struct {
	in  []byte
	err error
	sep bool // end has said no: the next element has a comma before it
}

func (s *scanner) fail(format string, args ...any) {
	if s.err == nil {
		s.err = fmt.Errorf(format, args...)
	}
}

func (s *scanner) lit(want string) *scanner {
	if s.err != nil {
		return s
	}
	if !bytes.HasPrefix(s.in, []byte(want)) {
		s.fail("%q expected before %.20q", want, s.in)
		return s
	}
	s.in = s.in[len(want):]
	return s
}

// end reports whether a list ends here, and takes the end or the comma that
// must stand before a further element.
func (s *scanner) end(closing string) bool {
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
func (s *scanner) num() uint64 {
	if s.err != nil {
		return 0
	}
	n, i := uint64(0), 0
	for i < len(s.in) && s.in[i] >= '0' && s.in[i] <= '9' {
		n = n*10 + uint64(s.in[i]-'0')
		if i++; n > 1<<53-1 {
			s.fail("number is larger than 2^53-1")
			return 0
		}
	}
	if i == 0 || (i > 1 && s.in[0] == '0') {
		s.fail("number expected before %.20q", s.in)
		return 0
	}
	s.in = s.in[i:]
	return n
}

// word reads a quoted word of letters, digits, dots, dashes and underscores.
func (s *scanner) word() string {
	s.lit(`"`)
	i := bytes.IndexByte(s.in, '"')
	if s.err != nil || i < 0 {
		s.fail("word is not closed")
		return ""
	}
	w := string(s.in[:i])
	if !IsWord(w) {
		s.fail("word %.20q", w)
	}
	s.in = s.in[i+1:]
	return w
}

// IsWord reports whether w may stand in a shape: 1 to 64 letters (ASCII),
// digits, dots, dashes and underscores.
func IsWord(w string) bool {
	for _, c := range []byte(w) {
		ok := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.' || c == '-' || c == '_'
		if !ok {
			return false
		}
	}
	return len(w) >= 1 && len(w) <= 64
}

func (s *scanner) digest() chain.Digest {
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

func (s *scanner) place() Place {
	w := s.word()
	run, err := ulid.ParseStrict(w)
	if err != nil {
		s.fail("run: %v", err)
	} else if run.String() != w {
		s.fail("run %s is not in upper case", w)
	}
	return Place{Run: run, Node: s.lit(",").word()}
}
