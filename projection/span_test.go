package projection

import (
	"slices"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
)

// TestSpansAreRunsOfOneRevision: Spans yields each run of one revision once, however
// the text keeps it, yields no empty run, and ends where the caller stops.
func TestSpansAreRunsOfOneRevision(t *testing.T) {
	th := NewThread("t")
	long := make([]uint16, 20_000) // more than one chunk
	for i := range long {
		long[i] = 'x'
	}
	for i, c := range []ot.Change{
		ot.Replace(0, 0, 0, []uint16{'a'}), ot.Replace(1, 1, 1, []uint16{'b'}), // typed
		ot.Replace(2, 2, 2, long),
		ot.Replace(20_002, 1, 1, []uint16{'c', 'd'}),
	} {
		if _, err := th.Apply(event.Event{Revision: eventlog.Revision(i + 1), Payload: event.Changed{Change: c}}); err != nil {
			t.Fatal(err)
		}
	}
	want := []Span{{Revision: 1, Length: 1}, {Revision: 4, Length: 2}, {Revision: 2, Length: 1}, {Revision: 3, Length: 20_000}}
	if got := slices.Collect(th.Spans(0, th.Len())); !slices.Equal(got, want) {
		t.Errorf("the spans are %v, want %v", got, want)
	}
	want[1].Length, want[3].Length = 1, 500
	if got := slices.Collect(th.Spans(2, 504)); !slices.Equal(got, want[1:]) {
		t.Errorf("the spans from 2 to 504 are %v, want %v", got, want[1:])
	}
	if got := slices.Collect(th.Spans(1, 1)); len(got) > 0 {
		t.Errorf("the spans of nothing are %v", got)
	}
	for stop := range want { // the runtime panics if Spans goes on
		n := 0
		for range th.Spans(0, th.Len()) {
			if n++; n > stop {
				break
			}
		}
	}
}

// TestSpansJoinAgain: where what stood between two parts of a span goes, they are one
// span again. Otherwise the spans of a text would only ever become more.
func TestSpansJoinAgain(t *testing.T) {
	typed := func(rev eventlog.Revision, n uint32) span { return span{rev: rev, n: n, step: 1} }
	for _, cut := range []int{1, 2, 5} {
		c := chunk{units: make([]uint16, 6), spans: []span{typed(10, 6)}}
		c.insertSpans(cut, []span{typed(90, 2), {rev: 95, n: 3}})
		c.units = make([]uint16, 11)
		if len(c.spans) != 4 {
			t.Fatalf("cut at %d: the spans are %v", cut, c.spans)
		}
		c.deleteSpans(cut, 5)
		if want := []span{typed(10, 6)}; !slices.Equal(c.spans, want) {
			t.Errorf("cut at %d: the spans are %v, want %v", cut, c.spans, want)
		}
	}
}
