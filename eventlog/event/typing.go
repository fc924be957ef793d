package event

import (
	"encoding/binary"

	"parodywave/eventlog/ot"
)

// maxTyped is how many bytes of text, lengths included, typed reads.
const maxTyped = 64

// typed reads the shape and text of a change as nearly all are: one section
// that is not a keep, of little text in ASCII. It reports whether it could;
// everything else, and all that is wrong, is for ot.FromShape, which is an
// order of magnitude slower.
func typed(shape, text []byte) (ot.Change, bool) {
	var buf [maxTyped]uint16
	s := digits{in: shape}
	if len(text) > maxTyped || !s.take('[') {
		return ot.Change{}, false
	}
	before, after := 0, 0
	if !s.take('[') {
		if before = s.positive(); !s.take(',') || !s.take('[') {
			return ot.Change{}, false
		}
	}
	old := s.number()
	insert, parts := buf[:0], 0
	for s.take(',') {
		n := s.number()
		if len(text) < 4+n || int(binary.BigEndian.Uint32(text)) != n {
			return ot.Change{}, false
		}
		if parts++; parts > 1 {
			insert = append(insert, '\n')
		}
		for _, c := range text[4 : 4+n] {
			if c < ' ' || c > '~' {
				return ot.Change{}, false
			}
			insert = append(insert, uint16(c))
		}
		text = text[4+n:]
	}
	s.bad = s.bad || !s.take(']')
	if s.take(',') {
		after = s.positive()
	}
	if s.bad || !s.take(']') || len(s.in) > 0 || len(text) > 0 || (len(insert) == 0) != (parts == 0) || old+parts == 0 {
		return ot.Change{}, false
	}
	return ot.Replace(before+old+after, before, before+old, insert), true
}

// digits reads numbers of up to eight digits and what stands between them, and
// remembers that something was not as it should be.
type digits struct {
	in  []byte
	bad bool
}

func (s *digits) take(c byte) bool {
	if len(s.in) == 0 || s.in[0] != c {
		return false
	}
	s.in = s.in[1:]
	return true
}

func (s *digits) number() int {
	n, i := 0, 0
	for i < len(s.in) && s.in[i]-'0' < 10 {
		n = n*10 + int(s.in[i]-'0')
		if i++; i > 8 {
			break
		}
	}
	if i == 0 || i > 8 || i > 1 && s.in[0] == '0' {
		s.bad = true
		return 0
	}
	s.in = s.in[i:]
	return n
}

func (s *digits) positive() int {
	n := s.number()
	s.bad = s.bad || n == 0
	return n
}
