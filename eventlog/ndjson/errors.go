package ndjson

import (
	"errors"
	"fmt"

	"parodywave/eventlog"
)

// ErrRefused: the file is not an export, or does not verify.
var ErrRefused = errors.New("export does not verify")

// An Error says where and why an export does not verify. It matches ErrRefused.
type Error struct {
	Line     int               // of the file, from 1
	Revision eventlog.Revision // 0: before the first record, or unknown
	Reason   string
	Hint     string // what to do
}

func (e *Error) Error() string {
	at := fmt.Sprintf("line %d", e.Line)
	if e.Revision > 0 {
		at += fmt.Sprintf(", revision %d", e.Revision)
	}
	return fmt.Sprintf("%s: %s", at, e.Reason)
}

// Unwrap returns ErrRefused.
func (e *Error) Unwrap() error { return ErrRefused }

const (
	hintCopy    = "copy the file again from where it was exported: this copy was cut off or changed"
	hintNothing = "restore a backup of the log; the file keeps what was typed after the damage, one record a line"
	hintForged  = "do not trust this file: it was altered; export the thread again from its source"
	hintVersion = "use a newer parodywave"
	hintFormat  = "only files written by `parodywave export --format ndjson` can be read"
)

func recordError(r *eventlog.Record, err error) error {
	return fmt.Errorf("export %s revision %d: %w: %w", r.Stream, r.Revision, err, eventlog.ErrDamaged)
}
