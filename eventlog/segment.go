package eventlog

import (
	"context"
	"iter"
)

// A Segment is consecutive records of one stream, in columns: so a log may keep
// what is old, and so it can be folded faster than record by record. Either
// Records is set, for records that are not kept so, or all the rest below it.
type Segment struct {
	Stream Stream
	First  Revision // of the segment's first record
	Skip   int      // so many of the first records were not asked for

	Records []Record

	Times   []int64  // Unix milliseconds, one a record
	Origins []Origin // in order; their N add up to len(Times)
	Packer  byte     // ID of the Packer that made Columns
	// Columns are the bodies. They must not be changed.
	Columns [][]byte
}

// Len returns how many records the segment has, skipped ones included.
func (s *Segment) Len() int { return max(len(s.Times), len(s.Records)) }

// Last returns the revision of the segment's last record.
func (s *Segment) Last() Revision { return s.First + Revision(s.Len()) - 1 }

// An Origin says what N consecutive records of a segment have in common. Seq is
// that of the first; each next one has one more, or 0 where Seq is 0.
type Origin struct {
	N      int
	Author AuthorID
	Client ClientID
	Seq    uint64
	Kind   string
	Schema uint32
}

// A Segmenter is a log that gives its records in segments. Its segments are good
// until the next one is asked for.
type Segmenter interface {
	// Segments yields the records of stream after a revision, in order. It is
	// Read in another form: the same records, the same end, the same errors.
	Segments(ctx context.Context, stream Stream, after Revision) iter.Seq2[Segment, error]

	// AllSegments yields all records of all streams. Those of one stream come in
	// order; how the streams alternate is not said.
	AllSegments(ctx context.Context) iter.Seq2[Segment, error]
}

// A Packer packs the bodies of records, shape and text, into columns, each of
// which is then compressed by itself. Its methods may be called concurrently.
type Packer interface {
	// ID is stored with what was packed, and says for ever how it is read. It is
	// not 0.
	ID() byte

	// Columns returns how many columns there are; it never changes.
	Columns() int

	// Pack appends the bodies of records, consecutive ones of one stream, to
	// columns. What Unpack would not give back byte for byte it must keep as it
	// is, in a column of its own choice.
	Pack(columns [][]byte, records []Record)

	// Unpack sets the Shape and Text of records whose other fields are set, from
	// columns that Pack made of as many. Errors wrap ErrDamaged; no column may
	// make it allocate more than some multiple of its size.
	Unpack(columns [][]byte, records []Record) error
}
