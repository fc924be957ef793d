package wire

import "parodywave/eventlog/strictjson"

// A fieldName is a field of a message of the protocol. Decode ignores all others.
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
	fieldClaims
	fieldLines
	fieldRanges
	fieldVersion
	fieldOn
	fieldCount
)

var fieldNames = [fieldCount]string{
	"type", "user", "title", "id", "mode", "client", "since", "chain",
	"value", "line", "rev", "seq", "changes", "claims", "lines", "ranges", "name", "on",
}

// String returns the field's name in JSON.
func (f fieldName) String() string { return fieldNames[f] }

// fieldCalled is the inverse of String. It returns fieldCount for any other name; case
// matters.
func fieldCalled(name []byte) fieldName {
	for f, s := range fieldNames {
		if string(name) == s {
			return fieldName(f)
		}
	}
	return fieldCount
}

// A field is the JSON of one field of a frame.
type field struct {
	raw   []byte           // nil: missing
	flaws strictjson.Flaws // of the strings in it
	twice bool
}

// fields are the fields of one frame, by name.
type fields [fieldCount]field

// read splits a frame, which must be valid UTF-8, into its fields.
func (fs *fields) read(frame []byte) *Error {
	s := strictjson.New(frame)
	object := s.Peek() == '{'
	ok := object && s.Members(func(name []byte) bool {
		s.Flaws = 0
		raw := s.Value()
		if f := fieldCalled(name); f < fieldCount {
			fs[f] = field{raw, s.Flaws, fs[f].raw != nil}
		}
		return raw != nil
	}) || !object && s.Value() != nil
	if !ok || !s.End() {
		return Errorf(BadJSON, "frame is not JSON at byte %d: send one JSON object", s.Offset())
	}
	if !object {
		return Errorf(BadMessage, "frame is not a JSON object: send one with a type")
	}
	return nil
}
