package eventlog

import (
	"context"
	"io"
	"iter"

	"parodywave/eventlog/chain"
)

// A Log keeps streams of records. All methods may be called concurrently.
type Log interface {
	// Append adds records to the end of stream, all or none of them, and
	// returns the stream's new head. It must not return nil before they are
	// durable. The records get the revisions expected+1, expected+2, … ;
	// their Stream, Revision and Position are not read.
	//
	// It must return an error that wraps ErrConflict, having appended
	// nothing, when the head is not at expected; ErrInvalid, having appended
	// nothing, when a record cannot be kept (no kind, a name too long, a
	// time before its predecessor's); ErrUnavailable when it cannot take
	// appends now and is certain that nothing was appended; ErrUnknown when
	// the records may or may not be there; ErrClosed after Close. A cancelled
	// ctx may make the outcome unknown. An Append of no records checks
	// expected and returns the head.
	Append(ctx context.Context, stream Stream, expected Revision, records ...Record) (Head, error)

	// Read yields the records of stream after a revision, in order, up to
	// the head as it was at some moment after the call. The records and
	// their bytes belong to the caller. A stream that does not exist yields
	// nothing. An error is the last thing yielded. A slow consumer must not
	// hold up appends.
	Read(ctx context.Context, stream Stream, after Revision) iter.Seq2[Record, error]

	// Head returns where stream ends; the revision is 0, and no error, when
	// there is no such stream.
	Head(ctx context.Context, stream Stream) (Head, error)

	// Streams returns the heads of all streams in the order in which the
	// streams began.
	Streams(ctx context.Context) ([]Head, error)

	// Close waits for appends under way and releases the log. Later calls
	// return ErrClosed.
	Close() error
}

// A Scanner is a log that can be read across its streams.
type Scanner interface {
	// Scan yields all records after a position in log order, as Read does
	// for a stream.
	Scan(ctx context.Context, after Position) iter.Seq2[Record, error]
}

// A Prover is a log that can show that its records are those it was given.
type Prover interface {
	// Prove is Read with each record's Proof set. The chain is recomputed
	// from the stored values as it goes; where a stored chain value disagrees
	// it must yield an error that wraps ErrDamaged.
	Prove(ctx context.Context, stream Stream, after Revision) iter.Seq2[Record, error]

	// ChainAt returns C of a revision of stream, which may be 0. It must
	// return an error that wraps ErrNotFound above the head.
	ChainAt(ctx context.Context, stream Stream, at Revision) (chain.Digest, error)
}

// An AuditLog is all that the program asks of a log.
type AuditLog interface {
	Log
	Scanner
	Prover
}

// A Store is a log with what not every log can do. Whoever wraps the log keeps
// the rest by leaving it in the Store.
type Store struct {
	AuditLog
	Segments Segmenter // the log in segments; nil: it has only records

	// Prune deletes the connection records through a revision and appends record
	// in the same transaction; nil: the log cannot.
	Prune func(ctx context.Context, through Revision, record Record) error
	// CopyTo writes a copy of the file while the log is in use; nil: the log is
	// not a file.
	CopyTo func(w io.Writer) error
}
