package projection_test

import (
	"strings"
	"testing"

	"parodywave/eventlog/seeds"
	"parodywave/projection"
	"parodywave/projection/scripts"
)

// TestCountedLinesAreGits: git counts the breaks of a text, and a last line without one.
// LineCount, which lists and commands once counted by, is the wrong twin.
func TestCountedLinesAreGits(t *testing.T) {
	draw, pieces := scripts.Seeded(seeds.For(t)), 0
	for range seeds.Rounds(300) {
		th, s := projection.NewThread(scripts.Stream), script{}
		for range 20 {
			s = append(s, scripts.NextLine(draw, th.Units(0, th.Len()), th.Written))
			e, err := scripts.Event(len(s), s[len(s)-1], th.Units(0, th.Len()))
			if err == nil {
				_, err = th.Apply(e)
			}
			if err != nil {
				t.Fatal(err)
			}
			want := 0
			for range strings.Lines(th.Text()) {
				want++
			}
			if got, listed := th.CountedLines(), th.Summary().Lines; got != want || listed != want {
				t.Fatalf("%q has %d lines, listed as %d, want %d\n%v", th.Text(), got, listed, want, s)
			}
			if th.LineCount() != want {
				pieces++
			}
		}
	}
	if pieces == 0 {
		t.Error("no text ended with a break")
	}
}
