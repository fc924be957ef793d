package boltlog

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
)

// smallSizes make blocks small enough for a test to have many.
var smallSizes = sealSizes{records: 100, bytes: 1 << 20, packed: 1 << 20, tail: 1 << 20, least: 10, sweep: 7}

// bodies is a packer that packs nothing: it keeps shapes and texts as they are.
type bodies struct{ id byte }

func (p bodies) ID() byte   { return p.id }
func (bodies) Columns() int { return 2 }
func (bodies) Pack(columns [][]byte, records []eventlog.Record) {
	for i := range records {
		for j, b := range [][]byte{records[i].Shape, records[i].Text} {
			columns[j] = append(binary.AppendUvarint(columns[j], uint64(len(b))), b...)
		}
	}
}

func (bodies) Unpack(columns [][]byte, records []eventlog.Record) error {
	for i := range records {
		for j, b := range []*[]byte{&records[i].Shape, &records[i].Text} {
			n, k := binary.Uvarint(columns[j])
			if k <= 0 || n > uint64(len(columns[j])-k) {
				return fmt.Errorf("body %d: %w", i, eventlog.ErrDamaged)
			}
			if *b = nil; n > 0 {
				*b = bytes.Clone(columns[j][k : k+int(n)])
			}
			columns[j] = columns[j][k+int(n):]
		}
	}
	return nil
}

// forgetful does not give back what it was given.
type forgetful struct{ bodies }

func (p forgetful) Unpack(columns [][]byte, records []eventlog.Record) error {
	err := p.bodies.Unpack(columns, records)
	if len(records) > 3 {
		records[3].Shape = append(records[3].Shape, ' ')
	}
	return err
}

// told is what a reader is given of a log, in every way.
func told(l *Log) (string, error) {
	var b bytes.Buffer
	heads, err := l.Streams(ctx)
	if err != nil {
		return "", err
	}
	p, c := l.End()
	fmt.Fprintln(&b, heads, p, c)
	for r, err := range l.Scan(ctx, 0) {
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&b, "%+v\n", r)
	}
	for _, h := range heads {
		for _, after := range []eventlog.Revision{0, 1, h.Revision / 2, h.Revision - 1} {
			for r, err := range l.Read(ctx, h.Stream, after) {
				if err != nil {
					return "", err
				}
				fmt.Fprintf(&b, "%+v\n", r)
			}
			for r, err := range l.Prove(ctx, h.Stream, after) {
				if err != nil {
					return "", err
				}
				fmt.Fprintf(&b, "%d %+v\n", r.Revision, *r.Proof)
			}
		}
	}
	r, err := l.Verify(ctx, nil)
	return b.String(), errors.Join(err, r.Err())
}

// TestSealingChangesNothingThatIsRead appends, seals, prunes and reopens at
// random, and holds a log that seals against one that does not.
func TestSealingChangesNothingThatIsRead(t *testing.T) {
	for round := range 10 {
		seed := uint64(time.Now().UnixNano()) + uint64(round)
		rng := rand.New(rand.NewPCG(seed, 0))
		o := Options{NoSync: true, sealAt: smallSizes}
		if round%2 == 0 {
			o.Packer = bodies{7}
		}
		plainPath, path := newPath(t), newPath(t)
		plain := open(t, plainPath, Options{NoSync: true, NoSeal: true})
		l := open(t, path, o)
		var steps []string
		for i := range 40 {
			step := randomStep(rng, i, plain, l)
			switch k := rng.IntN(6); {
			case k == 0:
				step += ", seal"
				if err := l.Seal(ctx); err != nil {
					t.Fatalf("seed %d: %v\nafter %v", seed, err, steps)
				}
			case k == 1:
				step += ", reopen"
				l.Close()
				l = open(t, path, o)
			}
			steps = append(steps, step)
			want, err := told(plain)
			if err != nil {
				t.Fatalf("seed %d: %v\nafter %v", seed, err, steps)
			}
			if have, err := told(l); err != nil || have != want {
				t.Fatalf("seed %d: %v: the sealed log tells\n%.3000s\nthe other\n%.3000s\nafter %q", seed, err, have, want, steps)
			}
		}
		if len(l.blocks) < 2 || len(l.blocks) > 40 {
			t.Errorf("seed %d: %d blocks", seed, len(l.blocks))
		}
		l.Close()
		if r, err := VerifyFile(ctx, path, o, nil); err != nil || !r.OK() {
			t.Fatalf("seed %d: %v %v", seed, err, r.Err())
		}
		if err := CheckStructure(path); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
	}
}

// randomStep appends the same to some logs, or prunes them.
func randomStep(rng *rand.Rand, i int, logs ...*Log) string {
	if head, _ := logs[0].Head(ctx, pruneStream); i%7 == 6 && head.Revision > prunedThrough(logs[0]) {
		to := prunedThrough(logs[0]) + 1 + eventlog.Revision(rng.Uint64N(uint64(head.Revision-prunedThrough(logs[0]))))
		for _, l := range logs {
			if err := l.Prune(ctx, to, eventlog.Record{Kind: "pruned", Shape: []byte("{}")}); err != nil {
				return err.Error()
			}
		}
		return fmt.Sprintf("prune through %d of %d", to, head.Revision)
	}
	s := []eventlog.Stream{pruneStream, "a", "a", "b", "c"}[rng.IntN(5)]
	head, _ := logs[0].Head(ctx, s)
	records := make([]eventlog.Record, 1+rng.IntN(1+rng.IntN(90)))
	for i := range records {
		r := changed(int(head.Revision) + i)
		r.Time = head.Stamp(r.Time)
		r.Author[3] = byte(rng.IntN(3))
		r.Proof = &eventlog.Proof{Salt: chain.Salt{byte(i), byte(rng.Uint32())}, Redacted: rng.IntN(9) == 0, Commitment: chain.Digest{byte(i)}}
		if rng.IntN(8) == 0 {
			r.Text, r.Proof = nil, nil
		}
		records[i] = r
	}
	for _, l := range logs {
		if _, err := l.Append(ctx, s, head.Revision, records...); err != nil {
			return err.Error()
		}
	}
	return fmt.Sprintf("append %d to %s", len(records), s)
}

func prunedThrough(l *Log) eventlog.Revision {
	if s := l.streams[pruneStream]; s != nil {
		return s.start.through
	}
	return 0
}

// TestReadersSurviveSealing reads in all ways while the log is appended to and
// sealed, merged and pruned.
func TestReadersSurviveSealing(t *testing.T) {
	l := open(t, newPath(t), Options{NoSync: true, sealAt: smallSizes, Packer: bodies{7}})
	appendN(t, l, "t0", 30)
	appendN(t, l, pruneStream, 100)
	var wg sync.WaitGroup
	stop := make(chan struct{})
	for name, f := range map[string]func(s eventlog.Stream, after eventlog.Revision) error{
		"read": func(s eventlog.Stream, after eventlog.Revision) error {
			return dense(l.Read(ctx, s, after), after, s)
		},
		"prove": func(s eventlog.Stream, after eventlog.Revision) error {
			return dense(l.Prove(ctx, s, after), after, s)
		},
		"scan": func(eventlog.Stream, eventlog.Revision) error {
			for _, err := range l.Scan(ctx, 0) {
				if err != nil {
					return err
				}
			}
			return nil
		},
		"segments": func(s eventlog.Stream, after eventlog.Revision) error {
			next := after + 1
			for seg, err := range l.Segments(ctx, s, after) {
				if err != nil {
					return err
				}
				if seg.First+eventlog.Revision(seg.Skip) != next && s != pruneStream {
					return fmt.Errorf("segment from %d, skips %d, want %d", seg.First, seg.Skip, next)
				}
				next = seg.Last() + 1
			}
			return nil
		},
		"log chain": func(_ eventlog.Stream, after eventlog.Revision) error {
			_, err := l.LogChainAt(ctx, eventlog.Position(after))
			return err
		},
		"verify": func(eventlog.Stream, eventlog.Revision) error {
			r, err := l.Verify(ctx, nil)
			return errors.Join(err, r.Err())
		},
	} {
		wg.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				s := []eventlog.Stream{"t0", "t1", pruneStream}[i%3]
				head, _ := l.Head(ctx, s)
				if err := f(s, head.Revision/eventlog.Revision(1+i%4)); err != nil {
					t.Errorf("%s: %v", name, err)
					return
				}
			}
		})
	}
	for i := range 400 {
		appendN(t, l, "t0", 3)
		appendN(t, l, "t1", 1+i%3)
		appendN(t, l, pruneStream, 1)
		if i%40 == 39 {
			if err := l.Prune(ctx, eventlog.Revision(i/2), eventlog.Record{Kind: "pruned"}); err != nil {
				t.Error(err)
			}
		}
		if i%15 == 0 {
			if err := l.Seal(ctx); err != nil {
				t.Error(err)
			}
		}
	}
	close(stop)
	wg.Wait()
	if len(l.blocks) < 3 {
		t.Errorf("%d blocks", len(l.blocks))
	}
}

func dense(records func(func(eventlog.Record, error) bool), after eventlog.Revision, s eventlog.Stream) error {
	next := after + 1
	for r, err := range records {
		if err != nil {
			return err
		}
		if r.Revision != next && s != pruneStream {
			return fmt.Errorf("revision %d, want %d", r.Revision, next)
		}
		next = r.Revision + 1
	}
	return nil
}

// Many runs that each append a little must leave few blocks, and must not write
// what is old again and again.
func TestSmallBlocksAreMerged(t *testing.T) {
	path, written, sealed := newPath(t), uint64(0), 0
	sizes := smallSizes
	sizes.records = 4000
	const runs, each = 300, 20
	for i := range runs {
		l := open(t, path, Options{NoSync: true, sealAt: sizes, OnSeal: func(n uint64, _ int, err error) {
			if err != nil {
				t.Error(err)
			}
			written += n
			sealed++
		}})
		appendN(t, l, "s", each)
		l.Close()
		if n := len(l.blocks); n > 12 {
			t.Fatalf("%d blocks after %d runs", n, i+1)
		}
	}
	if again := float64(written) / (runs * each); again > 8 || sealed > runs+runs/10 {
		t.Errorf("sealed %d times; each record was written %.1f times", sealed, again)
	}
	t.Logf("each record was written %.1f times", float64(written)/(runs*each))
}

func TestCloseLeavesAFewRecordsInTheTail(t *testing.T) {
	path := newPath(t)
	l := open(t, path, Options{NoSync: true})
	appendN(t, l, "s", 100)
	l.Close()
	if l := open(t, path, Options{ReadOnly: true}); len(l.blocks) != 0 {
		t.Errorf("%d blocks", len(l.blocks))
	}
}

// The background seals by itself, and removes what it has sealed.
func TestFullTailIsSealedBesideAppends(t *testing.T) {
	path := newPath(t)
	l := open(t, path, Options{NoSync: true, sealAt: smallSizes})
	appendN(t, l, "s", 1000)
	waitFor(t, func() bool {
		l.mu.RLock()
		defer l.mu.RUnlock()
		return l.sealed.position >= 900 && !l.remnants
	})
	groups := 0
	l.db.View(func(tx *bbolt.Tx) error {
		groups = tx.Bucket([]byte(bucketTail)).Stats().KeyN
		return nil
	})
	if groups > 100 || l.tailBytes < 0 || l.tailBytes > 100*300 {
		t.Errorf("%d groups are left, %d bytes in the tail", groups, l.tailBytes)
	}
}

// Remnants are what a crash leaves between a sealing and the sweep after it.
func TestRemnantsAreIgnoredCheckedAndSwept(t *testing.T) {
	path := newPath(t)
	l := open(t, path, Options{NoSync: true, NoSeal: true})
	appendN(t, l, "s", 50)
	appendN(t, l, pruneStream, 5)
	want, err := told(l)
	if err != nil {
		t.Fatal(err)
	}
	var groups []stored
	if groups, err = l.page("test", 1); err != nil {
		t.Fatal(err)
	}
	if err := l.Seal(ctx); err != nil {
		t.Fatal(err)
	}
	l.Close()
	putBack := func(change func(i int, v []byte) []byte) {
		tamper(t, path, func(tail, _ *bbolt.Bucket) error {
			for i, g := range groups[20:30] {
				if err := tail.Put(positionKey(g.key), change(i, bytes.Clone(g.value))); err != nil {
					return err
				}
			}
			return nil
		})
	}
	putBack(func(_ int, v []byte) []byte { return v })
	l = open(t, path, Options{ReadOnly: true})
	if have, err := told(l); err != nil || have != want || !l.remnants {
		t.Fatalf("%v: with remnants it tells\n%s\nwithout\n%s", err, have, want)
	}
	l.Close()
	if r, err := VerifyFile(ctx, path, Options{}, nil); err != nil || !r.OK() || r.Records != 55 {
		t.Fatal(err, r.Err(), r.Records)
	}
	putBack(func(i int, v []byte) []byte {
		if i == 3 {
			v[len(v)/2] ^= 4
		}
		return v
	})
	if r, err := VerifyFile(ctx, path, Options{}, nil); err != nil || r.OK() || r.Problems[0].Position != groups[23].key {
		t.Fatal("damage in a remnant is not named", err, r.Err())
	}
	if _, err := Open(path, Options{ReadOnly: true}); !errors.Is(err, eventlog.ErrDamaged) {
		t.Fatal("damage in a remnant is not seen", err)
	}
	putBack(func(_ int, v []byte) []byte { return v })
	l = open(t, path, Options{NoSync: true})
	waitFor(t, func() bool {
		l.mu.RLock()
		defer l.mu.RUnlock()
		return !l.remnants
	})
	if have, err := told(l); err != nil || have != want {
		t.Fatal(err, have)
	}
	l.Close()
	for _, r := range values(t, path) {
		if r.bucket == bucketTail {
			t.Fatal("a remnant is left")
		}
	}
}

// A packer that loses something must not be believed.
func TestPackerThatForgetsIsNotUsed(t *testing.T) {
	path := newPath(t)
	l := open(t, path, Options{NoSync: true, Packer: forgetful{bodies{9}}, sealAt: smallSizes})
	appendN(t, l, "s", 50)
	want, err := told(l)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Seal(ctx); err != nil {
		t.Fatal(err)
	}
	l.Close()
	l = open(t, path, Options{ReadOnly: true}) // without any packer
	if have, err := told(l); err != nil || have != want || len(l.blocks) != 1 {
		t.Fatal(err, have)
	}
}

func TestRecordTooLargeForABlockIsKeptAsItIs(t *testing.T) {
	path := newPath(t)
	l := open(t, path, Options{NoSync: true, NoSeal: true})
	appendN(t, l, "s", 20)
	large := entryOf(40 << 20)
	large.Time = changed(21).Time
	if _, err := l.Append(ctx, "s", 20, large); err != nil {
		t.Fatal(err)
	}
	appendN(t, l, "t", 20)
	if err := l.Seal(ctx); err != nil {
		t.Fatal(err)
	}
	p, c := l.End()
	if len(l.blocks) != 3 || l.sealed != (mark{p, c}) {
		t.Errorf("blocks %+v, end %d", l.blocks, p)
	}
	if n := count(t, l, "s", 0) + count(t, l, "t", 0); n != 41 {
		t.Errorf("%d records", n)
	}
	l.Close()
	l = open(t, path, Options{ReadOnly: true})
	if q, d := l.End(); q != p || d != c {
		t.Error("it ends elsewhere")
	}
}

// What the tail's chain does not vouch for gets no fresh checksum.
func TestDamagedTailIsNotSealed(t *testing.T) {
	path := newPath(t)
	l := open(t, path, Options{NoSync: true, NoSeal: true})
	appendN(t, l, "s", 6)
	l.Close()
	tamper(t, path, func(tail, _ *bbolt.Bucket) error {
		return rewrite(tail, 3, func(r []eventlog.Record) []eventlog.Record { r[0].Text[4] = '!'; return r })
	})
	var failure error
	l = open(t, path, Options{NoSync: true, sealAt: sealSizes{records: 5, bytes: 1 << 20, packed: 1 << 20, tail: 1 << 20, least: 1, sweep: 9},
		OnSeal: func(_ uint64, _ int, err error) { failure = err }})
	if err := l.Seal(ctx); !errors.Is(err, eventlog.ErrDamaged) {
		t.Fatal(err)
	}
	appendN(t, l, "s", 1) // and appends go on
	l.Close()
	if !errors.Is(failure, eventlog.ErrDamaged) {
		t.Error("nobody was told:", failure)
	}
	if r, err := VerifyFile(ctx, path, Options{}, nil); err != nil || r.OK() || r.Problems[0].Position != 3 {
		t.Error("the damage is not named any more", err, r.Err())
	}
}

func TestBlockOfAnotherPackerIsRefused(t *testing.T) {
	path := newPath(t)
	l := open(t, path, Options{NoSync: true, Packer: bodies{200}, sealAt: smallSizes})
	appendN(t, l, "s", 50)
	l.Close()
	before, _ := os.ReadFile(path)
	for _, o := range []Options{{ReadOnly: true}, {ReadOnly: true, Packer: bodies{201}}, {NoSync: true, NoSeal: true}} {
		if err := use(path, o); !errors.Is(err, eventlog.ErrDamaged) || !strings.Contains(err.Error(), "200") {
			t.Errorf("with packer %v: %v", o.Packer, err)
		}
	}
	if err := use(path, Options{ReadOnly: true, Packer: bodies{200}}); err != nil {
		t.Error(err)
	}
	if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
		t.Error("the file was changed")
	}
}

// TestLogChainAtEveryPosition compares with what a log without blocks stores.
func TestLogChainAtEveryPosition(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
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
	if want[last] != end || slices.Contains(want[1:2], want[0]) {
		t.Fatalf("seed %d: the log ends otherwise", seed)
	}
	if _, err := l.LogChainAt(ctx, last+1); !errors.Is(err, eventlog.ErrNotFound) {
		t.Error(err)
	}
}

// TestSegmentsAreWhatReadGives compares the two.
func TestSegmentsAreWhatReadGives(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	rng := rand.New(rand.NewPCG(seed, 0))
	packer := bodies{7}
	l := open(t, newPath(t), Options{NoSync: true, sealAt: smallSizes, Packer: packer})
	for i := range 60 {
		randomStep(rng, i, l)
	}
	read := func(s eventlog.Stream, after eventlog.Revision) (out string) {
		for r, err := range l.Read(ctx, s, after) {
			if err != nil {
				t.Fatal(err)
			}
			r.Position = 0
			out += fmt.Sprintf("%+v\n", r)
		}
		return out
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

func segmentRecords(t *testing.T, p eventlog.Packer, s *eventlog.Segment) (out string) {
	t.Helper()
	records := slices.Clone(s.Records)
	if records == nil {
		for _, m := range s.Makers {
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
		out += fmt.Sprintf("%+v\n", r)
	}
	return out
}

func TestSealWaitsForNothingWhenItMayNot(t *testing.T) {
	l := open(t, newPath(t), Options{NoSync: true, sealAt: smallSizes})
	appendN(t, l, "s", 50)
	c, cancel := context.WithCancel(ctx)
	cancel()
	if err := l.Seal(c); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	ro := newPath(t)
	open(t, ro, Options{}).Close()
	if err := open(t, ro, Options{ReadOnly: true}).Seal(ctx); !errors.Is(err, eventlog.ErrUnavailable) {
		t.Error(err)
	}
	l.restoring.RLock() // as Verify does
	appendN(t, l, "s", 100)
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	l.restoring.RUnlock()
	if err := l.Seal(ctx); !errors.Is(err, eventlog.ErrClosed) {
		t.Error(err)
	}
}
