package claims

import (
	"reflect"
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

// TestAClaimHoldsWithinItsBudgetOnly: what it states does not depend on how much of the
// budget other claims have left, as long as that is enough.
func TestAClaimHoldsWithinItsBudgetOnly(t *testing.T) {
	p := newPage(t, "one\ntwo\nthree\n", Max)
	n := p.t.Len()
	var move, back ot.Builder // "two\n" before "one\n", and back
	move.Edit(0, 0, scripts.Units("two\n"))
	move.Edit(4, 8, nil)
	move.KeepTo(n)
	p.change(move.Change())
	back.Edit(0, 4, nil)
	back.Edit(8, 8, scripts.Units("two\n"))
	back.KeepTo(n)
	undo := back.Change()
	state := func(budget int) (stated event.Changed, left int) {
		f := p.m.State(p.t, undo, Claim{Undoes: [2]uint64{2, 2}}, ben, client, &budget)
		return f, budget
	}
	whole, left := state(Steps)
	used := Steps - left
	if !whole.States() || used < 2 {
		t.Fatalf("the undo of a move states %v in %d steps", whole, used)
	}
	for budget := range used + 3 {
		f, _ := state(budget)
		if f.States() != (budget >= used) || f.States() && !reflect.DeepEqual(f, whole) {
			t.Errorf("with %d steps of %d it states %v", budget, used, f.Origins)
		}
	}
}

// TestSearchesAreForUnits: half of a pair is itself and nothing else.
func TestSearchesAreForUnits(t *testing.T) {
	all := searchable([]uint16{'a', 0xd83d, 0xde00, 0xfffd, 'b'})
	for _, part := range [][]uint16{{0xd83d}, {0xde00, 0xfffd}, {0xfffd, 'b'}} {
		if !strings.Contains(all, searchable(part)) {
			t.Errorf("%x is not found", part)
		}
	}
	for _, part := range [][]uint16{{0xd83e}, {0xfffd, 0xfffd}, {0xde00, 'b'}} {
		if strings.Contains(all, searchable(part)) {
			t.Errorf("%x is found", part)
		}
	}
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
