package eventlog

import (
	"errors"
	"fmt"
	"strings"
)

// Errors that callers match with errors.Is.
var (
	// ErrConflict: the stream's head is not at the revision that the append expected.
	ErrConflict = errors.New("stream is not at the expected revision")

	// ErrInvalid: no log accepts this record.
	ErrInvalid = errors.New("record is not valid")

	// ErrUnavailable: nothing was appended and nothing lost; try again later.
	ErrUnavailable = errors.New("log cannot accept appends now")

	// ErrUnknown: an append may or may not have happened. The caller must discard
	// its state of the stream and read the stream again.
	ErrUnknown = errors.New("outcome of append is not known")

	// ErrClosed: the log was closed.
	ErrClosed = errors.New("log is closed")

	// ErrNotFound: there is no such stream or revision.
	ErrNotFound = errors.New("not in the log")

	// ErrDamaged: stored bytes are not as they were written.
	ErrDamaged = errors.New("log is damaged")
)

// A ConflictError has the stream's actual head. It matches ErrConflict.
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

// Check returns an error that wraps ErrInvalid if r cannot follow prev in a stream.
// Every log must call it before it appends.
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

// A DamageError names stored records that are not as they were written. It matches
// ErrDamaged.
type DamageError struct {
	Stream   Stream   // whose records; "" if the damage concerns no stream, or an unknown one
	Revision Revision // the first damaged one of the stream; 0 if unknown
	Position Position // in the log, near which the damage lies; 0 if unknown
	Err      error    // the kind of damage
}

func (e *DamageError) Error() string {
	var b strings.Builder
	if e.Position > 0 {
		fmt.Fprintf(&b, "position %d: ", e.Position)
	}
	if e.Stream != "" {
		b.WriteString(string(e.Stream))
		if e.Revision > 0 {
			fmt.Fprintf(&b, " revision %d", e.Revision)
		}
		b.WriteString(": ")
	}
	text := e.Err.Error()
	b.WriteString(text)
	if !strings.HasSuffix(text, ErrDamaged.Error()) {
		b.WriteString(": " + ErrDamaged.Error())
	}
	return b.String()
}

// Unwrap returns ErrDamaged and Err.
func (e *DamageError) Unwrap() []error { return []error{ErrDamaged, e.Err} }
