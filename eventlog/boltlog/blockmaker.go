package boltlog

import (
	"bytes"
	"fmt"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
	"parodywave/eventlog/internal/pack"
)

// A blockMaker makes one block of consecutive extents, and proves it.
type blockMaker struct {
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

func (m *blockMaker) reset(p eventlog.Packer) {
	clear(m.records) // their bytes are not kept alive
	m.first, m.count, m.bytes = 0, 0, 0
	m.records, m.parts = m.records[:0], m.parts[:0]
	if m.index == nil {
		m.index = map[eventlog.Stream]int{}
	}
	clear(m.index)
	m.sealer.Packer, m.proof.Packer = p, p
}

// takes tells whether a block can hold an extent's records, too, and those of so
// many streams.
func (m *blockMaker) takes(e *extent) bool {
	records, streams := uint64(len(m.records)), len(m.parts)
	for i := range e.Parts {
		p := &e.Parts[i]
		if records += p.Count; records > pack.MaxBlockRecords {
			return false
		}
		if _, ok := m.index[p.Stream]; !ok {
			streams++
		}
	}
	return streams <= pack.MaxBlockParts
}

// add appends an extent, whose records it keeps, except for those that gone (if
// not nil) says are to be holes.
func (m *blockMaker) add(e *extent, gone func(*eventlog.Record) bool) error {
	if m.count == 0 {
		m.first = e.First
	}
	if e.First != m.first+eventlog.Position(m.count) {
		return damaged("position %d follows position %d", e.First, m.first+eventlog.Position(m.count)-1)
	}
	for r, err := range e.all() {
		if err != nil {
			return err
		}
		if gone != nil && gone(r) {
			continue
		}
		i, ok := m.index[r.Stream]
		if !ok {
			i = len(m.parts)
			m.index[r.Stream] = i
			m.parts = append(m.parts, pack.Part{Stream: r.Stream, First: r.Revision})
		}
		p := &m.parts[i]
		if r.Revision != p.First+eventlog.Revision(p.Count) {
			return damaged("position %d: revision %d of %s after %d", r.Position, r.Revision, r.Stream, p.Last())
		}
		p.Count, p.Time = p.Count+1, r.Time
		m.bytes += len(r.Shape) + len(r.Text)
		m.records = append(m.records, *r)
	}
	for i := range e.Parts {
		if j, ok := m.index[e.Parts[i].Stream]; ok {
			m.parts[j].Chain = e.Parts[i].Chain
		}
	}
	m.count, m.log = m.count+e.Count, e.Log
	return nil
}

// last returns the position of the block's last record.
func (m *blockMaker) last() eventlog.Position { return m.first + eventlog.Position(m.count) - 1 }

// seal returns the block. It was opened again, and gave back every byte.
func (m *blockMaker) seal() ([]byte, error) {
	value, err := m.pack()
	if err != nil && m.sealer.Packer != nil { // the packer's fault: keep the bodies as they are
		m.sealer.Packer = nil
		value, err = m.pack()
	}
	if err == nil && len(value) > maxValueBytes {
		err = fmt.Errorf("seal: block of %d bytes", len(value))
	}
	return value, err
}

func (m *blockMaker) pack() ([]byte, error) {
	value, err := m.sealer.Seal(m.first, m.records, m.count, m.parts, m.log)
	if err != nil {
		return nil, err
	}
	return value, m.prove(value)
}

// prove compares a block with what it was made of.
func (m *blockMaker) prove(value []byte) error {
	b, err := m.proof.Open(value)
	if err != nil {
		return fmt.Errorf("seal: %w", err)
	}
	if b.First != m.first || b.Count != m.count || b.Log != m.log || len(b.Parts) != len(m.parts) {
		return damaged("seal: block says %d positions from %d, made of %d from %d", b.Count, b.First, m.count, m.first)
	}
	for i := range m.parts {
		if b.Parts[i] != m.parts[i] {
			return damaged("seal: block says %+v, made of %+v", b.Parts[i], m.parts[i])
		}
	}
	i := 0
	for r, err := range b.All() {
		if err != nil {
			return fmt.Errorf("seal: %w", err)
		}
		if i == len(m.records) || !equal(r, &m.records[i]) {
			return damaged("seal: block does not give back position %d", r.Position)
		}
		i++
	}
	if i < len(m.records) {
		return damaged("seal: block gives back %d records of %d", i, len(m.records))
	}
	return nil
}

// equal compares all that is stored of a record.
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
