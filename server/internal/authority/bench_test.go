package authority

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/projection/claims"
	"parodywave/server/internal/wire"
)

// A mute room encodes nothing.
type mute struct{ *world }

func (mute) Frame(Message) []byte { return nil }

// benchWorld returns a world without failures, with peers in text mode.
func benchWorld(b *testing.B, peers int) (*world, []*conn) {
	b.Helper()
	w := newWorld(nil)
	w.auth.cfg.Room = mute{w}
	w.auth.handle(request{edit: func() *wire.Error {
		w.auth.record(event.Opened{Title: "x"}, ada, w.newClient(), 0)
		return nil
	}})
	w.auth.commit()
	conns := make([]*conn, peers)
	for i := range conns {
		conns[i] = &conn{w: w}
		if f := w.auth.joinText(conns[i], ada, eventlog.ClientID{1, byte(i)}, nil, w.auth.state()); f != nil {
			b.Fatal(f)
		}
	}
	return w, conns
}

// BenchmarkPush has clients type at the end of a text of up to 64 Ki units, all
// on the same revision. It appends that many pushes at once.
func BenchmarkPush(b *testing.B) {
	for _, batch := range []int{1, 16, 256} {
		b.Run(fmt.Sprintf("batch=%d", batch), func(b *testing.B) {
			w, conns := benchWorld(b, min(batch, 256))
			seq := make([]uint64, len(conns))
			a := w.auth
			char := units("x")
			length, rev := 0, eventlog.Revision(0)
			b.ReportAllocs()
			for n := 0; b.Loop(); n++ {
				k := n % batch
				seq[k]++
				if k == 0 {
					if length = a.thread.Len(); length > 64<<10 {
						a.record(event.Changed{Change: ot.Replace(length, 0, length, nil)}, ben, w.newClient(), 0)
						length = 0
					}
					rev = a.thread.Revision
				}
				c := ot.Replace(length, length, length, char)
				p := wire.Push{Client: eventlog.ClientID{1, byte(k)}, Seq: seq[k], Rev: rev, Changes: []ot.Change{c}}
				a.handle(request{peer: conns[k], re: "update", edit: func() *wire.Error { return a.push(conns[k], p) }})
				if k == batch-1 {
					a.commit()
				}
			}
			a.commit()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "edits/s")
		})
	}
}

// BenchmarkLineUpdate types a line letter by letter while others are in line
// mode.
func BenchmarkLineUpdate(b *testing.B) {
	for _, others := range []int{0, 20} {
		b.Run(fmt.Sprintf("others=%d", others), func(b *testing.B) {
			w, _ := benchWorld(b, 0)
			a, c := w.auth, &conn{w: w}
			a.joinLine(c, ada, 0, a.state())
			for range others {
				a.joinLine(&conn{w: w}, ben, 0, a.state())
			}
			value := units("")
			b.ReportAllocs()
			for b.Loop() {
				if value = append(value, 'x'); len(value) == 80 {
					value = nil
				}
				ed := LineEdit{Value: value, Line: -1, New: value == nil}
				a.handle(request{peer: c, re: "update", edit: func() *wire.Error { return a.edit(a.lines[c], ed) }})
				a.commit()
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "edits/s")
		})
	}
}

// BenchmarkIdleLine has clients hold a line open while another writes all over
// a text of 2,000 lines: their views are carried over every change.
func BenchmarkIdleLine(b *testing.B) {
	for _, idle := range []int{0, 1, 10} {
		b.Run(fmt.Sprintf("clients=%d", idle), func(b *testing.B) {
			w, conns := benchWorld(b, 1)
			a := w.auth
			text := units(strings.Repeat("a line of forty units, as there are many\n", 2000))
			a.record(event.Changed{Change: ot.Replace(0, 0, 0, text)}, ben, w.newClient(), 0)
			a.commit()
			peers := make([]*conn, idle)
			for i := range peers {
				peers[i] = &conn{w: w}
				a.joinLine(peers[i], ada, 0, a.state())
				if f := a.edit(a.lines[peers[i]], LineEdit{Value: units("milk"), New: true, Line: -1}); f != nil {
					b.Fatal(f)
				}
			}
			a.commit()
			rng := rand.New(rand.NewPCG(1, 1))
			seq := uint64(0)
			for b.Loop() {
				n := a.thread.Len()
				at := rng.IntN(n/41) * 41
				seq++
				p := wire.Push{Client: eventlog.ClientID{1, 0}, Seq: seq, Rev: a.thread.Revision, Changes: []ot.Change{ot.Replace(n, at, at+1, units("x"))}}
				a.handle(request{peer: conns[0], re: "update", edit: func() *wire.Error { return a.push(conns[0], p) }})
				a.commit()
			}
			if idle > 0 {
				edits := 0
				for range a.lines[peers[0]].own.bridge.Edits() {
					edits++
				}
				b.ReportMetric(float64(edits), "sections")
			}
		})
	}
}

// BenchmarkClaim has a client delete a whole text, typed unit by unit in turns by two
// people, and undo that; and undo 1,000 Backspaces among others' entries.
func BenchmarkClaim(b *testing.B) {
	for _, n := range []int{1 << 12, 1 << 18} {
		b.Run(fmt.Sprintf("all of %d units", n), func(b *testing.B) {
			w, conns := benchWorld(b, 1)
			a, text := w.auth, units(strings.Repeat("eleven unit\n", n/12))
			for i, u := range text {
				a.record(event.Changed{Change: ot.Replace(i, i, i, []uint16{u})}, []eventlog.AuthorID{ada, ben}[i/40%2], w.newClient(), 0)
			}
			tp, seq := a.texts[conns[0]], uint64(0)
			for b.Loop() {
				seq += 2
				b.StopTimer()
				a.batch.reset(a.thread.Revision)
				a.recent.reset(a.thread.Revision)
				a.record(event.Changed{Change: ot.Replace(len(text), 0, len(text), nil)}, tp.author, tp.client, seq-1)
				c := ot.Replace(0, 0, 0, text)
				b.StartTimer()
				budget := claims.Steps
				f := a.memory.State(a.thread, c, claims.Claim{Undoes: [2]uint64{seq - 1, seq - 1}}, tp.author, tp.client, &budget)
				a.record(f, tp.author, tp.client, seq)
				if !f.States() {
					b.Fatal("nothing is stated")
				}
			}
		})
	}
	b.Run("1000 Backspaces", func(b *testing.B) {
		w, conns := benchWorld(b, 1)
		a, text := w.auth, units(strings.Repeat("eleven unit\n", 1000))
		a.record(event.Changed{Change: ot.Replace(0, 0, 0, text)}, ben, w.newClient(), 0)
		tp := a.texts[conns[0]]
		for i := range 1000 {
			n := a.thread.Len()
			a.record(event.Changed{Change: ot.Replace(n, 6000-i, 6001-i, nil)}, tp.author, tp.client, uint64(i+1))
			a.record(event.Changed{Change: ot.Replace(n-1, n-1, n-1, []uint16{'x'})}, ben, w.newClient(), 0)
		}
		c := ot.Replace(a.thread.Len(), 5001, 5001, text[5001:6001])
		for b.Loop() {
			budget := claims.Steps
			if f := a.memory.State(a.thread, c, claims.Claim{Undoes: [2]uint64{1, 1000}}, tp.author, tp.client, &budget); !f.States() {
				b.Fatal("nothing is stated")
			}
		}
	})
}
