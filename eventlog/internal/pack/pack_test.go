package pack

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"runtime"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
	"parodywave/eventlog/seeds"
)

// entry is a record with C after it, or n holes.
type entry struct {
	r     eventlog.Record
	c     chain.Digest
	holes uint64
}

func build(first eventlog.Position, entries []entry, salt bool, l chain.Digest) []byte {
	var b Builder
	b.Reset(first)
	for i := range entries {
		if entries[i].holes > 0 {
			b.Holes(entries[i].holes)
			continue
		}
		b.Add(&entries[i].r, entries[i].c, salt)
	}
	return b.Encode(l)
}

func unpack(value []byte) (*Group, []eventlog.Record, error) {
	var d Decoder
	g, err := d.Open(value)
	if err != nil {
		return nil, nil, err
	}
	var records []eventlog.Record
	for {
		var r eventlog.Record
		ok, err := g.Next(&r)
		if err != nil || !ok {
			return g, records, err
		}
		records = append(records, r)
	}
}

func randomEntries(rng *rand.Rand, first eventlog.Position, salt bool) []entry {
	fill := func(b []byte) {
		for i := range b {
			b[i] = byte(rng.Uint32())
		}
	}
	blob := func(n int) []byte {
		if n = rng.IntN(n + 1); n == 0 {
			return nil
		}
		b := make([]byte, n)
		fill(b)
		return b
	}
	next := map[eventlog.Stream]eventlog.Revision{}
	now, position := rng.Int64N(1<<41), first
	var entries []entry
	for range 1 + rng.IntN(40) {
		var e entry
		if rng.IntN(10) == 0 {
			e.holes = 1 + rng.Uint64N(300)
			position += eventlog.Position(e.holes)
			entries = append(entries, e)
			continue
		}
		s := eventlog.Stream(fmt.Sprintf("stream-%d", rng.IntN(4)))
		if next[s] == 0 {
			next[s] = 1 + eventlog.Revision(rng.Uint64N(1<<uint(rng.IntN(40))))
		}
		now += rng.Int64N(3000) - 1000
		e.r = eventlog.Record{Stream: s, Revision: next[s], Position: position, Time: now,
			Author: eventlog.AuthorID{byte(rng.IntN(3))}, Client: eventlog.ClientID{byte(rng.IntN(3))},
			Seq:  []uint64{0, 1, 2, 3, rng.Uint64()}[rng.IntN(5)],
			Kind: []string{"changed", "submitted", "named"}[rng.IntN(3)], Schema: uint32(1 + rng.IntN(2)),
			Shape: blob(40), Text: blob(40)}
		fill(e.c[:])
		if rng.IntN(5) == 0 && len(e.r.Text) > 0 {
			e.r.Proof = &eventlog.Proof{Redacted: true}
			fill(e.r.Proof.Commitment[:])
		}
		if salt {
			if e.r.Proof == nil {
				e.r.Proof = &eventlog.Proof{}
			}
			fill(e.r.Proof.Salt[:])
		}
		next[s]++
		position++
		entries = append(entries, e)
	}
	return entries
}

// difference says how what was decoded differs from what was built, or "".
func difference(entries []entry, g *Group, records []eventlog.Record, l chain.Digest) string {
	if g.Log != l {
		return "log chain"
	}
	parts := map[eventlog.Stream]Part{}
	i, count := 0, uint64(0)
	for _, e := range entries {
		if e.holes > 0 {
			count += e.holes
			continue
		}
		if i >= len(records) || !reflect.DeepEqual(e.r, records[i]) {
			return fmt.Sprintf("record %d: built %+v", i, e.r)
		}
		p := parts[e.r.Stream]
		if p.Count == 0 {
			p = Part{Stream: e.r.Stream, First: e.r.Revision}
		}
		p.Count, p.Time, p.Chain = p.Count+1, e.r.Time, e.c
		parts[e.r.Stream] = p
		i, count = i+1, count+1
	}
	if i != len(records) || count != g.Count || len(parts) != len(g.Parts) {
		return fmt.Sprintf("%d records in %d positions of %d streams", len(records), g.Count, len(g.Parts))
	}
	for _, p := range g.Parts {
		if parts[p.Stream] != p {
			return fmt.Sprintf("directory: %+v, want %+v", p, parts[p.Stream])
		}
	}
	return ""
}

func TestGroupComesBackAsBuilt(t *testing.T) {
	seed := seeds.For(t)
	rng := rand.New(rand.NewPCG(seed, 1))
	for range seeds.Rounds(2000) {
		first, salt := eventlog.Position(1+rng.Uint64N(1<<40)), rng.IntN(2) == 0
		entries := randomEntries(rng, first, salt)
		l := chain.Digest{byte(rng.Uint32()), 7}
		value := build(first, entries, salt, l)
		g, records, err := unpack(value)
		if err != nil {
			t.Fatalf("seed %d: %v\n%x", seed, err, value)
		}
		if d := difference(entries, g, records, l); d != "" {
			t.Fatalf("seed %d: %s\n%x", seed, d, value)
		}
		// Negative control: the comparison sees a changed byte of a text.
		for i := range records {
			if len(records[i].Text) > 0 {
				records[i].Text[0] ^= 1
				if difference(entries, g, records, l) == "" {
					t.Fatalf("seed %d: the comparison missed a changed text", seed)
				}
				break
			}
		}
	}
}

func TestEveryFlippedBitIsRefused(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 1))
	value := build(9, randomEntries(rng, 9, false), false, chain.Digest{1})
	for bit := range 8 * len(value) {
		bad := bytes.Clone(value)
		bad[bit/8] ^= 1 << (bit % 8)
		if _, _, err := unpack(bad); !errors.Is(err, eventlog.ErrDamaged) {
			t.Fatalf("bit %d: %v", bit, err)
		}
	}
	for n := range value {
		if _, _, err := unpack(value[:n]); !errors.Is(err, eventlog.ErrDamaged) {
			t.Fatalf("cut to %d bytes: %v", n, err)
		}
	}
}

// reseal gives body the checksum that makes a reader look at it.
func reseal(body []byte) []byte {
	sum := sha256.Sum256(body)
	return append(bytes.Clone(body), sum[:]...)
}

func TestMalformedGroupWithRightChecksumIsRefused(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 1))
	refused := 0
	for range 20 {
		value := build(9, randomEntries(rng, 9, true), true, chain.Digest{1})
		body := value[:len(value)-sha256.Size]
		for range 500 {
			bad := bytes.Clone(body)
			for range 1 + rng.IntN(3) {
				bad[1+rng.IntN(len(bad)-1)] = byte(rng.Uint32())
			}
			if _, _, err := unpack(reseal(bad)); err != nil {
				if !errors.Is(err, eventlog.ErrDamaged) {
					t.Fatalf("%v\n%x", err, bad)
				}
				refused++
			}
		}
	}
	if refused == 0 {
		t.Fatal("none was refused: the test changes nothing")
	}
}

func TestHostileCountsAllocateLittle(t *testing.T) {
	huge := "ffffffffffffffff7f" // 2^63-1
	for _, prefix := range []string{
		"01" + huge + "01" + "00" + huge, // streams
		"01" + "01" + "01" + "00" + "00" + huge,
		"01" + "01" + "01" + "00" + "00" + "00" + huge,
		"01" + "01" + "01" + "00" + "00" + "00" + "00" + huge,
		"01" + huge + "01" + "00" + "00" + "00" + "00" + "00" + "80" + huge, // all holes: good
	} {
		b, _ := hex.DecodeString(prefix)
		value := reseal(append(b, make([]byte, 32)...))
		var before, after runtime.MemStats
		const times = 100
		runtime.ReadMemStats(&before)
		for range times {
			unpack(value)
		}
		runtime.ReadMemStats(&after)
		if n := (after.TotalAlloc - before.TotalAlloc) / times; n > 4096 {
			t.Errorf("%s: %d bytes allocated", prefix, n)
		}
	}
}

// TestGroupBytesStayAsReleased holds the form itself: this value was written by
// the first release.
func TestGroupBytesStayAsReleased(t *testing.T) {
	a, c := eventlog.AuthorID{0xaa, 15: 1}, eventlog.ClientID{0xcc, 15: 2}
	entries := []entry{
		{r: eventlog.Record{Stream: "t", Revision: 5, Position: 7, Time: 1000, Author: a, Client: c, Seq: 3, Kind: "changed", Schema: 1,
			Shape: []byte(`[[0,2]]`), Text: []byte("\x00\x00\x00\x02hi")}, c: chain.Digest{0xc5}},
		{r: eventlog.Record{Stream: "t", Revision: 6, Position: 8, Time: 1001, Author: a, Client: c, Seq: 4, Kind: "changed", Schema: 1,
			Shape: []byte(`[2,[0,2]]`), Text: []byte("\x00\x00\x00\x03\xe2\x96\x88"),
			Proof: &eventlog.Proof{Redacted: true, Commitment: chain.Digest{0xdd}}}, c: chain.Digest{0xc6}},
		{holes: 2},
		{r: eventlog.Record{Stream: "u", Revision: 1, Position: 11, Time: 900, Kind: "opened", Schema: 1}, c: chain.Digest{0xc1}},
	}
	value := build(7, entries, false, chain.Digest{0x11})
	zeros := func(n int) string { return hex.EncodeToString(make([]byte, n)) }
	want := "01" + "05" + "07" + "d00f" + // format, count, first, base
		"02" + "0174" + "05" + "02" + "02" + "c6" + zeros(31) + "0175" + "01" + "01" + "c701" + "c1" + zeros(31) + // streams
		"02" + "aa" + zeros(14) + "01" + zeros(16) + // authors
		"02" + "cc" + zeros(14) + "02" + zeros(16) + // clients
		"02" + "07" + hex.EncodeToString([]byte("changed")) + "01" + "06" + hex.EncodeToString([]byte("opened")) + "01" + // kinds
		"08" + "00" + "000000" + "00" + "06" + "07" + hex.EncodeToString([]byte("[[0,2]]")) + "06" + "000000026869" +
		"1f" + "02" + "09" + hex.EncodeToString([]byte("[2,[0,2]]")) + "07" + "00000003e29688" + "dd" + zeros(31) +
		"80" + "02" +
		"00" + "01" + "010101" + "c901" + "00" + "00" +
		"11" + zeros(31)
	body, _ := hex.DecodeString(want)
	if want := reseal(body); !bytes.Equal(value, want) {
		t.Fatalf("group is\n%x, was\n%x", value, want)
	}
	g, records, err := unpack(value)
	if err != nil {
		t.Fatal(err)
	}
	if d := difference(entries, g, records, chain.Digest{0x11}); d != "" {
		t.Fatal(d)
	}
}

func TestRecordsCannotGrowIntoEachOther(t *testing.T) {
	entries := []entry{
		{r: eventlog.Record{Stream: "s", Revision: 1, Position: 1, Kind: "k", Shape: []byte("aa"), Text: []byte("bb")}},
		{r: eventlog.Record{Stream: "s", Revision: 2, Position: 2, Kind: "k", Shape: []byte("cc"), Text: []byte("dd")}},
	}
	_, records, err := unpack(build(1, entries, false, chain.Digest{}))
	if err != nil {
		t.Fatal(err)
	}
	_ = append(records[0].Shape, "zzzzzzzz"...)
	_ = append(records[0].Text, "zzzzzzzz"...)
	if !bytes.Equal(records[0].Text, []byte("bb")) || !bytes.Equal(records[1].Shape, []byte("cc")) {
		t.Fatalf("appending to one record changed another: %q %q", records[0].Text, records[1].Shape)
	}
}

func FuzzOpen(f *testing.F) {
	rng := rand.New(rand.NewPCG(5, 1))
	for i := range 8 {
		value := build(9, randomEntries(rng, 9, i%2 == 0), i%2 == 0, chain.Digest{1})
		f.Add(value[:len(value)-sha256.Size])
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		g, records, err := unpack(reseal(body))
		if err != nil {
			if !errors.Is(err, eventlog.ErrDamaged) {
				t.Fatal(err)
			}
			return
		}
		if uint64(len(records)) > g.Count {
			t.Fatalf("%d records in %d positions", len(records), g.Count)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	var bu Builder
	bu.Reset(1)
	r := eventlog.Record{Stream: "01JD0000000000000000000000", Time: 1, Kind: "changed", Schema: 1,
		Shape: []byte(`[512,[0,1],1024]`), Text: []byte("\x00\x00\x00\x01x")}
	for i := range 1024 {
		r.Revision, r.Time, r.Seq = eventlog.Revision(i+1), r.Time+120, uint64(i+1)
		bu.Add(&r, chain.Digest{}, false)
	}
	value := bu.Encode(chain.Digest{})
	var d Decoder
	for b.Loop() {
		g, err := d.Open(value)
		if err != nil {
			b.Fatal(err)
		}
		var r eventlog.Record
		for {
			ok, err := g.Next(&r)
			if err != nil {
				b.Fatal(err)
			}
			if !ok {
				break
			}
		}
	}
	b.ReportMetric(float64(len(value))/1024, "B/record")
	b.ReportMetric(float64(b.N)*1024/b.Elapsed().Seconds(), "records/s")
}
