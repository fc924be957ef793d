package wire

// A fieldName is a field that some message of the protocol has. All others are
// passed over.
type fieldName uint8

const (
	fieldType fieldName = iota
	fieldUser
	fieldTitle
	fieldID
	fieldMode
	fieldClient
	fieldSince
	fieldChain
	fieldValue
	fieldLine
	fieldRev
	fieldSeq
	fieldChanges
	fieldLines
	fieldRanges
	fieldVersion
	fieldOn
	fieldCount
)

var fieldNames = [fieldCount]string{
	"type", "user", "title", "id", "mode", "client", "since", "chain",
	"value", "line", "rev", "seq", "changes", "lines", "ranges", "name", "on",
}

// String returns the name as it stands in JSON.
func (f fieldName) String() string { return fieldNames[f] }

// fieldCalled is the inverse of String; fieldCount for any other name. Case
// matters.
func fieldCalled(name []byte) fieldName {
	for f, s := range fieldNames {
		if string(name) == s {
			return fieldName(f)
		}
	}
	return fieldCount
}

// A field is the JSON of one field as it stands in the frame.
type field struct {
	raw   []byte // nil: not there
	flaws flaw   // of the strings in it
	twice bool
}

// fields are those of one frame, by name.
type fields [fieldCount]field

// read takes a frame, which must be valid UTF-8, apart.
func (fs *fields) read(frame []byte) *Error {
	s := scanner{b: frame}
	object := s.peek() == '{'
	ok := object && fs.members(&s) || !object && s.value(0)
	if !ok || s.peek() != 0 || s.i < len(frame) {
		return Errorf(BadJSON, "frame is not JSON at byte %d: send one JSON object", min(s.i, len(frame)))
	}
	if !object {
		return Errorf(BadMessage, "frame is not a JSON object: send one with a type")
	}
	return nil
}

// members passes the object that is next and notes its fields. It is
// scanner.object, with a memory.
func (fs *fields) members(s *scanner) bool {
	s.i++ // {
	if s.take('}') {
		return true
	}
	for s.peek() == '"' {
		start := s.i
		s.flaws = 0
		if !s.str() {
			return false
		}
		f := nameOf(s.b[start:s.i], s.flaws)
		if !s.take(':') {
			return false
		}
		s.peek()
		start, s.flaws = s.i, 0
		if !s.value(1) {
			return false
		}
		if f < fieldCount {
			fs[f] = field{s.b[start:s.i], s.flaws, fs[f].raw != nil}
		}
		if s.take('}') {
			return true
		}
		if !s.take(',') {
			return false
		}
	}
	return false
}

func nameOf(literal []byte, flaws flaw) fieldName {
	if flaws&flawEscape != 0 {
		return fieldCalled([]byte(unquote(literal, flaws)))
	}
	return fieldCalled(literal[1 : len(literal)-1])
}

// elements passes over the elements of an array that a scanner has passed
// before.
type elements struct{ s scanner }

func elementsOf(array []byte) elements { return elements{scanner{b: array, i: 1}} }

// next returns the JSON of the next element, nil at the end.
func (e *elements) next() []byte {
	c := e.s.peek()
	if c == ',' {
		e.s.i++
		c = e.s.peek()
	}
	if c == ']' || c == 0 {
		return nil
	}
	start := e.s.i
	e.s.value(0)
	return e.s.b[start:e.s.i]
}
