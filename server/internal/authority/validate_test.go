package authority

import (
	"math/rand/v2"
	"strings"
	"testing"

	"parodywave/eventlog/ot"
	"parodywave/eventlog/seeds"
	"parodywave/server/internal/wire"
)

// anyChange returns a change of n units whose edges may lie anywhere.
func anyChange(rng *rand.Rand, n int) ot.Change {
	var b ot.Builder
	inserts := [][]uint16{nil, units("a"), units("😀"), units("b😀c")}
	for at := 0; ; {
		at += rng.IntN(5)
		del := rng.IntN(3)
		if at+del > n {
			break
		}
		if insert := inserts[rng.IntN(len(inserts))]; del+len(insert) > 0 {
			b.Edit(at, at+del, insert)
		}
		at += del
	}
	b.KeepTo(n)
	return b.Change()
}

// TestCutPairsAreFoundInOneWalk compares validate with applying each change to the text.
func TestCutPairsAreFoundInOneWalk(t *testing.T) {
	seed := seeds.For(t)
	cut, whole := 0, 0
	for i := range uint64(3000) {
		rng := rand.New(rand.NewPCG(seed+i, 1))
		s := newScene(t, strings.Repeat("a😀", 1+rng.IntN(6)))
		text := s.auth.thread.Units(0, s.auth.thread.Len())
		var changes []ot.Change
		bad := false
		for range 1 + rng.IntN(5) {
			c := anyChange(rng, len(text))
			if bad = c.CutsPair(func(pos int) uint16 { return text[pos] }); bad && rng.IntN(10) > 0 {
				bad = false
				continue
			}
			changes = append(changes, c)
			if bad {
				break
			}
			text = mustApply(c, text)
		}
		f := s.auth.validate(changes)
		if (f != nil) != bad || bad && f.Code != wire.BadChange {
			t.Fatalf("seed %d: %d changes, the last cuts a pair: %t, and the answer is %v", seed+i, len(changes), bad, f)
		}
		if bad {
			cut++
		} else if len(changes) > 1 {
			whole++
		}
	}
	if cut < 100 || whole < 100 {
		t.Errorf("%d pushes cut a pair, and %d of several changes do not", cut, whole)
	}
}

// TestTogetherIsComposing: halves give what one after the other gives.
func TestTogetherIsComposing(t *testing.T) {
	rng := rand.New(rand.NewPCG(seeds.For(t), 2))
	for range 500 {
		all, n := []ot.Change{}, rng.IntN(20)
		for range 1 + rng.IntN(9) {
			all = append(all, anyChange(rng, n))
			n = all[len(all)-1].NewLen()
		}
		want := all[0]
		for _, c := range all[1:] {
			want = compose(want, c)
		}
		text := units(strings.Repeat("x", want.Len()))
		if got := together(all); ot.String(mustApply(got, text)) != ot.String(mustApply(want, text)) || size(got) != size(want) {
			t.Fatalf("%s, want %s", jsonOf(got), jsonOf(want))
		}
	}
}
