package ndjson

import (
	"bytes"
	"encoding/json"
	"errors"
	"unicode/utf8"

	"parodywave/eventlog/strictjson"
)

// maxDepth bounds the nesting of a shape: none needs more.
const maxDepth = 16

// isShape reports whether raw is a value that a shape may consist of: integers
// from 0 to 2^53-1, strings, words and arrays.
func isShape(raw []byte) bool {
	s := strictjson.New(raw)
	return readShape(&s, maxDepth) && s.End() && s.Flaws&strictjson.Lone == 0
}

func readShape(s *strictjson.Scanner, depth int) bool {
	switch c := s.Peek(); {
	case depth == 0 || c == '{' || c == '-':
		return false
	case c == '[':
		return s.Array(func() bool { return readShape(s, depth-1) })
	case c >= '0' && c <= '9':
		_, ok := s.Uint()
		return ok
	}
	return s.Value() != nil
}

// compact returns a value without the white space in it. Strings stay as they
// are spelled.
func compact(raw []byte) []byte {
	var out bytes.Buffer
	if json.Compact(&out, raw) != nil {
		return nil
	}
	return out.Bytes()
}

// compactJSON returns an error unless a reader of the export would get shape
// back byte by byte.
func compactJSON(shape []byte) error {
	if !utf8.Valid(shape) || !isShape(shape) || len(compact(shape)) != len(shape) {
		return errors.New("shape is not JSON without white space")
	}
	return nil
}
