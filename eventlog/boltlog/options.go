package boltlog

import (
	"errors"
	"time"

	"parodywave/eventlog"
)

// ErrLocked: another process has the file open, and one of the two wants to
// write.
var ErrLocked = errors.New("log is in use by another process")

// Options for Open. The zero value opens for reading and writing.
type Options struct {
	// Packer packs what is sealed and unpacks what it has packed. Without one,
	// blocks are larger, and those that one has packed cannot be read.
	Packer eventlog.Packer

	// ReadOnly opens an existing file under a shared lock and never writes.
	// Several processes may do so at once, but not beside a writer.
	ReadOnly bool

	// Timeout is how long to wait for another process's lock. Zero is one try.
	Timeout time.Duration

	// OnFatal is called once, in a goroutine of its own, when a commit failed
	// in such a way that nobody knows what is on disk. The program must exit.
	OnFatal func(error)

	// OnSeal, if not nil, is told of each sealing, in a goroutine of the log's: how
	// many records went into a block of how many bytes, or why not. What could not be sealed
	// is tried again later, and harms nothing.
	OnSeal func(records uint64, bytes int, err error)

	// NoSeal has nothing sealed but by Seal.
	NoSeal bool

	// NoSync leaves out fdatasync. It breaks the promise of Append: for tests only.
	NoSync bool

	sealAt sealSizes // other than the usual, in tests
}
