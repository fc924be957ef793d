package pack

import (
	"crypto/sha256"
	"math"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
)

const (
	blockFormat = 0x02

	// MaxBlockRecords is the maximum number of records in a block.
	MaxBlockRecords = 1 << 18

	// MaxBlockParts is the maximum number of streams in a block.
	MaxBlockParts = math.MaxUint16

	// MaxBlockBytes is the maximum number of bytes of shapes and texts in a block.
	MaxBlockBytes = 32 << 20
)

// IsBlock reports whether value is a block, by its first byte. If not, it is for a
// Decoder.
func IsBlock(value []byte) bool { return len(value) > 0 && value[0] == blockFormat }

// A BlockDecoder opens one block at a time and reuses its memory. It is not safe for
// concurrent use.
type BlockDecoder struct {
	Packer eventlog.Packer // of the bodies; those of another Packer are refused

	names Decoder
	block Block
}

// A Block is an opened block: its checksum is verified and its directory read. It
// shares memory with its value, and is valid until its BlockDecoder opens the next
// one. It is not safe for concurrent use. All errors of its methods wrap
// eventlog.ErrDamaged.
type Block struct {
	First eventlog.Position
	Count uint64 // positions, holes included
	Parts []Part
	Log   chain.Digest // L after the last record

	decoder *BlockDecoder
	base    int64
	packer  byte
	records int
	authors column
	kinds   column
	orders  [orderColumns]column
	columns []column // of the sections
	section []section
	from    []int // records in the parts before, by part, and in all

	tabled      bool // the tables are read
	authorTable []eventlog.AuthorID
	kindTable   []kind
	laidOut
	loaded
}

// Last returns the position of the block's last record.
func (b *Block) Last() eventlog.Position { return b.First + eventlog.Position(b.Count) - 1 }

// Bodies returns the number of bytes of the packed shapes and texts before
// compression.
func (b *Block) Bodies() int {
	n := 0
	for i := range b.section {
		s := &b.section[i]
		for _, c := range b.columns[s.columns+bodyColumns : s.stop] {
			n += c.size
		}
	}
	return n
}

// Index returns the index of a stream in Parts, or -1.
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

// Open checks a block's checksum and reads its directory. The block shares memory with
// value, which must not be changed while the block is in use. The error wraps
// eventlog.ErrDamaged.
func (d *BlockDecoder) Open(value []byte) (*Block, error) { return d.open(value, true) }

// OpenUnchecked is Open for a block whose checksum does not match: whatever it and
// the block's methods return may be wrong, unless a chain value proves it.
func (d *BlockDecoder) OpenUnchecked(value []byte) (*Block, error) { return d.open(value, false) }

func (d *BlockDecoder) open(value []byte, check bool) (*Block, error) {
	if len(value) <= tail || value[0] != blockFormat {
		return nil, damaged("block of %d bytes and another format than %d", len(value), blockFormat)
	}
	body := value[:len(value)-sha256.Size]
	if check && sha256.Sum256(body) != [sha256.Size]byte(value[len(body):]) {
		return nil, damaged("block of %d bytes: checksum does not match", len(value))
	}
	b := &d.block
	b.decoder, b.tabled, b.timed, b.placed, b.at = d, false, false, false, -1
	b.Log = chain.Digest(body[len(body)-len(b.Log):])
	c := cursor{b: body[1 : len(body)-len(b.Log)]}
	if err := b.head(&c); err != nil {
		return nil, err
	}
	return b, nil
}

func (b *Block) head(c *cursor) error {
	b.Count, b.First, b.base = c.uvarint(), eventlog.Position(c.uvarint()), c.zigzag()
	b.packer = c.byte()
	records, parts := c.uvarint(), c.length(sha256.Size)
	if c.bad || b.Count == 0 || b.First == 0 || b.Count > math.MaxInt64 || b.First > math.MaxInt64 ||
		records > min(b.Count, MaxBlockRecords) || uint64(parts) > min(records, MaxBlockParts) {
		return damaged("block of %d records of %d streams in %d positions from %d", records, parts, b.Count, b.First)
	}
	b.records = int(records)
	left := maxRaw
	names, numbers := c.column(&left), c.column(&left)
	chains := c.take(uint64(parts) * sha256.Size)
	b.authors, b.kinds = c.column(&left), c.column(&left)
	for i := range b.orders {
		b.orders[i] = c.column(&left)
	}
	if c.bad {
		return damaged("block from position %d: head: %v", b.First, errShort)
	}
	if err := b.sections(c, &left, parts); err != nil {
		return err
	}
	return b.directory(&names, &numbers, chains, parts)
}

// directory reads Parts and b.from.
func (b *Block) directory(names, numbers *column, chains []byte, parts int) error {
	d := b.decoder
	rawNames, err := names.raw(&b.buffers[0])
	if err != nil {
		return err
	}
	rawNumbers, err := numbers.raw(&b.buffers[1])
	if err != nil {
		return err
	}
	n, v := cursor{b: rawNames}, cursor{b: rawNumbers}
	b.Parts, b.from = sized(b.Parts, parts), sized(b.from, parts+1)
	total := 0
	for i := range b.Parts {
		p := &b.Parts[i]
		p.Stream = eventlog.Stream(d.names.name(n.take(uint64(n.byte()))))
		p.First, p.Count, p.Time = eventlog.Revision(v.uvarint()), v.uvarint(), b.base+v.zigzag()
		p.Chain = chain.Digest(chains[i*sha256.Size:])
		if n.bad || v.bad || len(p.Stream) == 0 || p.First == 0 || p.First > math.MaxInt64 ||
			p.Count == 0 || p.Count > uint64(b.records-total) {
			return damaged("block from position %d: directory entry %d of %q: %d records from revision %d",
				b.First, i, p.Stream, p.Count, p.First)
		}
		b.from[i] = total
		total += int(p.Count)
	}
	b.from[parts] = total
	if total != b.records || len(n.b)+len(v.b) > 0 {
		return damaged("block from position %d: directory of %d records, not of %d", b.First, total, b.records)
	}
	return nil
}
