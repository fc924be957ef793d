package pack_test

import (
	"cmp"
	"compress/gzip"
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
	"parodywave/eventlog/event"
	"parodywave/eventlog/internal/pack"
	"parodywave/eventlog/ot"

	"github.com/oklog/ulid/v2"
)

// trace returns the bodies of a recorded history of single edits, whose positions
// are code points; it must be ASCII.
func trace(tb testing.TB, name string) (bodies []eventlog.Record) {
	tb.Helper()
	dir := os.Getenv("PARODYWAVE_TRACES")
	if dir == "" {
		dir = "../../../../shared/traces"
	}
	f, err := os.Open(filepath.Join(dir, name))
	if os.IsNotExist(err) {
		tb.Skipf("no trace %s in %s: set PARODYWAVE_TRACES", name, dir)
	}
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		tb.Fatal(err)
	}
	var data struct {
		StartContent string
		Txns         []struct{ Patches [][3]any }
	}
	if err := json.NewDecoder(z).Decode(&data); err != nil {
		tb.Fatal(err)
	}
	length := ot.Len(data.StartContent)
	for _, txn := range data.Txns {
		for _, p := range txn.Patches {
			u, err := ot.Units(p[2].(string))
			if err != nil {
				tb.Fatal(err)
			}
			at, deleted := int(p[0].(float64)), int(p[1].(float64))
			bodies = append(bodies, event.Encode(event.Changed{Change: ot.Replace(length, at, at+deleted, u)}))
			length += len(u) - deleted
		}
	}
	return bodies
}

// A keyboard gives the moments of typing as people type: log-normal around 140 ms,
// with pauses to think every thirty keys or so, and breaks of minutes.
type keyboard struct {
	rnd *rand.Rand
	now float64
}

func (t *keyboard) key() int64 {
	wait := 140 * math.Exp(0.5*t.rnd.NormFloat64())
	switch t.rnd.IntN(1000) {
	default:
	case 0:
		wait = 60_000 * math.Exp(t.rnd.NormFloat64())
	case 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30:
		wait = 1500 * math.Exp(0.8*t.rnd.NormFloat64())
	}
	t.now += wait
	return int64(t.now)
}

// typed has threads typed at once: the bodies are divided among them. Three
// authors take turns in each, of some hundred keys, each with a client of their
// own. The records are in log order, by time.
func typed(bodies []eventlog.Record, threads int) []eventlog.Record {
	rnd := rand.New(rand.NewPCG(5, uint64(threads)))
	id := func() (id [16]byte) {
		for i := range id {
			id[i] = byte(rnd.Uint32())
		}
		copy(id[:], []byte{0x01, 0x93, 0x5a, byte(rnd.IntN(4))}) // the time in a ULID
		return id
	}
	authors := make([][16]byte, 3*min(threads, 100))
	for i := range authors {
		authors[i] = id()
	}
	each := len(bodies) / threads
	var records []eventlog.Record
	for i := range threads {
		stream := eventlog.Stream(ulid.ULID(id()).String())
		clock := keyboard{rnd: rnd, now: 1_732_000_000_000 + float64(rnd.IntN(3000))}
		var clients [3][16]byte
		var seqs [3]uint64
		for j := range clients {
			clients[j] = id()
		}
		who, turn := 0, 0
		for j, r := range bodies[i*each : (i+1)*each] {
			if turn--; turn < 0 {
				who, turn = (who+1)%3, 50+rnd.IntN(450)
			}
			seqs[who]++
			r.Stream, r.Revision, r.Time = stream, eventlog.Revision(j+1), clock.key()
			r.Author, r.Client, r.Seq = authors[(3*i+who)%len(authors)], clients[who], seqs[who]
			records = append(records, r)
		}
	}
	// Records of one millisecond are in an order that the streams do not show.
	chance := func(r *eventlog.Record) uint64 {
		return (uint64(r.Time) ^ uint64(r.Stream[20])<<40 ^ uint64(r.Stream[25])<<48) * 0x9e3779b97f4a7c15 >> 20
	}
	slices.SortStableFunc(records, func(a, b eventlog.Record) int {
		return cmp.Or(cmp.Compare(a.Time, b.Time), cmp.Compare(chance(&a), chance(&b)))
	})
	for i := range records {
		records[i].Position = eventlog.Position(i + 1)
	}
	return records
}

var sealer = pack.Sealer{Packer: event.Packer{}}

// blocks seals records in blocks of up to n.
func blocks(tb testing.TB, records []eventlog.Record, n int) (values [][]byte) {
	for part := range slices.Chunk(records, n) {
		v, err := sealer.Seal(part[0].Position, part, uint64(len(part)), directory(part), chain.Digest{1})
		if err != nil {
			tb.Fatal(err)
		}
		values = append(values, v)
	}
	return values
}

// directory returns what is in a block, with chain values that are as random as
// real ones.
func directory(records []eventlog.Record) (parts []pack.Part) {
	index := map[eventlog.Stream]int{}
	rnd := rand.New(rand.NewPCG(6, 0))
	for i := range records {
		r := &records[i]
		at, ok := index[r.Stream]
		if !ok {
			at = len(parts)
			index[r.Stream] = at
			p := pack.Part{Stream: r.Stream, First: r.Revision}
			for j := range p.Chain {
				p.Chain[j] = byte(rnd.Uint32())
			}
			parts = append(parts, p)
		}
		parts[at].Count++
		parts[at].Time = r.Time
	}
	return parts
}
