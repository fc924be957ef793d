package pack

import (
	"crypto/sha256"
	"encoding/binary"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
)

// The columns of a section before its bodies.
const (
	originColumn = iota
	clientColumn
	redactedColumn
	extentColumn
	bodyColumns
)

// A section is consecutive parts whose records are stored together.
type section struct {
	first, end int // of the parts
	packer     byte
	columns    int // index of its first column
	stop       int
}

// sections reads the sections of a number of parts.
func (b *Block) sections(c *cursor, left *int, parts int) error {
	b.section, b.columns = b.section[:0], b.columns[:0]
	for part := 0; part < parts; {
		s := section{first: part, columns: len(b.columns)}
		n := c.uvarint()
		s.packer = c.byte()
		columns := bodyColumns + int(c.byte())
		if c.bad || n == 0 || n > uint64(parts-part) || s.packer != 0 && s.packer != b.packer {
			return damaged("block from position %d: section %d of %d streams, packed in form %d", b.First, len(b.section), n, s.packer)
		}
		part += int(n)
		for range columns {
			b.columns = append(b.columns, c.column(left))
		}
		s.end, s.stop = part, len(b.columns)
		b.section = append(b.section, s)
	}
	if c.bad || len(c.b) > 0 {
		return damaged("block from position %d: %d bytes behind its sections", b.First, len(c.b))
	}
	return nil
}

// loaded is the last decompressed section.
type loaded struct {
	at      int // index of the section, or -1
	buffers [bodyColumns][]byte
	bodies  [][]byte // memory of the bodies' columns
	raw     [][]byte // the bodies' columns
	view    [][]byte // one part's share of them
	extents []int    // by part, the bytes of each column in all earlier parts; then in all
	origins []eventlog.Origin
	made    []int // by part, the origins of all earlier parts; then of all
	clients []eventlog.ClientID
	seqs    []uint64
	table   []origin
	proofs  map[int]chain.Digest // commitments of redacted records, by record of the section
}

// packerOf returns the Packer of a section's bodies.
func (b *Block) packerOf(s *section) (eventlog.Packer, error) {
	p := b.decoder.Packer
	if s.packer == 0 {
		p = plain{}
	}
	if p == nil || p.ID() != s.packer || p.Columns() != s.stop-s.columns-bodyColumns {
		return nil, damaged("block from position %d: bodies packed in form %d and %d columns, which is not known",
			b.First, s.packer, s.stop-s.columns-bodyColumns)
	}
	return p, nil
}

// load decompresses the section of a part, and returns it with its Packer.
func (b *Block) load(part int) (*section, eventlog.Packer, error) {
	i := b.at
	if i < 0 || part < b.section[i].first || part >= b.section[i].end {
		for i = 0; part >= b.section[i].end; i++ {
		}
	}
	s := &b.section[i]
	p, err := b.packerOf(s)
	if err != nil || b.at == i {
		return s, p, err
	}
	b.at = -1
	columns := b.columns[s.columns:s.stop]
	var head [bodyColumns][]byte
	for i := range head {
		if head[i], err = columns[i].raw(&b.buffers[i]); err != nil {
			return s, p, err
		}
	}
	columns = columns[bodyColumns:]
	if d := len(columns) - len(b.bodies); d > 0 {
		b.bodies = append(b.bodies, make([][]byte, d)...)
	}
	b.raw = sized(b.raw, len(columns))
	for i := range columns {
		if b.raw[i], err = columns[i].raw(&b.bodies[i]); err != nil {
			return s, p, err
		}
	}
	if err = b.readExtents(s, head[extentColumn]); err == nil {
		err = b.readOrigins(s, head[originColumn], head[clientColumn])
	}
	if err == nil {
		err = b.readProofs(s, head[redactedColumn])
	}
	if err == nil {
		b.at = i
	}
	return s, p, err
}

// readExtents reads each part's share of the body columns.
func (b *Block) readExtents(s *section, raw []byte) error {
	columns := len(b.raw)
	b.extents = sized(b.extents, (s.end-s.first+1)*columns)
	c := cursor{b: raw}
	for part := 1; part <= s.end-s.first; part++ {
		for i := range columns {
			at, whole := b.extents[(part-1)*columns+i], len(b.raw[i])
			n := uint64(whole - at)
			if part < s.end-s.first {
				n = c.uvarint()
			}
			if c.bad || n > uint64(whole-at) {
				return damaged("block from position %d: column %d of %s ends too early", b.First, i, b.Parts[s.first+part-1].Stream)
			}
			b.extents[part*columns+i] = at + int(n)
		}
	}
	if len(c.b) > 0 {
		return damaged("block from position %d: %d bytes of extents left over", b.First, len(c.b))
	}
	return nil
}

// part returns the body columns of one part of the loaded section.
func (b *Block) part(s *section, part int) [][]byte {
	columns := len(b.raw)
	b.view = sized(b.view, columns)
	at := (part - s.first) * columns
	for i := range columns {
		b.view[i] = b.raw[i][b.extents[at+i]:b.extents[at+columns+i]]
	}
	return b.view
}

// readProofs reads the column redacted.
func (b *Block) readProofs(s *section, raw []byte) error {
	clear(b.proofs)
	c := cursor{b: raw}
	at := uint64(0)
	for len(c.b) > 0 {
		at += c.uvarint()
		d := c.take(sha256.Size)
		if c.bad || at >= uint64(b.from[s.end]-b.from[s.first]) {
			return damaged("block from position %d: redacted record %d", b.First, at)
		}
		if b.proofs == nil {
			b.proofs = map[int]chain.Digest{}
		}
		b.proofs[int(at)] = chain.Digest(d)
		at++
	}
	return nil
}

// appendProof appends a redacted record to the column redacted, skip records after the
// previous redacted one.
func appendProof(dst []byte, skip int, commitment chain.Digest) []byte {
	return append(binary.AppendUvarint(dst, uint64(skip)), commitment[:]...)
}
