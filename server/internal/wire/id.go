package wire

import (
	"errors"
	"fmt"

	"github.com/oklog/ulid/v2"

	"parodywave/eventlog"
)

// errZeroID refuses the id that means "none" inside the program.
var errZeroID = errors.New("id is zero")

// ParseULID reads the 26 characters of a ULID in either case. It does not
// accept the look-alikes of Crockford's base 32.
func ParseULID(s string) ([16]byte, error) {
	id, err := ulid.ParseStrict(s)
	if err != nil {
		return [16]byte{}, fmt.Errorf("id of %d bytes: %w", len(s), err)
	}
	return id, nil
}

// ParseClientID reads a client's ULID. It refuses the one of all zeros.
func ParseClientID(s string) (eventlog.ClientID, error) {
	id, err := ParseULID(s)
	if err == nil && id == [16]byte{} {
		err = errZeroID
	}
	return id, err
}

// ParseThreadID reads a thread's id and returns the name of its stream, in
// upper case. An error means that no thread can have this id: the log's other
// streams ("authors" and the like) are not ULIDs and cannot be reached.
func ParseThreadID(s string) (eventlog.Stream, error) {
	id, err := ParseULID(s)
	if err != nil {
		return "", err
	}
	return eventlog.Stream(ulid.ULID(id).String()), nil
}
