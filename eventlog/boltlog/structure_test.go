package boltlog

import (
	"errors"
	"io/fs"
	"testing"

	"parodywave/eventlog"
)

// TestStructureOfAFileThatCannotBeOpenedIsNotDamaged: CheckStructure finds nothing in
// a log that is whole, and calls no file damaged that it could not read.
func TestStructureOfAFileThatCannotBeOpenedIsNotDamaged(t *testing.T) {
	path := newPath(t)
	if err := CheckStructure(path); !errors.Is(err, fs.ErrNotExist) || errors.Is(err, eventlog.ErrDamaged) {
		t.Errorf("a file that does not exist: %v", err)
	}
	l := open(t, path, Options{NoSync: true})
	appendN(t, l, "s", 50)
	l.Close()
	if err := CheckStructure(path); err != nil {
		t.Errorf("a log that is whole: %v", err)
	}
}
