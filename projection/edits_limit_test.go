package projection_test

import (
	"strings"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/projection"
	"parodywave/projection/scripts"
)

// TestPatchesEndAtTheirBoundOfEdits: what a change remembers is bounded by its edits,
// in however few runs of neighbouring lines they are. With the bound in runs, one
// change of 100,000 edits in neighbouring lines settled for most of a minute.
func TestPatchesEndAtTheirBoundOfEdits(t *testing.T) {
	for n, author := range map[int]string{1000: "ana", 1001: "ben"} {
		th := projection.NewThread(scripts.Stream)
		text := scripts.Units(strings.Repeat("some words\n", n))
		write := ot.Replace(0, 0, 0, text)
		var b ot.Builder
		for i := range n {
			b.Edit(11*i+4, 11*i+4, scripts.Units("!"))
		}
		b.KeepTo(len(text))
		exclaim := b.Change()
		back, err := exclaim.Invert(text)
		if err != nil {
			t.Fatal(err)
		}
		for i, c := range []ot.Change{write, exclaim, back} {
			e := event.Event{Revision: eventlog.Revision(i + 1), Author: scripts.AuthorID([]string{"ana", "ben", "ben"}[i]), Payload: event.Changed{Change: c}}
			if _, err := th.Apply(e); err != nil {
				t.Fatal(err)
			}
		}
		if got := scripts.AuthorName(th.Row(n / 2).Author); got != author {
			t.Errorf("after %d edits in one run of lines, taken back, a line is by %s, want %s", n, got, author)
		}
	}
}
