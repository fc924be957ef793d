package authority

import (
	"fmt"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
)

// benchWorld is a world without failures, with peers in text mode.
func benchWorld(b *testing.B, peers int) (*world, []*conn) {
	b.Helper()
	w := newWorld(nil)
	w.auth.cfg.Publish = func([]Peer, Message) {}
	w.auth.take(request{edit: func() *Fault {
		w.auth.record(event.Opened{Title: "x"}, ada, w.newClient(), 0)
		return nil
	}})
	w.auth.flush()
	conns := make([]*conn, peers)
	for i := range conns {
		conns[i] = &conn{}
		if f := w.auth.joinText(conns[i], ada, eventlog.ClientID{1, byte(i)}, nil); f != nil {
			b.Fatal(f)
		}
	}
	return w, conns
}

// BenchmarkPush has clients type at the end of a text that is cut to 64 Ki units now and then, all
// on the same base, in appends of so many pushes.
func BenchmarkPush(b *testing.B) {
	for _, batch := range []int{1, 16, 256} {
		b.Run(fmt.Sprintf("batch=%d", batch), func(b *testing.B) {
			w, conns := benchWorld(b, min(batch, 256))
			seq := make([]uint64, len(conns))
			a := w.auth
			char := units("x")
			b.ReportAllocs()
			for n := 0; b.Loop(); n++ {
				k := n % batch
				seq[k]++
				// The first of a batch is on the head; the others are as far behind as the batch is long.
				length, rev := a.thread.Len()-k, a.thread.Revision-eventlog.Revision(k)
				c := ot.Replace(length, length, length, char)
				if k == 0 && length > 64<<10 {
					c = ot.Replace(length, 0, length, char)
				}
				p := Push{Client: eventlog.ClientID{1, byte(k)}, Seq: seq[k], Rev: rev, Changes: []ot.Change{c}}
				a.take(request{peer: conns[k], re: "update", edit: func() *Fault { return a.push(conns[k], p) }})
				if k == batch-1 {
					a.flush()
				}
			}
			a.flush()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "edits/s")
		})
	}
}

// BenchmarkLineUpdate types a line letter by letter, with others looking on in line mode.
func BenchmarkLineUpdate(b *testing.B) {
	for _, others := range []int{0, 20} {
		b.Run(fmt.Sprintf("others=%d", others), func(b *testing.B) {
			w, _ := benchWorld(b, 0)
			a, c := w.auth, &conn{}
			a.joinLine(c, ada, 0)
			for range others {
				a.joinLine(&conn{}, ben, 0)
			}
			value := units("")
			b.ReportAllocs()
			for b.Loop() {
				if value = append(value, 'x'); len(value) == 80 {
					value = nil
				}
				ed := LineEdit{Value: value, Line: -1, New: value == nil}
				a.take(request{peer: c, re: "update", edit: func() *Fault { return a.edit(a.lines[c], ed) }})
				a.flush()
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "edits/s")
		})
	}
}

// BenchmarkIdleLine has somebody hold a line open while others write all over the text: its view is
// carried over every change.
func BenchmarkIdleLine(b *testing.B) {
	w, conns := benchWorld(b, 1)
	a, c := w.auth, &conn{}
	a.joinLine(c, ada, 0)
	if f := a.edit(a.lines[c], LineEdit{Value: units("milk"), Line: -1}); f != nil {
		b.Fatal(f)
	}
	rng := uint32(1)
	seq := uint64(0)
	for b.Loop() {
		n := a.thread.Len()
		rng = rng*1664525 + 1013904223
		at := int(rng>>8) % (n + 1)
		if rng%8 == 0 {
			at = n
		}
		seq++
		p := Push{Client: eventlog.ClientID{1, 0}, Seq: seq, Rev: a.thread.Revision, Changes: []ot.Change{ot.Replace(n, at, at, units("x"))}}
		a.take(request{peer: conns[0], re: "update", edit: func() *Fault { return a.push(conns[0], p) }})
		a.flush()
	}
	if l := a.lines[c]; l.own != nil {
		edits := 0
		for range l.own.bridge.Edits() {
			edits++
		}
		b.ReportMetric(float64(edits), "sections")
	}
}
