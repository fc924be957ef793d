package pack

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
)

const (
	format = 0x01

	sameStream = 0x01
	sameOrigin = 0x02
	nextSeq    = 0x04
	hasText    = 0x08
	redacted   = 0x10
	hasSalt    = 0x20
	hole       = 0x80

	tail = 2 * sha256.Size // L and the checksum
)

// A Part is a directory entry: the records of one stream in a group or block.
type Part struct {
	Stream eventlog.Stream
	First  eventlog.Revision // of the first record
	Count  uint64
	Time   int64        // of the last record, Unix milliseconds
	Chain  chain.Digest // C after the last record
}

// Last returns the revision of the part's last record.
func (p *Part) Last() eventlog.Revision { return p.First + eventlog.Revision(p.Count) - 1 }

type kind struct {
	name   string
	schema uint32
}

// An origin is what consecutive records often have in common, as indexes into the
// tables.
type origin struct{ author, client, kind int }

// A Builder builds one group at a time and reuses its memory. The zero value is ready
// for Reset. It is not safe for concurrent use.
type Builder struct {
	first eventlog.Position
	count uint64
	base  int64
	parts []Part

	streams map[eventlog.Stream]int
	authors table[eventlog.AuthorID]
	clients table[eventlog.ClientID]
	kinds   table[kind]
	seqs    []uint64 // by client

	stream  int // of the previous record, -1 before the first
	origin  origin
	time    int64
	holes   uint64 // not yet written
	records []byte
	out     []byte
}

type table[T comparable] struct {
	index map[T]int
	list  []T
}

func (t *table[T]) reset() {
	if t.index == nil {
		t.index = map[T]int{}
	}
	clear(t.index)
	t.list = t.list[:0]
}

func (t *table[T]) put(v T) int {
	i, ok := t.index[v]
	if !ok {
		i = len(t.list)
		t.index[v], t.list = i, append(t.list, v)
	}
	return i
}

// Reset begins a group whose first record has the given position.
func (b *Builder) Reset(first eventlog.Position) {
	b.first, b.count, b.base, b.holes = first, 0, 0, 0
	b.parts, b.seqs, b.records = b.parts[:0], b.seqs[:0], b.records[:0]
	if b.streams == nil {
		b.streams = map[eventlog.Stream]int{}
	}
	clear(b.streams)
	b.authors.reset()
	b.clients.reset()
	b.kinds.reset()
	b.stream, b.origin, b.time = -1, origin{-1, -1, -1}, 0
}

// Count returns the number of positions so far.
func (b *Builder) Count() uint64 { return b.count }

// Size returns roughly the number of bytes so far.
func (b *Builder) Size() int { return len(b.records) }

// Parts returns the directory so far, valid until Reset.
func (b *Builder) Parts() []Part { return b.parts }

// Holes adds n removed records.
func (b *Builder) Holes(n uint64) {
	b.holes += n
	b.count += n
}

// Add appends a record, whose Stream and Revision must be set; c is C after it. Of a
// Proof it writes the Commitment if Redacted, and the Salt if salt is true. It panics
// if the revision does not follow the stream's previous one in this group.
func (b *Builder) Add(r *eventlog.Record, c chain.Digest, salt bool) {
	b.flushHoles()
	if b.stream < 0 {
		b.base, b.time = r.Time, r.Time
	}
	b.count++
	at := len(b.records)
	b.records = append(b.records, 0)
	var flags byte
	if s := b.part(r); s == b.stream {
		flags |= sameStream
	} else {
		b.stream = s
		b.records = binary.AppendUvarint(b.records, uint64(s))
	}
	p := &b.parts[b.stream]
	p.Count, p.Time, p.Chain = p.Count+1, r.Time, c

	m := origin{b.authors.put(r.Author), b.clients.put(r.Client), b.kinds.put(kind{r.Kind, r.Schema})}
	if m == b.origin {
		flags |= sameOrigin
	} else {
		b.origin = m
		b.records = binary.AppendUvarint(b.records, uint64(m.author))
		b.records = binary.AppendUvarint(b.records, uint64(m.client))
		b.records = binary.AppendUvarint(b.records, uint64(m.kind))
	}
	b.records = binary.AppendVarint(b.records, r.Time-b.time)
	b.time = r.Time
	flags |= b.seq(m.client, r.Seq) | b.body(r, salt)
	b.records[at] = flags
}

// part returns the directory index of r's stream.
func (b *Builder) part(r *eventlog.Record) int {
	s, ok := b.streams[r.Stream]
	if !ok {
		s = len(b.parts)
		b.streams[r.Stream], b.parts = s, append(b.parts, Part{Stream: r.Stream, First: r.Revision})
	}
	if p := &b.parts[s]; r.Revision != p.First+eventlog.Revision(p.Count) {
		panic(fmt.Sprintf("pack: revision %d of %s after %d", r.Revision, r.Stream, p.Last()))
	}
	return s
}

func (b *Builder) seq(client int, seq uint64) byte {
	if client == len(b.seqs) {
		b.seqs = append(b.seqs, 0)
	}
	last := b.seqs[client]
	b.seqs[client] = seq
	if seq == last+1 {
		return nextSeq
	}
	b.records = binary.AppendVarint(b.records, int64(seq-last))
	return 0
}

func (b *Builder) body(r *eventlog.Record, salt bool) (flags byte) {
	b.records = binary.AppendUvarint(b.records, uint64(len(r.Shape)))
	b.records = append(b.records, r.Shape...)
	if len(r.Text) > 0 {
		flags |= hasText
		b.records = binary.AppendUvarint(b.records, uint64(len(r.Text)))
		b.records = append(b.records, r.Text...)
	}
	if r.Proof != nil && r.Proof.Redacted {
		flags |= redacted
		b.records = append(b.records, r.Proof.Commitment[:]...)
	}
	if r.Proof != nil && salt {
		flags |= hasSalt
		b.records = append(b.records, r.Proof.Salt[:]...)
	}
	return flags
}

func (b *Builder) flushHoles() {
	if b.holes > 0 {
		b.records = append(b.records, hole)
		b.records = binary.AppendUvarint(b.records, b.holes)
		b.holes = 0
	}
}

// Encode returns the group; l is L after its last record. The bytes are the caller's.
// The directory stays valid until Reset.
func (b *Builder) Encode(l chain.Digest) []byte {
	b.flushHoles()
	o := append(b.out[:0], format)
	o = binary.AppendUvarint(o, b.count)
	o = binary.AppendUvarint(o, uint64(b.first))
	o = binary.AppendVarint(o, b.base)
	o = binary.AppendUvarint(o, uint64(len(b.parts)))
	for i := range b.parts {
		p := &b.parts[i]
		o = append(o, byte(len(p.Stream)))
		o = append(o, p.Stream...)
		o = binary.AppendUvarint(o, uint64(p.First))
		o = binary.AppendUvarint(o, p.Count)
		o = binary.AppendVarint(o, p.Time-b.base)
		o = append(o, p.Chain[:]...)
	}
	o = binary.AppendUvarint(o, uint64(len(b.authors.list)))
	for _, a := range b.authors.list {
		o = append(o, a[:]...)
	}
	o = binary.AppendUvarint(o, uint64(len(b.clients.list)))
	for _, c := range b.clients.list {
		o = append(o, c[:]...)
	}
	o = binary.AppendUvarint(o, uint64(len(b.kinds.list)))
	for _, k := range b.kinds.list {
		o = append(o, byte(len(k.name)))
		o = append(o, k.name...)
		o = binary.AppendUvarint(o, uint64(k.schema))
	}
	b.out = o
	value := make([]byte, 0, len(o)+len(b.records)+tail)
	value = append(append(value, o...), b.records...)
	value = append(value, l[:]...)
	sum := sha256.Sum256(value)
	return append(value, sum[:]...)
}
