package boltlog

import (
	"bytes"
	"fmt"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
	"parodywave/eventlog/internal/pack"
)

// A blockBuilder makes one block from consecutive extents, and verifies it.
type blockBuilder struct {
	first   eventlog.Position
	count   uint64
	bytes   int // of shapes and texts
	log     chain.Digest
	records []eventlog.Record
	parts   []pack.Part
	index   map[eventlog.Stream]int

	sealer pack.Sealer
	proof  pack.BlockDecoder
}

func (b *blockBuilder) reset(p eventlog.Packer) {
	clear(b.records) // release their bytes
	b.first, b.count, b.bytes = 0, 0, 0
	b.records, b.parts = b.records[:0], b.parts[:0]
	if b.index == nil {
		b.index = map[eventlog.Stream]int{}
	}
	clear(b.index)
	b.sealer.Packer, b.proof.Packer = p, p
}

// fits reports whether the block has room for an extent's records and streams.
func (b *blockBuilder) fits(e *extent) bool {
	records, streams := uint64(len(b.records)), len(b.parts)
	for i := range e.Parts {
		p := &e.Parts[i]
		if records += p.Count; records > pack.MaxBlockRecords {
			return false
		}
		if _, ok := b.index[p.Stream]; !ok {
			streams++
		}
	}
	return streams <= pack.MaxBlockParts
}

// add appends an extent and keeps its records. Records for which gone, if not nil,
// returns true become holes.
func (b *blockBuilder) add(e *extent, gone func(*eventlog.Record) bool) error {
	if b.count == 0 {
		b.first = e.First
	}
	if e.First != b.first+eventlog.Position(b.count) {
		return damaged("position %d follows position %d", e.First, b.first+eventlog.Position(b.count)-1)
	}
	for r, err := range e.all() {
		if err != nil {
			return err
		}
		if gone != nil && gone(r) {
			continue
		}
		i, ok := b.index[r.Stream]
		if !ok {
			i = len(b.parts)
			b.index[r.Stream] = i
			b.parts = append(b.parts, pack.Part{Stream: r.Stream, First: r.Revision})
		}
		p := &b.parts[i]
		if r.Revision != p.First+eventlog.Revision(p.Count) {
			return damaged("position %d: revision %d of %s after %d", r.Position, r.Revision, r.Stream, p.Last())
		}
		p.Count, p.Time = p.Count+1, r.Time
		b.bytes += len(r.Shape) + len(r.Text)
		b.records = append(b.records, *r)
	}
	for i := range e.Parts {
		if j, ok := b.index[e.Parts[i].Stream]; ok {
			b.parts[j].Chain = e.Parts[i].Chain
		}
	}
	b.count, b.log = b.count+e.Count, e.Log
	return nil
}

// last returns the position of the block's last record.
func (b *blockBuilder) last() eventlog.Position { return b.first + eventlog.Position(b.count) - 1 }

// seal returns the block, having opened it again and compared every byte.
func (b *blockBuilder) seal() ([]byte, error) {
	value, err := b.pack()
	if err != nil && b.sealer.Packer != nil { // the packer may be wrong: store the bodies unpacked
		b.sealer.Packer = nil
		value, err = b.pack()
	}
	if err == nil && len(value) > maxValueBytes {
		err = fmt.Errorf("seal: block of %d bytes", len(value))
	}
	return value, err
}

func (b *blockBuilder) pack() ([]byte, error) {
	value, err := b.sealer.Seal(b.first, b.records, b.count, b.parts, b.log)
	if err != nil {
		return nil, err
	}
	return value, b.prove(value)
}

// prove compares a block with its records.
func (b *blockBuilder) prove(value []byte) error {
	block, err := b.proof.Open(value)
	if err != nil {
		return fmt.Errorf("seal: %w", err)
	}
	if block.First != b.first || block.Count != b.count || block.Log != b.log || len(block.Parts) != len(b.parts) {
		return damaged("seal: block says %d positions from %d, made of %d from %d", block.Count, block.First, b.count, b.first)
	}
	for i := range b.parts {
		if block.Parts[i] != b.parts[i] {
			return damaged("seal: block says %+v, made of %+v", block.Parts[i], b.parts[i])
		}
	}
	i := 0
	for r, err := range block.All() {
		if err != nil {
			return fmt.Errorf("seal: %w", err)
		}
		if i == len(b.records) || !equal(r, &b.records[i]) {
			return damaged("seal: block has another record at position %d", r.Position)
		}
		i++
	}
	if i < len(b.records) {
		return damaged("seal: block has %d records of %d", i, len(b.records))
	}
	return nil
}

// equal compares all stored fields of two records.
func equal(a, b *eventlog.Record) bool {
	var p, q eventlog.Proof
	if a.Proof != nil {
		p = *a.Proof
	}
	if b.Proof != nil {
		q = *b.Proof
	}
	return a.Stream == b.Stream && a.Revision == b.Revision && a.Position == b.Position && a.Time == b.Time &&
		a.Author == b.Author && a.Client == b.Client && a.Seq == b.Seq && a.Kind == b.Kind && a.Schema == b.Schema &&
		bytes.Equal(a.Shape, b.Shape) && bytes.Equal(a.Text, b.Text) && p == q
}
