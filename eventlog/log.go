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
	// durable. The records get the revisions expected+1, expected+2, …; it
	// ignores their Stream, Revision and Position.
	//
	// The error must wrap
	//   ErrConflict     if the head is not at expected,
	//   ErrInvalid      if a record is not acceptable (no kind, a name too long,
	//                   a time before its predecessor's),
	//   ErrUnavailable  if the log cannot accept appends now,
	//   ErrClosed       after Close,
	//   ErrUnknown      if the records may or may not have been appended.
	// In all but the last case it must have appended nothing. A cancelled ctx may
	// make the outcome unknown. An Append of no records checks expected and
	// returns the head.
	Append(ctx context.Context, stream Stream, expected Revision, records ...Record) (Head, error)

	// Read yields the records of stream after a revision, in order, up to the
	// head at some moment after the call. The records and their bytes belong to
	// the caller. A stream that does not exist yields nothing. An error comes
	// last. A slow consumer must not delay appends.
	Read(ctx context.Context, stream Stream, after Revision) iter.Seq2[Record, error]

	// Head returns the head of stream. If there is no such stream, the revision
	// is 0 and the error nil.
	Head(ctx context.Context, stream Stream) (Head, error)

	// Streams returns the heads of all streams in the order in which the
	// streams began.
	Streams(ctx context.Context) ([]Head, error)

	// Close waits for running appends and releases the log. Later calls return
	// ErrClosed.
	Close() error
}

// A Scanner is a log that can be read across streams.
type Scanner interface {
	// Scan is Read for the whole log: it yields all records after a position, in
	// log order.
	Scan(ctx context.Context, after Position) iter.Seq2[Record, error]
}

// A Prover is a log that can prove that its records are those that were appended.
type Prover interface {
	// Prove is Read with each record's Proof set. It must recompute the chain
	// from the stored records, and yield an error that wraps ErrDamaged if a
	// stored chain value differs.
	Prove(ctx context.Context, stream Stream, after Revision) iter.Seq2[Record, error]

	// ChainAt returns C of a revision of stream, which may be 0. Above the head
	// the error must wrap ErrNotFound.
	ChainAt(ctx context.Context, stream Stream, at Revision) (chain.Digest, error)
}

// An AuditLog is what the program needs of a log.
type AuditLog interface {
	Log
	Scanner
	Prover
}

// A Damages is a log with some damaged streams. Reading such a stream, and
// appending to it, returns its *DamageError; Streams and the methods that read the whole
// log leave it out.
type Damages interface {
	// Damaged returns the first damage of each such stream, in log order. An element
	// without a stream is damage that cost no stream anything.
	Damaged() []DamageError

	// Intact is Read for the records of such a stream that lie before its damage.
	// Their checksums are right; the chain may not prove them.
	Intact(ctx context.Context, stream Stream) iter.Seq2[Record, error]
}

// A Store is a log with what not every log can do. Whoever wraps the log keeps
// the rest by leaving it in the Store.
type Store struct {
	AuditLog
	Segments Segmenter // the log in segments; nil: it has only records

	// Prune deletes the connection records through a revision and appends record
	// in the same transaction; nil: the log cannot.
	Prune func(ctx context.Context, through Revision, record Record) error
	// Damages has the streams that cannot be read; nil: there are none.
	Damages Damages
	// CopyTo writes a copy of the file while the log is in use; nil: the log is
	// not a file.
	CopyTo func(w io.Writer) error
}
