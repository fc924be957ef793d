package boltlog

import (
	"errors"
	"time"
)

// ErrLocked: another process has the file open, and one of the two wants to
// write.
var ErrLocked = errors.New("log is in use by another process")

// Options for Open. The zero value opens for reading and writing.
type Options struct {
	// ReadOnly opens an existing file under a shared lock and never writes.
	// Several processes may do so at once, but not beside a writer.
	ReadOnly bool

	// Timeout is how long to wait for another process's lock. Zero is one try.
	Timeout time.Duration

	// OnFatal is called once, in a goroutine of its own, when a commit failed
	// in such a way that nobody knows what is on disk. The program must exit.
	OnFatal func(error)

	// NoSync leaves out fdatasync. It breaks the promise of Append: for tests only.
	NoSync bool
}
