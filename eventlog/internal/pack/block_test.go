package pack

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
)

// sealable returns what a block is made of: records, positions and directory.
func sealable(entries []entry) (records []eventlog.Record, count uint64, parts []Part) {
	index := map[eventlog.Stream]int{}
	for _, e := range entries {
		if e.holes > 0 {
			count += e.holes
			continue
		}
		count++
		records = append(records, e.r)
		i, ok := index[e.r.Stream]
		if !ok {
			i = len(parts)
			index[e.r.Stream] = i
			parts = append(parts, Part{Stream: e.r.Stream, First: e.r.Revision})
		}
		p := &parts[i]
		p.Count, p.Time, p.Chain = p.Count+1, e.r.Time, e.c
	}
	return records, count, parts
}

// blockDifference says how a block differs from what it was sealed of, or "".
func blockDifference(d *BlockDecoder, value []byte, first eventlog.Position, records []eventlog.Record, count uint64, parts []Part, l chain.Digest) string {
	b, err := d.Open(value)
	if err != nil {
		return err.Error()
	}
	if b.First != first || b.Count != count || b.Log != l || len(b.Parts) != len(parts) || len(parts) > 0 && !reflect.DeepEqual(b.Parts, parts) {
		return fmt.Sprintf("head: %d positions from %d, directory %+v", b.Count, b.First, b.Parts)
	}
	i := 0
	for r, err := range b.All() {
		if err != nil {
			return err.Error()
		}
		if i >= len(records) || !reflect.DeepEqual(*r, records[i]) {
			return fmt.Sprintf("record %d of %d: %+v", i, len(records), *r)
		}
		i++
	}
	if i != len(records) {
		return fmt.Sprintf("%d records of %d", i, len(records))
	}
	for p := range parts {
		var want []eventlog.Record
		for i := range records {
			if records[i].Stream == parts[p].Stream {
				want = append(want, records[i])
			}
		}
		got, err := b.Records(p, nil)
		if err != nil {
			return err.Error()
		}
		if !reflect.DeepEqual(got, want) {
			return fmt.Sprintf("part %d: %+v", p, got)
		}
		if s := segmentDifference(d.Packer, b, p, want); s != "" {
			return fmt.Sprintf("part %d: %s", p, s)
		}
	}
	return ""
}

// segmentDifference says how the segment of a part differs from its records.
func segmentDifference(packer eventlog.Packer, b *Block, part int, want []eventlog.Record) string {
	var s eventlog.Segment
	if err := b.Segment(part, &s); err != nil {
		return err.Error()
	}
	if s.Stream != b.Parts[part].Stream || s.First != b.Parts[part].First || s.Len() != len(want) || s.Skip != 0 {
		return fmt.Sprintf("segment of %d from %d", s.Len(), s.First)
	}
	got := s.Records
	if got == nil {
		var ok bool
		if got, ok = unpackSegment(packer, &s); !ok {
			return "segment does not unpack"
		}
	}
	for i := range want {
		w := want[i]
		if s.Records == nil {
			w.Position, w.Proof = 0, nil
		}
		if !reflect.DeepEqual(got[i], w) {
			return fmt.Sprintf("segment: record %d: %+v", i, got[i])
		}
	}
	return ""
}

// unpackSegment makes records of a segment's columns.
func unpackSegment(packer eventlog.Packer, s *eventlog.Segment) ([]eventlog.Record, bool) {
	var out []eventlog.Record
	for _, m := range s.Makers {
		for i := range m.N {
			r := eventlog.Record{Stream: s.Stream, Revision: s.First + eventlog.Revision(len(out)), Author: m.Author,
				Client: m.Client, Kind: m.Kind, Schema: m.Schema}
			if len(out) < len(s.Times) {
				r.Time = s.Times[len(out)]
			}
			if m.Seq > 0 {
				r.Seq = m.Seq + uint64(i)
			}
			out = append(out, r)
		}
	}
	if len(out) != len(s.Times) || packer == nil || packer.ID() != s.Packer {
		return nil, false
	}
	return out, packer.Unpack(s.Columns, out) == nil
}

func TestBlockComesBackAsSealed(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	rng := rand.New(rand.NewPCG(seed, 1))
	var s Sealer
	var d BlockDecoder
	for range 2000 {
		first := eventlog.Position(1 + rng.Uint64N(1<<40))
		records, count, parts := sealable(randomEntries(rng, first, false))
		l := chain.Digest{byte(rng.Uint32()), 7}
		value, err := s.Seal(first, records, count, parts, l)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if diff := blockDifference(&d, value, first, records, count, parts, l); diff != "" {
			t.Fatalf("seed %d: %s\nsealed %+v\n%x", seed, diff, records, value)
		}
		// Negative control: the comparison sees a changed byte of a shape.
		for i := range records {
			if len(records[i].Shape) > 0 {
				records[i].Shape = bytes.Clone(records[i].Shape)
				records[i].Shape[0] ^= 1
				if blockDifference(&d, value, first, records, count, parts, l) == "" {
					t.Fatalf("seed %d: the comparison missed a changed shape", seed)
				}
				break
			}
		}
	}
}

func TestEveryFlippedBitOfABlockIsRefused(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 1))
	records, count, parts := sealable(randomEntries(rng, 9, false))
	value, err := new(Sealer).Seal(9, records, count, parts, chain.Digest{1})
	if err != nil {
		t.Fatal(err)
	}
	var d BlockDecoder
	for bit := range 8 * len(value) {
		bad := bytes.Clone(value)
		bad[bit/8] ^= 1 << (bit % 8)
		if _, err := d.Open(bad); !errors.Is(err, eventlog.ErrDamaged) {
			t.Fatalf("bit %d: %v", bit, err)
		}
	}
	for n := range value {
		if _, err := d.Open(value[:n]); !errors.Is(err, eventlog.ErrDamaged) {
			t.Fatalf("cut to %d bytes: %v", n, err)
		}
	}
	if len(value) < 2*sha256.Size {
		t.Fatalf("block of %d bytes", len(value))
	}
}
