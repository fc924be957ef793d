package boltlog

import (
	"errors"
	"time"

	"parodywave/eventlog"
)

// ErrLocked: another process has the file open, and it or this one for writing.
var ErrLocked = errors.New("log is in use by another process")

// Options for Open. The zero value opens for reading and writing.
type Options struct {
	// Packer packs the records of blocks and unpacks them. Without it blocks are
	// larger, and blocks that a Packer has made cannot be read.
	Packer eventlog.Packer

	// ReadOnly opens an existing file under a shared lock and never writes.
	// Several readers may have the file open at once, but not beside a writer.
	ReadOnly bool

	// Timeout is how long to wait for another process's lock. Zero is one try.
	Timeout time.Duration

	// OnFatal is called once, in its own goroutine, when a commit has failed and
	// nobody knows what is on disk. The program must exit.
	OnFatal func(error)

	// OnSeal, if not nil, is called after each sealing, in a goroutine of the log,
	// with the records and bytes of the new block or the error. A failed sealing
	// does no harm and is retried.
	OnSeal func(records uint64, bytes int, err error)

	// Visit, if not nil, is called by Verify and VerifyFile with each record that they
	// read, in log order, after the checks of that record. Its Proof is set; in a stream
	// with damage before it, Proof.Chain is not proved. The record is valid until Visit
	// returns; its bytes may be kept.
	Visit func(*eventlog.Record)

	// NoSeal turns off all sealing except by Seal.
	NoSeal bool

	// NoSync omits fdatasync. This breaks the promise of Append: for tests only.
	NoSync bool

	sealAt  sealSizes // instead of usualSizes, in tests
	noMarks bool      // marks are not checked, in tests
	noChain bool      // of a damaged value all is believed that can be decoded, in tests
}
