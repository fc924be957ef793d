package projection_test

import (
	"fmt"
	"slices"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/eventlog/seeds"
	"parodywave/projection"
	"parodywave/projection/scripts"
)

// keystrokes are those of somebody who types, takes back, deletes ahead, types
// over and goes elsewhere, mostly going on where the last one ended.
func keystrokes(draw scripts.Source, n int) (events []event.Event) {
	length, at := 0, 0
	for i := range n {
		from, to, insert := at, at, []uint16{'a' + uint16(draw(26))}
		if draw(30) == 0 {
			from = draw(length + 1)
			to = from
		}
		switch draw(20) {
		case 0:
			insert[0] = '\n'
		case 1, 2, 3, 4:
			from, insert = max(0, from-1-draw(1+draw(8))), nil
		case 5, 6, 7:
			to, insert = min(length, to+1+draw(1+draw(8))), nil
		case 8:
			from, to = max(0, from-draw(4)), min(length, to+draw(4))
		case 9:
			insert = slices.Repeat(insert, 1+draw(1+draw(700)))
		}
		events = append(events, event.Event{
			Stream: scripts.Stream, Revision: eventlog.Revision(i + 1), Time: int64(i), Author: scripts.AuthorID([]string{"ana", "ben"}[draw(10)/9]),
			Payload: event.Changed{Change: ot.Replace(length, from, to, insert)},
		})
		length += len(insert) - (to - from)
		at = from + len(insert)
	}
	return events
}

// apply folds events, and looks at the thread after those that look picks.
func apply(t *testing.T, events []event.Event, look func(i int) bool) told {
	t.Helper()
	th := projection.NewThread(scripts.Stream)
	for i := range events {
		if _, err := th.Apply(events[i]); err != nil {
			t.Fatal(err)
		}
		if look(i) {
			tell(th)
		}
	}
	return tell(th)
}

// The pen keeps typed text apart until somebody reads it. Looking at any time,
// or never, must show the same in the end.
func TestLookingChangesNothing(t *testing.T) {
	draw := scripts.Seeded(seeds.For(t))
	for range seeds.Rounds(60) {
		events := keystrokes(draw, 1+draw(400))
		want := fmt.Sprintf("%+v", apply(t, events, func(int) bool { return true }))
		for _, one := range []int{0, 9} { // never, and after one in nine
			look := func(int) bool { return one > 0 && draw(one) == 0 }
			if got := fmt.Sprintf("%+v", apply(t, events, look)); got != want {
				t.Fatalf("after %d edits, looked at after one in %d (0: none):\n%.2000s\nafter each:\n%.2000s", len(events), one, got, want)
			}
		}
		// The negative control: one keystroke more is seen.
		c := events[len(events)-1].Payload.(event.Changed).Change
		more := append(slices.Clone(events), events[0])
		more[len(events)].Revision = eventlog.Revision(len(more))
		more[len(events)].Payload = event.Changed{Change: ot.Replace(c.NewLen(), 0, 0, []uint16{'!'})}
		if got := fmt.Sprintf("%+v", apply(t, more, func(int) bool { return false })); got == want {
			t.Fatal("a further keystroke is not seen")
		}
	}
}
