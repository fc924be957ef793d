package projection_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/eventlog/seeds"
	"parodywave/projection"
	"parodywave/projection/scripts"
)

// swap returns the change that puts new where old stands first in a thread.
func swap(t testing.TB, th *projection.Thread, old, new string) ot.Change {
	t.Helper()
	before, _, ok := strings.Cut(th.Text(), old)
	if !ok {
		t.Fatalf("%q is not in %q", old, th.Text())
	}
	from := len(scripts.Units(before))
	return ot.Replace(th.Len(), from, from+len(scripts.Units(old)), scripts.Units(new))
}

func happen(t testing.TB, th *projection.Thread, f event.Payload) *projection.Effect {
	t.Helper()
	effect, err := th.Apply(event.Event{Stream: scripts.Stream, Revision: th.Revision + 1, Author: scripts.AuthorID("ana"), Payload: f})
	if err != nil {
		t.Fatal(err)
	}
	return effect
}

func TestSummaryTellsTheLineThatWasChangedLast(t *testing.T) {
	th := projection.NewThread(scripts.Stream)
	if got := th.Summary().Last; got != "" {
		t.Errorf("a thread without lines has %q", got)
	}
	for _, c := range []struct{ old, new, last string }{
		{"", "one", "one"},
		{"one", "one\n", "one"},                 // Enter: nothing in the new line yet
		{"one\n", "one\ntwo\nthree\n", "three"}, // pasted with a break at the end
		{"one", "none", "none"},
		{"two", "two\n\n\n", "two"},
		{"three", "", "two"},
		{"none\ntwo", "none\n", "none"},
		{"none", "no 😀 한", "no 😀 한"},
		{"no 😀 한\n", "", ""}, // what is left are empty lines
		{"", "a\nb\nc\nd", "d"},
		{"b\nc\n", "", "d"}, // nothing but lines taken away: what stands there
		{"a", "a" + strings.Repeat("x", 200), "a" + strings.Repeat("x", 119)},
		{"d", "d" + strings.Repeat("😀", 200), "d" + strings.Repeat("😀", 119)},
	} {
		happen(t, th, event.Changed{Change: swap(t, th, c.old, c.new)})
		if got := th.Summary().Last; got != c.last {
			t.Errorf("after %.20q became %.20q the last line is %.40q, want %.40q", c.old, c.new, got, c.last)
		}
	}
	d := th.Text()
	happen(t, th, event.Renamed{Title: "other"})
	if got := th.Summary().Last; !strings.HasPrefix(got, "d😀") {
		t.Errorf("a rename made the last line %.20q", got)
	}
	from, to := len(scripts.Units(d[:strings.Index(d, "d")])), th.Len()
	happen(t, th, scripts.Redaction(th.Units(0, th.Len()), from, to))
	if got := th.Summary().Last; strings.Contains(got, "😀") || got == "" {
		t.Errorf("of redacted text the list says %.20q", got)
	}
}

// lastOf is what Summary.Last should be after an effect, looked up in the whole
// text.
func lastOf(text []uint16, effect *projection.Effect) string {
	lines := strings.Split(string(utf16.Decode(text)), "\n")
	i := effect.Touched[len(effect.Touched)-1]
	for seen := 0; i >= 0 && seen < 16; i, seen = i-1, seen+1 {
		if r := []rune(lines[i]); len(r) > 0 {
			return string(r[:min(len(r), projection.LastMax)])
		}
	}
	return ""
}

// The thread is asked for nothing else, so that edits are caught half made.
func TestLastIsWhatTheTouchedLineReads(t *testing.T) {
	seed := seeds.For(t)
	rnd := rand.New(rand.NewPCG(seed, 0))
	alphabet := []string{"a", "b", "c", "\n", "\n\n", "한", "😀", strings.Repeat("long ", 40)}
	others := 0
	for range 60 {
		th := projection.NewThread(scripts.Stream)
		var text []uint16
		var told script
		earlier, at := "", 0
		for range 80 {
			if rnd.IntN(4) == 0 { // else typing goes on
				at = rnd.IntN(len(text) + 1)
			}
			from, put := whole(text, min(at, len(text))), scripts.Units(alphabet[rnd.IntN(len(alphabet))])
			to := from
			switch rnd.IntN(6) {
			case 0:
				to = max(from, whole(text, min(len(text), from+rnd.IntN(12))))
			case 1: // Backspace
				from, put = whole(text, max(0, from-1)), nil
			}
			c := ot.Replace(len(text), from, to, put)
			told = append(told, fmt.Sprint("ana ", c))
			effect := happen(t, th, event.Changed{Change: c})
			text = slices.Replace(text, from, to, put...)
			at = from + len(put)
			if len(effect.Touched) == 0 {
				continue
			}
			got, want := th.Summary().Last, lastOf(text, effect)
			if got != want {
				t.Fatalf("the last line is %q, want %q\n%v", got, want, told)
			}
			if earlier != want { // a summary that is never rebuilt would say this
				others++
			}
			earlier = want
		}
	}
	if others < 100 {
		t.Errorf("the last line was another only %d times: nothing was tried", others)
	}
}

// whole moves a position off the middle of a pair.
func whole(text []uint16, at int) int {
	if at > 0 && at < len(text) && utf16.IsSurrogate(rune(text[at-1])) && text[at-1] < 0xdc00 {
		return at - 1
	}
	return at
}

// BenchmarkSummary types, and asks for the summary after each keystroke, as an
// authority does after each append, or not.
func BenchmarkSummary(b *testing.B) {
	changes := slices.Values(typing(100_000))
	for _, every := range []int{0, 1} {
		b.Run(fmt.Sprintf("every=%d", every), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				th := projection.NewThread(scripts.Stream)
				for c := range changes {
					happen(b, th, event.Changed{Change: c})
					if every > 0 {
						_ = th.Summary()
					}
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/100_000, "ns/keystroke")
		})
	}
}
