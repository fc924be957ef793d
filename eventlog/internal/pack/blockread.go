package pack

import (
	"iter"

	"parodywave/eventlog"
)

// Segment reads one part of the block into s. It makes no records if the bodies are
// packed, and does not read the bodies of other sections. Skip is 0. The contents of s
// are valid until the block's next Segment or Records, except s.Records, which are as
// Records returns them.
func (b *Block) Segment(part int, s *eventlog.Segment) error {
	p := &b.Parts[part]
	*s = eventlog.Segment{Stream: p.Stream, First: p.First}
	sec, packer, err := b.load(part)
	if err != nil {
		return err
	}
	if packer.ID() == 0 {
		s.Records, err = b.Records(part, nil)
		return err
	}
	if err := b.readTimes(); err != nil {
		return err
	}
	i := part - sec.first
	s.Times, s.Origins = b.times[b.from[part]:b.from[part+1]], b.origins[b.made[i]:b.made[i+1]]
	s.Packer, s.Columns = packer.ID(), b.part(sec, part)
	return nil
}

// Records appends the records of one part to dst, with their positions. Redacted
// records have a Proof with their Commitment. The bytes are the caller's.
func (b *Block) Records(part int, dst []eventlog.Record) ([]eventlog.Record, error) {
	sec, packer, err := b.load(part)
	if err != nil {
		return dst, err
	}
	if err := b.readTimes(); err != nil {
		return dst, err
	}
	if err := b.readPositions(); err != nil {
		return dst, err
	}
	p := &b.Parts[part]
	was, at := len(dst), b.from[part]
	i := part - sec.first
	for _, m := range b.origins[b.made[i]:b.made[i+1]] {
		for range m.N {
			n := len(dst) - was
			dst = append(dst, eventlog.Record{Stream: p.Stream, Revision: p.First + eventlog.Revision(n),
				Position: b.positions[at+n], Time: b.times[at+n], Author: m.Author, Client: m.Client, Seq: m.Seq,
				Kind: m.Kind, Schema: m.Schema})
			if m.Seq > 0 {
				m.Seq++
			}
		}
	}
	if err := packer.Unpack(b.part(sec, part), dst[was:]); err != nil {
		return dst[:was], err
	}
	return dst, b.prove(dst[was:], at-b.from[sec.first])
}

// prove sets the Proof of redacted records. The first of records is record from of the
// section.
func (b *Block) prove(records []eventlog.Record, from int) error {
	if len(b.proofs) == 0 {
		return nil
	}
	for i := range records {
		r := &records[i]
		d, ok := b.proofs[from+i]
		if !ok {
			continue
		}
		if len(r.Text) == 0 {
			return damaged("%s revision %d is redacted and has no text", r.Stream, r.Revision)
		}
		r.Proof = &eventlog.Proof{Redacted: true, Commitment: d}
	}
	return nil
}

// All yields all records in log order, as Records returns them, without holes. An
// error comes last, with a nil record. A record is valid until the next one; its bytes
// are the caller's.
func (b *Block) All() iter.Seq2[*eventlog.Record, error] {
	return func(yield func(*eventlog.Record, error) bool) {
		records := make([]eventlog.Record, 0, b.records)
		for part := range b.Parts {
			var err error
			if records, err = b.Records(part, records); err != nil {
				yield(nil, err)
				return
			}
		}
		o, err := b.openOrder()
		if err != nil {
			yield(nil, err)
			return
		}
		next := append([]int(nil), b.from...)
		for {
			part, n := o.next()
			if n == 0 {
				break
			}
			if part == o.parts {
				continue
			}
			at := next[part]
			next[part] += int(n)
			for i := range int(n) {
				if !yield(&records[at+i], nil) {
					return
				}
			}
		}
		if err := o.end(); err != nil {
			yield(nil, err)
		}
	}
}
