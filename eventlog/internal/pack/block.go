package pack

import (
	"iter"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
)

const blockFormat = 0x02

// IsBlock reports whether value is a block, as its first byte says; else it is
// for a Decoder of groups.
func IsBlock(value []byte) bool { return len(value) > 0 && value[0] == blockFormat }

// A Block is an opened block: its checksum was right and its directory is read.
// It keeps the value that it was opened from, and is good until its BlockDecoder
// opens the next one; it may not be used by two goroutines at once. All errors
// of its methods wrap eventlog.ErrDamaged.
type Block struct {
	First eventlog.Position
	Count uint64 // positions, holes included
	Parts []Part
	Log   chain.Digest // L after the last record

	group blockGroup
}

// Last returns the position of the block's last record.
func (b *Block) Last() eventlog.Position { return b.First + eventlog.Position(b.Count) - 1 }

// Index returns which of Parts is a stream's, or -1.
func (b *Block) Index(stream eventlog.Stream) int {
	for i := range b.Parts {
		if b.Parts[i].Stream == stream {
			return i
		}
	}
	return -1
}

// Part returns the directory entry of a stream, or nil.
func (b *Block) Part(stream eventlog.Stream) *Part {
	if i := b.Index(stream); i >= 0 {
		return &b.Parts[i]
	}
	return nil
}

// Segment reads all that the block has of one part into s, without making
// records where the bodies were packed, and without touching the bodies of
// streams that lie elsewhere in the block. Skip is 0. What s holds is good until
// the next Segment of this block, except Records, which are as Records gives them.
func (b *Block) Segment(part int, s *eventlog.Segment) error {
	p := &b.Parts[part]
	records, err := b.Records(part, nil)
	*s = eventlog.Segment{Stream: p.Stream, First: p.First, Records: records}
	return err
}

// Records appends the records of one part to dst, with their positions. A Proof
// is set where a record is redacted (Commitment). Their bytes are the caller's.
func (b *Block) Records(part int, dst []eventlog.Record) ([]eventlog.Record, error) {
	return b.group.records(b.Parts[part].Stream, dst)
}

// All yields all records in log order, as Records gives them; holes are passed
// over. An error is the last thing yielded, with a nil record. The record is
// good until the next one, its bytes are the caller's.
func (b *Block) All() iter.Seq2[*eventlog.Record, error] {
	return func(yield func(*eventlog.Record, error) bool) {
		records, err := b.group.records("", nil)
		for i := range records {
			if !yield(&records[i], nil) {
				return
			}
		}
		if err != nil {
			yield(nil, err)
		}
	}
}
