package boltlog

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
	"parodywave/eventlog/seeds"
)

func TestLogChainAtEveryPosition(t *testing.T) {
	t.Parallel()
	seed := seeds.For(t)
	rng := rand.New(rand.NewPCG(seed, 0))
	l := open(t, newPath(t), Options{NoSync: true, sealAt: smallSizes})
	var want []chain.Digest
	for i := range 40 {
		randomStep(rng, i, l)
		if rng.IntN(4) == 0 {
			if err := l.Seal(ctx); err != nil {
				t.Fatal(err)
			}
		}
	}
	var h chain.Hasher
	want = append(want, chain.LogStart())
	next := eventlog.Position(1)
	chains := map[eventlog.Stream]map[eventlog.Revision]chain.Digest{}
	for r, err := range l.Scan(ctx, 0) {
		if err != nil {
			t.Fatal(err)
		}
		if chains[r.Stream] == nil {
			chains[r.Stream] = map[eventlog.Revision]chain.Digest{}
			for p, err := range l.Prove(ctx, r.Stream, 0) {
				if err != nil {
					t.Fatal(err)
				}
				chains[r.Stream][p.Revision] = p.Proof.Chain
			}
		}
		for ; next < r.Position; next++ { // holes
			want = append(want, want[next-1])
		}
		want = append(want, h.LogNext(want[next-1], string(r.Stream), uint64(r.Revision), chains[r.Stream][r.Revision]))
		next++
	}
	last, end := l.End()
	for p := range want {
		if got, err := l.LogChainAt(ctx, eventlog.Position(p)); err != nil || got != want[p] {
			t.Fatalf("seed %d: log chain at %d of %d is %v, %v; want %v", seed, p, last, got, err, want[p])
		}
	}
	different := map[chain.Digest]bool{}
	for _, d := range want {
		different[d] = true
	}
	if want[last] != end || len(different) < len(want)/4 {
		t.Fatalf("seed %d: the log ends otherwise, or %d values are no test", seed, len(different))
	}
	if _, err := l.LogChainAt(ctx, last+1); !errors.Is(err, eventlog.ErrNotFound) {
		t.Error(err)
	}
}

func TestSegmentsAreWhatReadGives(t *testing.T) {
	t.Parallel()
	seed := seeds.For(t)
	rng := rand.New(rand.NewPCG(seed, 0))
	packer := bodies{7}
	l := open(t, newPath(t), Options{NoSync: true, sealAt: smallSizes, Packer: packer})
	for i := range 60 {
		randomStep(rng, i, l)
	}
	read := func(s eventlog.Stream, after eventlog.Revision) string {
		var out bytes.Buffer
		for r, err := range l.Read(ctx, s, after) {
			if err != nil {
				t.Fatal(err)
			}
			r.Position = 0
			tell(&out, &r)
		}
		return out.String()
	}
	all := map[eventlog.Stream]string{}
	packed := 0
	for seg, err := range l.AllSegments(ctx) {
		if err != nil {
			t.Fatal(err)
		}
		if len(seg.Columns) > 0 {
			packed++
		}
		all[seg.Stream] += segmentRecords(t, packer, &seg)
	}
	heads, _ := l.Streams(ctx)
	for _, h := range heads {
		if want := read(h.Stream, 0); all[h.Stream] != want {
			t.Fatalf("seed %d: all segments give of %s\n%s\nread gives\n%s", seed, h.Stream, all[h.Stream], want)
		}
		for _, after := range []eventlog.Revision{0, 1, h.Revision / 3, h.Revision / 2, h.Revision - 1, h.Revision, h.Revision + 9} {
			have := ""
			for seg, err := range l.Segments(ctx, h.Stream, after) {
				if err != nil {
					t.Fatal(err)
				}
				have += segmentRecords(t, packer, &seg)
			}
			if want := read(h.Stream, after); have != want {
				t.Fatalf("seed %d: segments of %s after %d give\n%s\nread gives\n%s", seed, h.Stream, after, have, want)
			}
		}
	}
	l.Close()
	for _, err := range l.AllSegments(ctx) {
		if !errors.Is(err, eventlog.ErrClosed) {
			t.Error(err)
		}
	}
	for _, err := range l.Segments(ctx, "a", 0) {
		if !errors.Is(err, eventlog.ErrClosed) {
			t.Error(err)
		}
	}
	t.Logf("%d packed segments", packed)
}

func segmentRecords(t *testing.T, p eventlog.Packer, s *eventlog.Segment) string {
	t.Helper()
	var out bytes.Buffer
	records := slices.Clone(s.Records)
	if records == nil {
		for _, m := range s.Origins {
			for i := range m.N {
				r := eventlog.Record{Stream: s.Stream, Revision: s.First + eventlog.Revision(len(records)), Time: s.Times[len(records)],
					Author: m.Author, Client: m.Client, Kind: m.Kind, Schema: m.Schema}
				if m.Seq > 0 {
					r.Seq = m.Seq + uint64(i)
				}
				records = append(records, r)
			}
		}
		if err := p.Unpack(slices.Clone(s.Columns), records); err != nil {
			t.Fatal(err)
		}
	}
	if len(records) != s.Len() {
		t.Fatalf("segment of %d with %d records", s.Len(), len(records))
	}
	for _, r := range records[s.Skip:] {
		r.Position = 0
		tell(&out, &r)
	}
	return out.String()
}
