package eventlog

import (
	"context"
	"iter"
)

// A Segment is consecutive records of one stream, in columns: a log may store old
// records so, and they can be folded faster than one by one. Either Records is set,
// for records that are not stored in columns, or all fields below it.
type Segment struct {
	Stream Stream
	First  Revision // of the segment's first record
	Skip   int      // number of records at the beginning that were not requested

	Records []Record

	Times   []int64  // Unix milliseconds, one per record
	Origins []Origin // in order; the sum of their N is len(Times)
	Packer  byte     // ID of the Packer that made Columns
	// Columns are the packed bodies. They must not be changed.
	Columns [][]byte
}

// Len returns how many records the segment has, skipped ones included.
func (s *Segment) Len() int { return max(len(s.Times), len(s.Records)) }

// Last returns the revision of the segment's last record.
func (s *Segment) Last() Revision { return s.First + Revision(s.Len()) - 1 }

// An Origin is what N consecutive records of a segment have in common. Seq belongs to
// the first record; each following one has one more, or 0 if Seq is 0.
type Origin struct {
	N      int
	Author AuthorID
	Client ClientID
	Seq    uint64
	Kind   string
	Schema uint32
}

// A Segmenter is a log that can be read in segments. A segment is valid until the
// next one is yielded.
type Segmenter interface {
	// Segments is Read in another form: the same records, the same end, the same
	// errors.
	Segments(ctx context.Context, stream Stream, after Revision) iter.Seq2[Segment, error]

	// AllSegments yields all records of all streams. The records of one stream
	// come in order; the order of the streams is not specified.
	AllSegments(ctx context.Context) iter.Seq2[Segment, error]
}

// A Packer packs the bodies of records, shape and text, into columns, which the log
// compresses one by one. Its methods may be called concurrently.
type Packer interface {
	// ID is stored with the columns and identifies their format permanently. It is
	// not 0.
	ID() byte

	// Columns returns how many columns there are; it never changes.
	Columns() int

	// Pack appends the bodies of consecutive records of one stream to columns. A
	// body that Unpack would not restore byte for byte it must store unchanged, in
	// a column of its choice.
	Pack(columns [][]byte, records []Record)

	// Unpack sets Shape and Text of records whose other fields are set, from
	// columns that Pack made from the same number of records. Errors wrap
	// ErrDamaged; it must not allocate more than some multiple of the columns.
	Unpack(columns [][]byte, records []Record) error
}
