package live

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"parodywave/eventlog/seeds"
)

// A happening is n events, or a duration in microseconds, in a second.
type happening struct{ second, n, micros int64 }

func happenings(rnd *rand.Rand) []happening {
	var all []happening
	second := int64(rnd.IntN(1000))
	for range 1 + rnd.IntN(60) {
		second += []int64{0, 0, 0, 1, 2, 9, 10, 11, 40}[rnd.IntN(9)]
		all = append(all, happening{second, int64(rnd.IntN(50)), int64(math.Exp(rnd.Float64() * 19))})
	}
	return all
}

// countedWithin counts the events of the last seconds.
func countedWithin(all []happening, second, window int64) (n uint64) {
	for _, h := range all {
		if h.second > second-window {
			n += uint64(h.n)
		}
	}
	return n
}

func TestAMeterCountsTenSeconds(t *testing.T) {
	seed := seeds.For(t)
	rnd := rand.New(rand.NewPCG(seed, 0))
	nine := 0
	for range 2000 {
		all := happenings(rnd)
		var m meter
		for _, h := range all {
			m.add(h.second, int(h.n))
		}
		at := all[len(all)-1].second + int64(rnd.IntN(13))
		got := m.sum(at)
		if want := countedWithin(all, at, 10); got != want {
			t.Fatalf("seed %d: %d at second %d, want %d of %+v", seed, got, at, want, all)
		}
		if got != countedWithin(all, at, 9) {
			nine++
		}
	}
	if nine < 50 {
		t.Errorf("a window of nine seconds would have passed but %d times", nine)
	}
}

// TestQuantilesAreWithinASixteenth compares them with exact ones.
func TestQuantilesAreWithinASixteenth(t *testing.T) {
	seed := seeds.For(t)
	rnd := rand.New(rand.NewPCG(seed, 0))
	others := 0
	for range 300 {
		all := happenings(rnd)
		l := new(latencies)
		for _, h := range all {
			l.add(h.second, h.micros)
		}
		at := all[len(all)-1].second
		var kept []int64
		for _, h := range all {
			if h.second > at-10 {
				kept = append(kept, h.micros)
			}
		}
		slices.Sort(kept)
		shares := []float64{0.5, 0.99}
		got, n := l.quantiles(at, shares...)
		if n != uint64(len(kept)) {
			t.Fatalf("seed %d: %d durations, want %d of %+v", seed, n, len(kept), all)
		}
		for i, share := range shares {
			rank := max(int(math.Ceil(share*float64(len(kept)))), 1)
			if want := kept[rank-1]; !near(got[i], want) {
				t.Fatalf("seed %d: quantile %v is %d, want %d of %v", seed, share, got[i], want, kept)
			} else if !near(got[i], kept[rank%len(kept)]) {
				others++
			}
		}
	}
	if others < 50 {
		t.Errorf("the next duration would have done all but %d times", others)
	}
	if q, n := new(latencies).quantiles(5, 0.5); n != 0 || q[0] != 0 {
		t.Errorf("of nothing the median is %d of %d", q[0], n)
	}
}

func near(got, want int64) bool { return math.Abs(float64(got-want)) <= float64(want)/16 }

func BenchmarkLatenciesAdd(b *testing.B) {
	l := new(latencies)
	for n := int64(0); b.Loop(); n++ {
		l.add(n>>20, n&0xffff)
	}
}
