package wire

// maxDepth is how deep arrays and objects may lie in one another. A message
// needs five; the rest is room for fields that are ignored.
const maxDepth = 64

// A flaw is something a string literal holds that some fields refuse.
type flaw uint8

const (
	flawEscape flaw = 1 << iota // an escape, so that the literal needs unquoting
	flawBreak                   // a line break, \n or \r
	flawNUL                     // U+0000
	flawLone                    // half of a surrogate pair
)

// A scanner walks over JSON (RFC 8259) without building anything. It must be
// given valid UTF-8.
//
// The standard library's decoder is not used because it repairs lone
// surrogates silently, takes field names of any case, and costs two to three
// times as much on a push, the frame of which a server sees the most.
type scanner struct {
	b     []byte
	i     int
	flaws flaw // of all strings passed since it was last cleared
}

// peek returns the next byte that is no white space, 0 at the end.
func (s *scanner) peek() byte {
	for ; s.i < len(s.b); s.i++ {
		if c := s.b[s.i]; c != ' ' && c != '\n' && c != '\t' && c != '\r' {
			return c
		}
	}
	return 0
}

// take passes c if it is the next byte after white space.
func (s *scanner) take(c byte) bool {
	if s.peek() != c {
		return false
	}
	s.i++
	return true
}

// value passes one value and reports whether there was one.
func (s *scanner) value(depth int) bool {
	switch c := s.peek(); {
	case c == '"':
		return s.str()
	case c == '-' || c >= '0' && c <= '9':
		return s.number()
	case depth >= maxDepth:
		return false
	case c == '[':
		return s.array(depth + 1)
	case c == '{':
		return s.object(depth + 1)
	default:
		return s.word("null") || s.word("true") || s.word("false")
	}
}

func (s *scanner) word(w string) bool {
	if len(s.b)-s.i < len(w) || string(s.b[s.i:s.i+len(w)]) != w {
		return false
	}
	s.i += len(w)
	return true
}

func (s *scanner) array(depth int) bool {
	s.i++ // [
	if s.take(']') {
		return true
	}
	for s.value(depth) {
		if s.take(']') {
			return true
		}
		if !s.take(',') {
			return false
		}
	}
	return false
}

func (s *scanner) object(depth int) bool {
	s.i++ // {
	if s.take('}') {
		return true
	}
	for s.peek() == '"' && s.str() && s.take(':') && s.value(depth) {
		if s.take('}') {
			return true
		}
		if !s.take(',') {
			return false
		}
	}
	return false
}

func (s *scanner) number() bool {
	if s.b[s.i] == '-' {
		s.i++
	}
	if s.i < len(s.b) && s.b[s.i] == '0' {
		s.i++
	} else if !s.digits() {
		return false
	}
	if s.i < len(s.b) && s.b[s.i] == '.' {
		s.i++
		if !s.digits() {
			return false
		}
	}
	if s.i < len(s.b) && s.b[s.i]|0x20 == 'e' {
		s.i++
		if s.i < len(s.b) && (s.b[s.i] == '+' || s.b[s.i] == '-') {
			s.i++
		}
		return s.digits()
	}
	return true
}

// digits passes one digit or more.
func (s *scanner) digits() bool {
	start := s.i
	for s.i < len(s.b) && s.b[s.i] >= '0' && s.b[s.i] <= '9' {
		s.i++
	}
	return s.i > start
}
