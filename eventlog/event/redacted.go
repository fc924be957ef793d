package event

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"parodywave/eventlog"
	"parodywave/eventlog/ot"
)

// Blank replaces each redacted UTF-16 unit.
const Blank = '\u2588'

func (f Redacted) appendShape(dst []byte) []byte {
	dst = append(dst, "[["...)
	for i, c := range f.Commitments {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = fmt.Appendf(dst, `[%d,"%s"]`, c.Revision, c.Digest)
	}
	dst = append(dst, "],["...)
	for i, r := range f.Ranges {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = fmt.Appendf(dst, `[%d,%d]`, r[0], r[1])
	}
	dst = append(dst, "],"...)
	dst = f.Change.AppendShape(dst)
	return append(dst, ']')
}

func decodeRedacted(shape, text []byte) (Payload, error) {
	texts, err := Strings(text)
	if err != nil {
		return nil, err
	}
	if len(texts) != 1 {
		return nil, fmt.Errorf("%d strings, want the reason", len(texts))
	}
	f := Redacted{Reason: texts[0]}
	s := shapeReader{in: shape}
	s.lit("[[")
	for !s.end("]") {
		r := s.lit("[").num()
		f.Commitments = append(f.Commitments, Commitment{eventlog.Revision(r), s.lit(",").digest()})
		s.lit("]")
	}
	s.lit(",[")
	for !s.end("]") {
		from, to := s.lit("[").num(), s.lit(",").num()
		f.Ranges = append(f.Ranges, [2]int{int(from), int(to)})
		s.lit("]")
	}
	s.lit(",")
	if s.err != nil || len(s.in) == 0 || s.in[len(s.in)-1] != ']' {
		return nil, fmt.Errorf("shape %.80q is not a shape of a redaction", shape)
	}
	if f.Change, err = redaction(s.in[:len(s.in)-1]); err != nil {
		return nil, err
	}
	return f, f.agree()
}

// agree returns an error unless the change replaces exactly the ranges, each
// by as many units.
func (f Redacted) agree() error {
	var written [][2]int
	for ed := range f.Change.Edits() {
		if len(ed.Insert) != ed.ToA-ed.FromA {
			return fmt.Errorf("%d units are replaced by %d", ed.ToA-ed.FromA, len(ed.Insert))
		}
		written = append(written, [2]int{ed.FromA, ed.ToA})
	}
	if !slices.Equal(written, f.Ranges) {
		return fmt.Errorf("ranges are %d, but %d are replaced", f.Ranges, written)
	}
	return nil
}

// redaction returns the change of a redaction from its sections: every inserted unit
// that is not a line break is Blank.
func redaction(sections []byte) (ot.Change, error) {
	s := shapeReader{in: sections}
	var lines []string
	left := uint64(maxBlanks)
	s.lit("[")
	for !s.end("]") {
		if !bytes.HasPrefix(s.in, []byte("[")) {
			s.num()
			continue
		}
		for s.lit("[").num(); s.err == nil && !bytes.HasPrefix(s.in, []byte("]")); {
			n := s.lit(",").num()
			if n > left {
				s.fail("more than %d redacted units", maxBlanks)
				break
			}
			left -= n
			lines = append(lines, strings.Repeat(string(Blank), int(n)))
		}
		s.lit("]")
	}
	if s.err != nil {
		return ot.Change{}, fmt.Errorf("sections %.80q: %w", sections, s.err)
	}
	return ot.FromShape(sections, lines)
}

// maxBlanks bounds the allocation, in UTF-16 units, for a hostile shape.
const maxBlanks = 1 << 24
