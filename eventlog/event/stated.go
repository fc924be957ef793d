package event

import (
	"errors"
	"fmt"
	"math"
	"strconv"

	"parodywave/eventlog"
	"parodywave/eventlog/ot"
)

// An Origin says who first inserted the next Units of a change's inserted text. A
// Revision of 0 means that the change itself did; Author is then 0.
type Origin struct {
	Units    int // UTF-16 units; a line break is one
	Revision eventlog.Revision
	Author   int // the author's number, from 0, in order of first record in the stream
}

// A StatedLine says which line a piece of the text after the change is, and what its
// row of blame says.
type StatedLine struct {
	Piece     int               // index in the text after, from 0
	Born      eventlog.Revision // the line's identity: the record
	Ordinal   int               // and the ordinal within it
	Revision  eventlog.Revision // the row, and the three below
	Author    int               // as in Origin
	Time      int64             // Unix milliseconds
	Submitted bool
}

// JoinOrigins returns the one form of a list of origins: neighbours that name the same
// are one, origins of no units and a last run of new units are left out. It may reuse
// the memory of list.
func JoinOrigins(list []Origin) []Origin {
	out := list[:0]
	for _, o := range list {
		if n := len(out); n > 0 && out[n-1].Revision == o.Revision && out[n-1].Author == o.Author {
			out[n-1].Units += o.Units
		} else if o.Units != 0 {
			out = append(out, o)
		}
	}
	if n := len(out); n > 0 && out[n-1].Revision == 0 {
		out = out[:n-1]
	}
	return out
}

// Valid returns an error unless the statements of f are in their one form and fit its
// inserted text. It cannot know the stream: the thread that folds f checks that the
// revisions are below f's own, the authors and the touched pieces.
func (f Changed) Valid() error {
	left := f.Change.Inserted()
	for i, o := range f.Origins {
		switch {
		case o.Units <= 0 || o.Units > left:
			return fmt.Errorf("an origin of %d units, and %d inserted units are left", o.Units, left)
		case o.Author < 0 || o.Revision == 0 && o.Author != 0:
			return fmt.Errorf("an origin of revision %d by author %d", o.Revision, o.Author)
		case i > 0 && o.Revision == f.Origins[i-1].Revision && o.Author == f.Origins[i-1].Author:
			return errors.New("two neighbouring origins are the same")
		case i == len(f.Origins)-1 && o.Revision == 0:
			return errors.New("the last origin is new text")
		}
		left -= o.Units
	}
	piece := -1
	for _, l := range f.Lines {
		if l.Piece <= piece || l.Born == 0 || l.Revision == 0 || l.Ordinal < 0 || l.Author < 0 || l.Time < 0 {
			return fmt.Errorf("line %d after line %d is stated as %d.%d, revision %d", l.Piece, piece, l.Born, l.Ordinal, l.Revision)
		}
		piece = l.Piece
	}
	if f.cutsPair() {
		return errors.New("an origin ends between the halves of a surrogate pair")
	}
	return nil
}

// cutsPair reports whether an origin ends inside a surrogate pair.
func (f Changed) cutsPair() bool {
	if len(f.Origins) == 0 {
		return false
	}
	end, origins := f.Origins[0].Units, f.Origins[1:]
	for ed := range f.Change.Edits() {
		insert := ed.Insert
		for ; end <= len(insert); origins = origins[1:] {
			if !ot.Boundary(insert, end) {
				return true
			}
			if len(origins) == 0 {
				return false
			}
			end += origins[0].Units
		}
		end -= len(insert)
	}
	return false
}

// appendStated appends the shape of schema 2.
func (f Changed) appendStated(dst []byte) []byte {
	dst = append(f.Change.AppendShape(append(dst, '[')), ",["...)
	for i, o := range f.Origins {
		dst = appendTuple(dst, i, uint64(o.Units), uint64(o.Revision), uint64(o.Author))
	}
	dst = append(dst, "],["...)
	for i, l := range f.Lines {
		submitted := uint64(0)
		if l.Submitted {
			submitted = 1
		}
		dst = appendTuple(dst, i, uint64(l.Piece), uint64(l.Born), uint64(l.Ordinal), uint64(l.Revision), uint64(l.Author), uint64(l.Time), submitted)
	}
	return append(dst, "]]"...)
}

// appendTuple appends element i of a list of arrays of numbers.
func appendTuple(dst []byte, i int, numbers ...uint64) []byte {
	if i > 0 {
		dst = append(dst, ',')
	}
	dst = append(dst, '[')
	for k, n := range numbers {
		if k > 0 {
			dst = append(dst, ',')
		}
		dst = strconv.AppendUint(dst, n, 10)
	}
	return append(dst, ']')
}

// decodeStated reads a change of schema 2. One that states nothing is schema 1.
func decodeStated(shape, text []byte) (Payload, error) {
	s := shapeReader{in: shape}
	s.lit("[")
	sections := s.sections()
	var f Changed
	for s.lit(",["); !s.end("]"); s.lit("]") {
		units, rev := s.lit("[").small(), s.lit(",").num()
		f.Origins = append(f.Origins, Origin{units, eventlog.Revision(rev), s.lit(",").small()})
	}
	for s.lit(",["); !s.end("]"); s.lit("]") {
		l := StatedLine{Piece: s.lit("[").small(), Born: eventlog.Revision(s.lit(",").num()), Ordinal: s.lit(",").small(),
			Revision: eventlog.Revision(s.lit(",").num()), Author: s.lit(",").small(), Time: int64(s.lit(",").num())}
		flag := s.lit(",").num()
		if flag > 1 {
			s.fail("a flag is %d", flag)
		}
		l.Submitted = flag == 1
		f.Lines = append(f.Lines, l)
	}
	s.lit("]")
	switch {
	case s.err == nil && len(s.in) > 0:
		s.fail("bytes after the shape")
	case s.err == nil && len(f.Origins)+len(f.Lines) == 0:
		s.fail("nothing is stated, which is schema 1")
	}
	if s.err != nil {
		return nil, fmt.Errorf("shape %.80q: %w", shape, s.err)
	}
	lines, err := Strings(text)
	if err == nil {
		f.Change, err = ot.FromShape(sections, lines)
	}
	if err == nil {
		err = f.Valid()
	}
	return f, err
}

// sections reads the sections of a change, which ot.FromShape checks.
func (s *shapeReader) sections() []byte {
	for i, depth := 0, 0; i < len(s.in) && s.err == nil; i++ {
		switch s.in[i] {
		case '[':
			depth++
		case ']':
			depth--
		}
		if depth <= 0 {
			out := s.in[:i+1]
			s.in = s.in[i+1:]
			return out
		}
	}
	s.fail("sections have no end")
	return nil
}

// small reads a number that fits into 31 bits.
func (s *shapeReader) small() int {
	n := s.num()
	if n > math.MaxInt32 {
		s.fail("%d is over %d", n, math.MaxInt32)
	}
	return int(n)
}

// States reports whether f says anything beside its change.
func (f Changed) States() bool { return len(f.Origins)+len(f.Lines) > 0 }
