package eventlog

import (
	"errors"
	"fmt"
)

// Errors that callers match with errors.Is.
var (
	// ErrConflict: the stream's head is not where the append expected it.
	ErrConflict = errors.New("stream is not at the expected revision")

	// ErrInvalid: a record that no log keeps.
	ErrInvalid = errors.New("record is not valid")

	// ErrUnavailable: nothing was appended and nothing lost; try again later.
	ErrUnavailable = errors.New("log cannot take appends now")

	// ErrUnknown: an append may or may not have happened. The caller drops
	// what it knows of the stream and reads it again.
	ErrUnknown = errors.New("outcome of append is not known")

	// ErrClosed: the log was closed.
	ErrClosed = errors.New("log is closed")

	// ErrNotFound: no such stream or revision.
	ErrNotFound = errors.New("not in the log")

	// ErrDamaged: stored bytes are not what was written.
	ErrDamaged = errors.New("log is damaged")
)

// A ConflictError tells where the stream really ends. It matches ErrConflict.
type ConflictError struct {
	Stream         Stream
	Expected, Head Revision
}

func (e *ConflictError) Error() string {
	return fmt.Sprintf("append to %s at revision %d: head is %d: %v", e.Stream, e.Expected, e.Head, ErrConflict)
}

// Unwrap returns ErrConflict.
func (e *ConflictError) Unwrap() error { return ErrConflict }

// A FormatError says that a file was written by another release.
type FormatError struct {
	Path       string
	Have, Want uint32
}

func (e *FormatError) Error() string {
	if e.Have > e.Want {
		return fmt.Sprintf("%s has log format %d and this program reads up to %d: use a newer parodywave", e.Path, e.Have, e.Want)
	}
	return fmt.Sprintf("%s has log format %d and this program needs %d: run parodywave migrate", e.Path, e.Have, e.Want)
}

// Check returns an error that wraps ErrInvalid when r cannot follow prev in a
// stream. Every log calls it before it appends.
func (r *Record) Check(stream Stream, prev Head) error {
	switch {
	case len(stream) == 0 || len(stream) > MaxStreamBytes:
		return fmt.Errorf("append: stream name of %d bytes, 1 to %d allowed: %w", len(stream), MaxStreamBytes, ErrInvalid)
	case len(r.Kind) == 0 || len(r.Kind) > 32:
		return fmt.Errorf("append to %s: kind of %d bytes, 1 to 32 allowed: %w", stream, len(r.Kind), ErrInvalid)
	case r.Time < prev.Time:
		return fmt.Errorf("append to %s: time %d is before its predecessor's %d: %w", stream, r.Time, prev.Time, ErrInvalid)
	case r.Proof != nil && r.Proof.Redacted && len(r.Text) == 0:
		return fmt.Errorf("append to %s: redacted record without text: %w", stream, ErrInvalid)
	}
	return nil
}
