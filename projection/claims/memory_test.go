package claims

import (
	"strings"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/projection"
	"parodywave/projection/scripts"
)

var (
	ben    = scripts.AuthorID("ben")
	client = eventlog.ClientID{1}
)

// A page is a thread with its memory, and one client that writes it.
type page struct {
	testing.TB
	t   *projection.Thread
	m   *Memory
	seq uint64
}

func newPage(tb testing.TB, text string, max int) *page {
	t := projection.NewThread(scripts.Stream)
	p := &page{tb, t, New(t, max), 0}
	p.change(ot.Replace(0, 0, 0, scripts.Units(text)))
	return p
}

func (p *page) change(c ot.Change) {
	p.Helper()
	p.seq++
	e := event.Event{Stream: scripts.Stream, Revision: p.t.Revision + 1, Author: ben, Client: client, Seq: p.seq, Payload: event.Changed{Change: c}}
	p.m.Before(p.t, &e)
	eff, err := p.t.Apply(e)
	if err != nil {
		p.Fatal(err)
	}
	p.m.After(p.t, &e, eff.Hunks)
}

// states reports whether something is stated of text that comes back at the beginning.
func (p *page) states(text string, c Claim) bool {
	budget := Steps
	return p.m.State(p.t, ot.Replace(p.t.Len(), 0, 0, scripts.Units(text)), c, ben, client, &budget).States()
}

func TestMemoryIsBounded(t *testing.T) {
	p := newPage(t, strings.Repeat("abcdefgh\n", 100), 200)
	for range 100 {
		p.change(ot.Replace(p.t.Len(), 0, 9, nil))
		if p.m.weight > 200 {
			t.Fatalf("%d units are remembered", p.m.weight)
		}
	}
	if p.states("abcdefgh\n", Claim{Undoes: [2]uint64{2, 2}}) {
		t.Error("an old deletion is remembered")
	}
	if !p.states("abcdefgh\n", Claim{Undoes: [2]uint64{101, 101}}) {
		t.Error("the newest deletion is forgotten")
	}
}

func TestMemoryBoundsRecords(t *testing.T) {
	p := newPage(t, "abc", Max)
	for i := range 3 * maxRecords {
		p.m.Before(p.t, &event.Event{Revision: p.m.base + eventlog.Revision(len(p.m.records)) + 1, Author: ben, Client: client, Seq: uint64(i + 2),
			Payload: event.Changed{Change: ot.Replace(3, 1, 2, nil)}})
		if n := len(p.m.records); n > maxRecords || len(p.m.clients[client].revs) > n {
			t.Fatalf("%d records are remembered, and %d revisions of the client", n, len(p.m.clients[client].revs))
		}
	}
}
