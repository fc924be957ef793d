package client

import (
	"math/rand/v2"
	"slices"
	"testing"

	"parodywave/eventlog/ot"
)

// randomEdit makes a change of a text of n units: some insert, some delete.
func randomEdit(r *rand.Rand, n int, word string) ot.Change {
	from := r.IntN(n + 1)
	to := from
	if r.IntN(3) == 0 {
		to = min(n, from+r.IntN(6))
	}
	var insert []uint16
	if to == from || r.IntN(2) == 0 {
		insert, _ = ot.Units(word)
	}
	return ot.Replace(n, from, to, insert)
}

func TestTextAgreesWithApply(t *testing.T) {
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 0))
	var want []uint16
	text := NewText(nil)
	for i := range 20_000 {
		c := randomEdit(r, text.Len(), []string{"a", "\n", "한글", "word ", ""}[r.IntN(5)])
		if r.IntN(100) == 0 && text.Len() > 4 { // several sections
			var b ot.Builder
			b.Replace(1, nil)
			b.Keep(text.Len() - 3)
			b.Replace(0, []uint16{'x', 'y'})
			b.Replace(1, []uint16{'z'})
			b.Keep(1)
			c = b.Change()
		}
		var err error
		if want, err = c.Apply(want); err != nil {
			t.Fatal(err)
		}
		text.Apply(c)
		if i%50 != 0 {
			continue
		}
		if got := text.Units(0, text.Len()); !slices.Equal(got, want) {
			t.Fatalf("seed %d: after %d changes the text is %q, want %q", seed, i+1, ot.String(got), ot.String(want))
		}
		from := r.IntN(text.Len() + 1)
		to := from + r.IntN(text.Len()-from+1)
		if got := text.Units(from, to); !slices.Equal(got, want[from:to]) {
			t.Fatalf("seed %d: units %d to %d are %q, want %q", seed, from, to, ot.String(got), ot.String(want[from:to]))
		}
		if from < to && text.Unit(from) != want[from] {
			t.Fatalf("seed %d: unit %d is %x, want %x", seed, from, text.Unit(from), want[from])
		}
	}
}
