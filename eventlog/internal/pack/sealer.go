package pack

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
)

// A Sealer makes one block at a time and reuses its memory. It is not safe for
// concurrent use.
type Sealer struct {
	Packer eventlog.Packer // of the bodies; nil: they are stored unpacked

	w        columnWriter
	order    orderWriter
	steps    stepWriter
	origins  originWriter
	authors  table[eventlog.AuthorID]
	kinds    table[kind]
	sections columnWriter
	records  []eventlog.Record // by part
	from     []int             // where each part's records begin, then their end
	columns  [][]byte
	small    []byte
	redacted []byte
}

// sectionRecords is the maximum of a section's records, unless one stream has more.
const sectionRecords = 16 << 10

// Seal returns the block of count positions from first on. The records must be in log
// order with Stream, Revision and Position set; all other positions become holes. Of
// a Proof it writes the Commitment if Redacted. The parts are the directory, in order
// of the streams' first appearance; l is L after the last record. The bytes are the
// caller's.
//
// It returns an error if records and parts do not match, or if they are too many or
// too large for one block: see MaxBlockRecords, MaxBlockParts and MaxBlockBytes. The
// caller must compare the block with the records before it removes their groups.
func (s *Sealer) Seal(first eventlog.Position, records []eventlog.Record, count uint64, parts []Part, l chain.Digest) ([]byte, error) {
	if err := s.check(first, records, count, parts); err != nil {
		return nil, err
	}
	if err := s.w.reset(); err != nil {
		return nil, err
	}
	s.sections = columnWriter{strong: s.w.strong, quick: s.w.quick, scratch: s.w.scratch, out: s.sections.out[:0]}
	s.authors.reset()
	s.kinds.reset()
	s.origins.authors, s.origins.kinds = &s.authors, &s.kinds
	for part := 0; part < len(parts); {
		end := part + 1
		for end < len(parts) && s.from[end+1]-s.from[part] <= sectionRecords {
			end++
		}
		s.section(part, end)
		part = end
	}
	s.head(first, count, records, parts)
	clear(s.records)
	if raw := s.w.raw + s.sections.raw; raw > maxRaw {
		return nil, fmt.Errorf("seal from position %d: %d bytes, over %d", first, raw, maxRaw)
	}
	value := make([]byte, 0, len(s.w.out)+len(s.sections.out)+tail)
	value = append(append(value, s.w.out...), s.sections.out...)
	value = append(value, l[:]...)
	sum := sha256.Sum256(value)
	return append(value, sum[:]...), nil
}

// check sorts the records by part, and writes their order and times.
func (s *Sealer) check(first eventlog.Position, records []eventlog.Record, count uint64, parts []Part) error {
	if len(records) > MaxBlockRecords || len(parts) > MaxBlockParts {
		return fmt.Errorf("seal from position %d: %d records of %d streams, %d of %d are allowed",
			first, len(records), len(parts), MaxBlockRecords, MaxBlockParts)
	}
	index := make(map[eventlog.Stream]int, len(parts))
	s.from = sized(s.from, len(parts)+1)
	for i := range parts {
		index[parts[i].Stream] = i
		s.from[i+1] = s.from[i] + int(min(parts[i].Count, MaxBlockRecords))
	}
	if s.from[len(parts)] != len(records) || len(index) != len(parts) {
		return fmt.Errorf("seal from position %d: %d records, directory says %d", first, len(records), s.from[len(parts)])
	}
	s.order.reset()
	s.steps.reset()
	s.records = sized(s.records, len(records))
	next := append([]int(nil), s.from...)
	at, size, now := first, 0, int64(0)
	for i := range records {
		r := &records[i]
		p, ok := index[r.Stream]
		if !ok || r.Position < at || next[p] == s.from[p+1] || r.Revision != parts[p].First+eventlog.Revision(next[p]-s.from[p]) {
			return fmt.Errorf("seal: revision %d of %s at position %d does not follow", r.Revision, r.Stream, r.Position)
		}
		if i == 0 {
			now = r.Time
		}
		s.order.add(len(parts), uint64(r.Position-at))
		s.order.add(p, 1)
		s.steps.add(r.Time - now)
		s.records[next[p]] = *r
		next[p]++
		at, now, size = r.Position+1, r.Time, size+len(r.Shape)+len(r.Text)
	}
	end := first + eventlog.Position(count)
	if at > end || size > MaxBlockBytes {
		return fmt.Errorf("seal from position %d: to position %d, %d bytes: %d positions and %d bytes are allowed",
			first, at-1, size, count, MaxBlockBytes)
	}
	s.order.add(len(parts), uint64(end-at))
	s.order.flush()
	s.steps.flush()
	return nil
}

// head writes everything before the sections.
func (s *Sealer) head(first eventlog.Position, count uint64, records []eventlog.Record, parts []Part) {
	w := &s.w
	w.out = append(w.out, blockFormat)
	w.uvarint(count)
	w.uvarint(uint64(first))
	base := int64(0)
	if len(records) > 0 {
		base = records[0].Time
	}
	w.out = binary.AppendVarint(w.out, base)
	packer := byte(0)
	if s.Packer != nil {
		packer = s.Packer.ID()
	}
	w.out = append(w.out, packer)
	w.uvarint(uint64(len(records)))
	w.uvarint(uint64(len(parts)))

	names, numbers := s.small[:0], []byte(nil)
	for i := range parts {
		p := &parts[i]
		names = append(append(names, byte(len(p.Stream))), p.Stream...)
		numbers = binary.AppendUvarint(numbers, uint64(p.First))
		numbers = binary.AppendUvarint(numbers, p.Count)
		numbers = binary.AppendVarint(numbers, p.Time-base)
	}
	w.column(names)
	w.column(numbers)
	for i := range parts {
		w.out = append(w.out, parts[i].Chain[:]...)
	}
	b := names[:0]
	for _, a := range s.authors.list {
		b = append(b, a[:]...)
	}
	w.column(b)
	b = b[:0]
	for _, k := range s.kinds.list {
		b = append(append(b, byte(len(k.name))), k.name...)
		b = binary.AppendUvarint(b, uint64(k.schema))
	}
	w.column(b)
	s.small = b
	w.column(s.steps.symbols)
	w.column(s.steps.bits)
	w.column(s.order.low)
	if len(parts) <= math.MaxUint8 {
		s.order.high = nil
	}
	w.column(s.order.high)
	w.column(s.order.lengths)
}

// section writes the records of the parts from first to end-1.
func (s *Sealer) section(first, end int) {
	w := &s.sections
	w.uvarint(uint64(end - first))
	s.origins.reset()
	for part := first; part < end; part++ {
		s.origins.add(s.records[s.from[part]:s.from[part+1]])
	}
	packer, extents := s.bodies(first, end)
	w.out = append(w.out, packer.ID(), byte(packer.Columns()))
	w.column(s.origins.out)
	clients := s.small[:0]
	for _, c := range s.origins.clients.list {
		clients = append(clients, c[:]...)
	}
	w.column(clients)
	s.small = clients
	w.column(s.proofs(s.records[s.from[first]:s.from[end]]))
	w.column(extents)
	for _, c := range s.columns[:packer.Columns()] {
		w.column(c)
	}
}

// proofs returns the column redacted.
func (s *Sealer) proofs(records []eventlog.Record) []byte {
	s.redacted = s.redacted[:0]
	next := 0
	for i := range records {
		if p := records[i].Proof; p != nil && p.Redacted {
			s.redacted = appendProof(s.redacted, i-next, p.Commitment)
			next = i + 1
		}
	}
	return s.redacted
}

// bodies packs the bodies of parts into s.columns: with the Packer if that restores
// every byte, otherwise unpacked. It returns the form and the extents of the parts.
func (s *Sealer) bodies(first, end int) (eventlog.Packer, []byte) {
	if p := s.Packer; p != nil {
		extents := s.pack(p, first, end)
		if s.givesBack(p, extents, first, end) {
			return p, extents
		}
	}
	return plain{}, s.pack(plain{}, first, end)
}

func (s *Sealer) pack(p eventlog.Packer, first, end int) (extents []byte) {
	n := p.Columns()
	if n > len(s.columns) {
		s.columns = make([][]byte, n)
	}
	columns := s.columns[:n]
	for i := range columns {
		columns[i] = columns[i][:0]
	}
	was := make([]int, n)
	for part := first; part < end; part++ {
		p.Pack(columns, s.records[s.from[part]:s.from[part+1]])
		for i := range columns {
			if part < end-1 {
				extents = binary.AppendUvarint(extents, uint64(len(columns[i])-was[i]))
			}
			was[i] = len(columns[i])
		}
	}
	return extents
}

// givesBack reports whether a Packer restores the bodies byte for byte.
func (s *Sealer) givesBack(p eventlog.Packer, extents []byte, first, end int) bool {
	c := cursor{b: extents}
	columns := s.columns[:p.Columns()]
	view, was := make([][]byte, len(columns)), make([]int, len(columns))
	var got []eventlog.Record
	for part := first; part < end; part++ {
		for i := range columns {
			to := len(columns[i])
			if part < end-1 {
				to = was[i] + int(c.uvarint())
			}
			view[i], was[i] = columns[i][was[i]:to], to
		}
		want := s.records[s.from[part]:s.from[part+1]]
		got = append(got[:0], want...)
		for i := range got {
			got[i].Shape, got[i].Text = nil, nil
		}
		if p.Unpack(view, got) != nil {
			return false
		}
		for i := range got {
			if !bytes.Equal(got[i].Shape, want[i].Shape) || !bytes.Equal(got[i].Text, want[i].Text) {
				return false
			}
		}
	}
	return true
}
