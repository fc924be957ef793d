package migrations

import "fmt"

// A step converts shape and text of one schema to the next.
type step func(shape, text []byte) (newShape, newText []byte, err error)

// ledger lists, for each kind, the steps from schema 1 upwards: with n steps
// the current schema is n+1. All other kinds are unknown. After a nil step, a record
// of the earlier schema stays as it is: the later one only adds to what it can say, and
// both are written.
var ledger = map[string][]step{
	// threads
	"opened":    {},
	"changed":   {nil}, // schema 2 states origins
	"submitted": {},
	"renamed":   {},
	"version":   {},
	"redacted":  {},
	"imported":  {},
	// authors
	"named": {},
	// connections
	"connected":    {},
	"joined":       {},
	"left":         {},
	"disconnected": {},
	"started":      {},
	"pruned":       {},
}

// Current returns the current schema of a kind, 0 for an unknown kind.
func Current(kind string) uint32 {
	steps, ok := ledger[kind]
	if !ok {
		return 0
	}
	return uint32(len(steps) + 1)
}

// Upcast converts shape and text of a kind from a schema to the current one, and
// returns them unchanged if schema is current or only nil steps follow. A kind or schema of a newer release is
// an error.
func Upcast(kind string, schema uint32, shape, text []byte) (newShape, newText []byte, err error) {
	steps, ok := ledger[kind]
	if !ok {
		return nil, nil, fmt.Errorf("kind %q is unknown to this release: use a newer parodywave", kind)
	}
	if schema == 0 || schema > uint32(len(steps)+1) {
		return nil, nil, fmt.Errorf("kind %q has schema %d, and this release reads up to %d: use a newer parodywave", kind, schema, len(steps)+1)
	}
	for i, up := range steps[schema-1:] {
		if up == nil {
			continue
		}
		if shape, text, err = up(shape, text); err != nil {
			return nil, nil, fmt.Errorf("kind %q: upcast from schema %d: %w", kind, schema+uint32(i), err)
		}
	}
	return shape, text, nil
}
