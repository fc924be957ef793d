package loadgen

import (
	"math/rand/v2"
	"testing"
)

// slow is a tally that remembers everything.
type slow struct {
	seen                                 map[uint64]bool
	last, count, duplicated, reorderings uint64
}

func (s *slow) add(n uint64) {
	switch {
	case s.seen[n]:
		s.duplicated++
		return
	case n < s.last:
		s.reorderings++
	}
	s.seen[n] = true
	s.last, s.count = max(s.last, n), s.count+1
}

func TestTallyTellsLossFromDisorder(t *testing.T) {
	var y tally
	for _, n := range []uint64{1, 2, 5, 3, 3, 70, 0} {
		y.add(n)
	}
	var c Count
	if c.of(&y, 70); c != (Count{Lost: 65, Duplicated: 2, Reordered: 1}) {
		t.Errorf("%+v", c)
	}
}

func TestTallyCountsAsASlowOneDoes(t *testing.T) {
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 0))
	for range 300 {
		var y tally
		s := slow{seen: map[uint64]bool{0: true}}
		var done [][2]uint64
		for next := uint64(1); next < 60; {
			first, n := next, 1+r.Uint64N(5)
			switch r.IntN(6) {
			case 0:
				first += r.Uint64N(4) // leaves some out
			case 1:
				first -= min(first-1, r.Uint64N(9)) // again, or what was left out
			}
			done = append(done, [2]uint64{first, n})
			y.addRun(first, n)
			for i := range n {
				s.add(first + i)
			}
			next = max(next, first+n)
		}
		if y.count != s.count || y.duplicated != s.duplicated || y.reordered != s.reorderings || y.last != s.last {
			t.Fatalf("seed %d: runs %v: %+v, want %+v", seed, done, y, s)
		}
	}
}
