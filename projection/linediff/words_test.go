package linediff_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"

	"parodywave/eventlog/seeds"
	"parodywave/projection/linediff"
)

func TestWordsTellWhatWentAndWhatCame(t *testing.T) {
	for _, c := range []struct{ before, after, want string }{
		{"the quick fox", "the slow fox", "[{the  0} {quick -1} {slow 1} { fox 0}]"},
		{"", "new", "[{new 1}]"},
		{"첫 줄", "첫째 줄", "[{첫 -1} {첫째 1} { 줄 0}]"},
		{"漢字", "漢文", "[{漢 0} {字 -1} {文 1}]"},
		{"a❤️b", "a❤️c", "[{a❤️ 0} {b -1} {c 1}]"},
	} {
		if got := fmt.Sprint(linediff.Words(c.before, c.after)); got != c.want {
			t.Errorf("%q, %q: %s, want %s", c.before, c.after, got, c.want)
		}
	}
}

// TestWordsAreWholeRuns: parts alternate, concatenate to both lines, and keep at least
// what the lines have in common at their ends.
func TestWordsAreWholeRuns(t *testing.T) {
	seed := seeds.For(t)
	for i := range uint64(3000) {
		rng := rand.New(rand.NewPCG(seed+i, 0))
		before := strings.Join(drawText(rng.IntN), " ")
		after := strings.Join(drawAnother(rng.IntN, strings.Split(before, " ")), " ")
		var one, two strings.Builder
		last := 9
		for _, p := range linediff.Words(before, after) {
			if p.Kind == last || p.Text == "" || last == 1 && p.Kind == -1 {
				t.Fatalf("seed %d: Words(%q, %q) has %q after a part of kind %d", seed+i, before, after, p.Text, last)
			}
			if last = p.Kind; p.Kind <= 0 {
				one.WriteString(p.Text)
			}
			if p.Kind >= 0 {
				two.WriteString(p.Text)
			}
		}
		if one.String() != before || two.String() != after {
			t.Fatalf("seed %d: Words(%q, %q) leads from %q to %q", seed+i, before, after, one.String(), two.String())
		}
	}
}

// TestALongLineIsComparedInMemoryOfItsLength: a word of a line of 50,000 changes. To join
// the words of a part one by one would copy 6 GB.
func TestALongLineIsComparedInMemoryOfItsLength(t *testing.T) {
	before := strings.Repeat("word ", 50_000)
	after := before[:125_000] + "X" + before[125_000:]
	var m, n runtime.MemStats
	runtime.ReadMemStats(&m)
	parts := linediff.Words(before, after)
	if _, err := linediff.Diff(before, after); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&n)
	if used := n.TotalAlloc - m.TotalAlloc; used > 400*uint64(len(before)) || len(parts) > 4 {
		t.Errorf("%d parts, and %d bytes were allocated for a line of %d", len(parts), used, len(before))
	}
}

func BenchmarkLongLine(b *testing.B) {
	before := strings.Repeat("word ", 200_000)
	after := before[:500_000] + "X" + before[500_000:]
	for b.Loop() {
		if _, err := linediff.Diff(before, after); err != nil {
			b.Fatal(err)
		}
	}
}
