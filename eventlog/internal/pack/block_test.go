package pack

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/eventlog/seeds"
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
	for _, m := range s.Origins {
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

// typedEntries is randomEntries with changes as people make them in it, of more
// streams.
func typedEntries(rng *rand.Rand, first eventlog.Position) []entry {
	streams := []int{1, 2, 10, 300}[rng.IntN(4)]
	type text struct {
		length, at int
		next       eventlog.Revision
		time       int64
	}
	texts := make([]text, streams)
	now, position := rng.Int64N(1<<41), first
	var entries []entry
	for range rng.IntN(1 + 3*streams*(1+rng.IntN(50))%3000) {
		if rng.IntN(100) == 0 {
			n := 1 + rng.Uint64N(1<<uint(rng.IntN(50)))
			entries, position = append(entries, entry{holes: n}), position+eventlog.Position(n)
		}
		name := rng.IntN(streams)
		t := &texts[name]
		if now += rng.Int64N(400) >> rng.IntN(8); rng.IntN(200) == 0 {
			now += rng.Int64N(1<<uint(rng.IntN(40))) - rng.Int64N(1000)
		}
		if rng.IntN(20) == 0 {
			t.at = rng.IntN(t.length + 1)
		}
		var c ot.Change
		if t.at > 0 && rng.IntN(10) == 0 {
			c = ot.Replace(t.length, t.at-1, t.at, nil)
			t.length, t.at = t.length-1, t.at-1
		} else {
			u := []uint16{uint16('a' + rng.IntN(26))}
			c = ot.Replace(t.length, t.at, t.at, u)
			t.length, t.at = t.length+1, t.at+1
		}
		r := event.Encode(event.Changed{Change: c})
		if rng.IntN(50) == 0 {
			r.Kind, r.Shape, r.Text = "odd", []byte("["), []byte("\x00")
		}
		t.next++
		t.time = max(t.time, now)
		r.Stream, r.Revision, r.Position, r.Time = eventlog.Stream(fmt.Sprint("stream-", name)), t.next, position, t.time
		r.Author, r.Client, r.Seq = eventlog.AuthorID{byte(rng.IntN(3))}, eventlog.ClientID{byte(rng.IntN(2))}, uint64(t.next)
		if rng.IntN(30) == 0 && len(r.Text) > 0 {
			r.Proof = &eventlog.Proof{Redacted: true, Commitment: chain.Digest{byte(rng.Uint32())}}
		}
		entries = append(entries, entry{r: r, c: chain.Digest{byte(rng.Uint32())}})
		position++
	}
	if len(entries) == 0 {
		entries = []entry{{holes: 3}}
	}
	return entries
}

func TestBlockComesBackAsSealed(t *testing.T) {
	seed := seeds.For(t)
	rng := rand.New(rand.NewPCG(seed, 1))
	sealers := []*Sealer{{}, {Packer: event.Packer{}}, {Packer: loser{}}}
	for i := range seeds.Rounds(600) {
		s := sealers[i%len(sealers)]
		d := BlockDecoder{Packer: s.Packer}
		first := eventlog.Position(1 + rng.Uint64N(1<<40))
		entries := typedEntries(rng, first)
		if i%2 == 0 {
			entries = randomEntries(rng, first, false)
		}
		records, count, parts := sealable(entries)
		l := chain.Digest{byte(rng.Uint32()), 7}
		value, err := s.Seal(first, records, count, parts, l)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if diff := blockDifference(&d, value, first, records, count, parts, l); diff != "" {
			t.Fatalf("seed %d, block %d: %s\nof %d records\n%.4096x", seed, i, diff, len(records), value)
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

// A loser is a Packer that loses the last byte of long texts.
type loser struct{ plain }

func (loser) ID() byte { return 77 }

func (loser) Pack(columns [][]byte, records []eventlog.Record) {
	short := slices.Clone(records)
	for i := range short {
		if n := len(short[i].Text); n > 10 {
			short[i].Text = short[i].Text[:n-1]
		}
	}
	plain{}.Pack(columns, short)
}

func TestWhatAPackerLosesIsKeptPlain(t *testing.T) {
	r := eventlog.Record{Stream: "s", Revision: 1, Position: 1, Kind: "k", Text: []byte("a text of some length")}
	other := eventlog.Record{Stream: "u", Revision: 1, Position: 2, Kind: "k", Text: []byte("short")}
	s := Sealer{Packer: loser{}}
	for _, c := range []struct {
		records []eventlog.Record
		packer  byte
	}{{[]eventlog.Record{r, other}, 0}, {[]eventlog.Record{other}, 77}} {
		records, count, parts := c.records, uint64(2), []Part{{Stream: "s", First: 1, Count: 1}, {Stream: "u", First: 1, Count: 1}}
		value, err := s.Seal(1, records, count, parts[2-len(records):], chain.Digest{})
		if err != nil {
			t.Fatal(err)
		}
		d := BlockDecoder{Packer: loser{}}
		b, err := d.Open(value)
		if err != nil {
			t.Fatal(err)
		}
		var seg eventlog.Segment
		if err := b.Segment(0, &seg); err != nil || seg.Packer != c.packer || (seg.Records == nil) != (c.packer > 0) {
			t.Errorf("%d records: packed in form %d: %v", len(records), seg.Packer, err)
		}
	}
}

func TestBlockOfAnotherPackerIsRefusedAndItsDirectoryRead(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 1))
	records, count, parts := sealable(randomEntries(rng, 9, false))
	s := Sealer{Packer: event.Packer{}}
	value, err := s.Seal(9, records, count, parts, chain.Digest{})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []eventlog.Packer{nil, loser{}} {
		d := BlockDecoder{Packer: p}
		b, err := d.Open(value)
		if err != nil || !reflect.DeepEqual(b.Parts, parts) {
			t.Fatalf("directory: %v", err)
		}
		if _, err := b.Records(0, nil); !errors.Is(err, eventlog.ErrDamaged) {
			t.Errorf("records: %v", err)
		}
	}
}

func TestSealRefusesWhatDoesNotAgree(t *testing.T) {
	good := []eventlog.Record{{Stream: "s", Revision: 4, Position: 7, Kind: "k"}, {Stream: "s", Revision: 5, Position: 9, Kind: "k"}}
	part := []Part{{Stream: "s", First: 4, Count: 2}}
	for name, c := range map[string]struct {
		change func(r []eventlog.Record)
		count  uint64
		parts  []Part
	}{
		"good":                       {func([]eventlog.Record) {}, 3, part},
		"too few positions":          {func([]eventlog.Record) {}, 2, part},
		"records before the first":   {func(r []eventlog.Record) { r[0].Position = 6 }, 3, part},
		"positions that descend":     {func(r []eventlog.Record) { r[1].Position = 7 }, 3, part},
		"revisions with a gap":       {func(r []eventlog.Record) { r[1].Revision = 6 }, 3, part},
		"a stream that is not there": {func(r []eventlog.Record) { r[1].Stream = "u" }, 3, part},
		"too few of a stream":        {func([]eventlog.Record) {}, 3, []Part{{Stream: "s", First: 4, Count: 3}}},
		"a stream twice":             {func([]eventlog.Record) {}, 3, []Part{{Stream: "s", First: 4, Count: 1}, {Stream: "s", First: 5, Count: 1}}},
		"too large":                  {func(r []eventlog.Record) { r[0].Text = make([]byte, MaxBlockBytes+1) }, 3, part},
	} {
		records := slices.Clone(good)
		c.change(records)
		_, err := new(Sealer).Seal(7, records, c.count, c.parts, chain.Digest{})
		if (err == nil) != (name == "good") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// readAll reads all that can be read of a block.
func readAll(d *BlockDecoder, value []byte) (records int, err error) {
	b, err := d.Open(value)
	if err != nil {
		return 0, err
	}
	var seg eventlog.Segment
	for part := range b.Parts {
		if err := b.Segment(part, &seg); err != nil {
			return 0, err
		}
		if seg.Records == nil {
			unpackSegment(d.Packer, &seg)
		}
	}
	for _, err := range b.All() {
		if err != nil {
			return records, err
		}
		records++
	}
	return records, nil
}

func TestMalformedBlockWithRightChecksumIsRefused(t *testing.T) {
	seed := seeds.For(t)
	rng := rand.New(rand.NewPCG(seed, 1))
	d := BlockDecoder{Packer: event.Packer{}}
	refused, read := 0, 0
	for range seeds.Rounds(60) {
		records, count, parts := sealable(typedEntries(rng, 9))
		value, err := (&Sealer{Packer: event.Packer{}}).Seal(9, records, count, parts, chain.Digest{1})
		if err != nil {
			t.Fatal(err)
		}
		body := value[:len(value)-sha256.Size]
		for range 50 {
			bad := bytes.Clone(body)
			for range 1 + rng.IntN(3) {
				bad[1+rng.IntN(len(bad)-1)] = byte(rng.Uint32())
			}
			_, err := readAll(&d, reseal(bad))
			switch {
			case err == nil:
				read++
			case !errors.Is(err, eventlog.ErrDamaged):
				t.Fatalf("seed %d: %v\n%x", seed, err, bad)
			default:
				refused++
			}
		}
	}
	if refused == 0 || read == 0 {
		t.Fatalf("seed %d: %d were refused, %d read", seed, refused, read)
	}
}

func FuzzOpenBlock(f *testing.F) {
	rng := rand.New(rand.NewPCG(5, 1))
	for range 12 {
		records, count, parts := sealable(typedEntries(rng, 9))
		value, err := (&Sealer{Packer: event.Packer{}}).Seal(9, records, count, parts, chain.Digest{1})
		if err != nil {
			f.Fatal(err)
		}
		if len(value) < 8<<10 {
			f.Add(value[:len(value)-sha256.Size])
		}
	}
	d := BlockDecoder{Packer: event.Packer{}}
	f.Fuzz(func(t *testing.T, body []byte) {
		n, err := readAll(&d, reseal(body))
		if err != nil && !errors.Is(err, eventlog.ErrDamaged) {
			t.Fatal(err)
		}
		if n > MaxBlockRecords {
			t.Fatalf("%d records", n)
		}
	})
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
