package event

import (
	"encoding/binary"
	"unicode/utf16"
	"unicode/utf8"
)

// maxTyped bounds the text, in bytes with lengths, that typed reads: with
// numbers of eight digits, no length can then be over ot.MaxLen.
const maxTyped = 1 << 20

// A replacement is a change of one section that is not a keep.
type replacement struct {
	before, old, after int // units kept, replaced, kept
	insert             []uint16
}

// typed reads the shape and text of a change as nearly all are: one section
// that is not a keep. The insertion is appended to buf. It reports whether it
// could; everything else, and all that is wrong, is for ot.FromShape, which is
// an order of magnitude slower and says what is wrong.
func typed(shape, text []byte, buf []uint16) (r replacement, ok bool) {
	s := digits{in: shape}
	if len(text) > maxTyped || !s.take('[') {
		return r, false
	}
	if !s.take('[') {
		if r.before = s.positive(); !s.take(',') || !s.take('[') {
			return r, false
		}
	}
	r.old = s.number()
	r.insert = buf
	lines := 0
	for s.take(',') {
		if lines++; lines > 1 {
			r.insert = append(r.insert, '\n')
		}
		n := s.number()
		if len(text) < 4 {
			return r, false
		}
		size := uint64(binary.BigEndian.Uint32(text))
		if text = text[4:]; size > uint64(len(text)) {
			return r, false
		}
		was := len(r.insert)
		if r.insert, ok = appendLine(r.insert, text[:size]); !ok || len(r.insert)-was != n {
			return r, false
		}
		text = text[size:]
	}
	if !s.take(']') {
		return r, false
	}
	if s.take(',') {
		r.after = s.positive()
	}
	wrong := s.bad || !s.take(']') || s.at < len(s.in) || len(text) > 0
	nothing := len(r.insert) == len(buf) && (lines > 0 || r.old == 0)
	return r, !wrong && !nothing
}

// appendLine appends UTF-8 to dst as UTF-16, and reports whether it is one line
// of valid text.
func appendLine(dst []uint16, line []byte) ([]uint16, bool) {
	for i := 0; i < len(line); {
		c := line[i]
		if c >= utf8.RuneSelf {
			r, n := utf8.DecodeRune(line[i:])
			if r == utf8.RuneError && n == 1 {
				return dst, false
			}
			dst = utf16.AppendRune(dst, r)
			i += n
			continue
		}
		if c == '\n' || c == '\r' || c == 0 {
			return dst, false
		}
		dst = append(dst, uint16(c))
		i++
	}
	return dst, true
}

// digits reads numbers of up to eight digits and what stands between them, and
// remembers that something was not as it should be.
type digits struct {
	in  []byte
	at  int
	bad bool
}

func (s *digits) take(c byte) bool {
	if s.at < len(s.in) && s.in[s.at] == c {
		s.at++
		return true
	}
	return false
}

func (s *digits) number() int {
	n, i := 0, s.at
	for i < len(s.in) && s.in[i]-'0' < 10 {
		n = n*10 + int(s.in[i]-'0')
		i++
	}
	size := i - s.at
	if size == 0 || size > 8 || size > 1 && s.in[s.at] == '0' {
		s.bad = true
		n = 0
	}
	s.at = i
	return n
}

func (s *digits) positive() int {
	n := s.number()
	s.bad = s.bad || n == 0
	return n
}
