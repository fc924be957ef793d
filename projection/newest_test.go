package projection_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/seeds"
	"parodywave/projection"
)

// TestNewestIsAPartOfTheList, wherever it begins and however long it is.
func TestNewestIsAPartOfTheList(t *testing.T) {
	seed := seeds.For(t)
	rng := rand.New(rand.NewPCG(seed, 0))
	for _, n := range []int{0, 1, 2, 50, 3000} {
		d := projection.NewDirectory()
		for i := range n {
			d.Put(projection.Summary{Stream: eventlog.Stream(fmt.Sprint(i)), UpdatedAt: rng.Int64N(int64(n))})
		}
		all := streams(d.List())
		if len(all) != n {
			t.Fatalf("seed %d: %d of %d threads are listed", seed, len(all), n)
		}
		for _, offset := range []int{0, 1, rng.IntN(n + 1), n - 1, n, n + 1, 1020, math.MaxInt} {
			for _, limit := range []int{0, 1, 7, rng.IntN(n + 1), n, 1024, 1025, math.MaxInt} {
				offset := max(offset, 0)
				want := all[min(offset, n):]
				want = want[:min(limit, len(want))]
				if got := streams(d.Newest(offset, limit)); !slices.Equal(got, want) {
					t.Fatalf("seed %d: %d from %d on of %d threads are %v, want %v", seed, limit, offset, n, got, want)
				}
			}
		}
	}
}

// BenchmarkNewestOf100k is what the list of a large server costs, under a lock for
// which every append waits.
func BenchmarkNewestOf100k(b *testing.B) {
	d := projection.NewDirectory()
	for i := range 100_000 {
		d.Put(projection.Summary{Stream: eventlog.Stream(fmt.Sprintf("%026d", i)), UpdatedAt: int64(i * 7919 % 100_003)})
	}
	for b.Loop() {
		d.Newest(0, 50)
	}
}
