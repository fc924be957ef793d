package projection_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"parodywave/eventlog"
	"parodywave/eventlog/seeds"
	"parodywave/projection"
)

// TestPagesOfOpenedHaveEachThreadOnce: people write and open threads between the pages,
// and every thread that is there from the first page to the last is in exactly one. Pages
// by offset, the wrong twin, miss threads or have them twice.
func TestPagesOfOpenedHaveEachThreadOnce(t *testing.T) {
	seed := seeds.For(t)
	twin := 0
	for round := range uint64(200) {
		rng := rand.New(rand.NewPCG(seed, round))
		n, limit := 1+rng.IntN(60), 1+rng.IntN(9)
		d, clock, opened := projection.NewDirectory(), int64(0), 0
		write := func(stream eventlog.Stream) {
			clock++
			old, _ := d.Get(stream)
			d.Put(projection.Summary{Stream: stream, UpdatedAt: clock, Revision: old.Revision + 1})
		}
		open := func() eventlog.Stream {
			opened++
			stream := eventlog.Stream(fmt.Sprintf("%04d", opened))
			write(stream)
			return stream
		}
		var all []eventlog.Stream
		for range n {
			all = append(all, open())
		}
		for range n {
			write(all[rng.IntN(n)])
		}
		seen, byOffset := map[eventlog.Stream]int{}, map[eventlog.Stream]int{}
		behind := eventlog.Stream("")
		for offset := 0; ; offset += limit {
			page, old := d.Opened(behind, limit), d.Newest(offset, limit)
			for _, s := range page {
				seen[s.Stream]++
				behind = s.Stream
			}
			for _, s := range old {
				byOffset[s.Stream]++
			}
			if len(page) < limit {
				break
			}
			for range rng.IntN(4) {
				write(all[rng.IntN(n)])
			}
			if rng.IntN(3) == 0 {
				open()
			}
		}
		once := func(seen map[eventlog.Stream]int) bool {
			return !slices.ContainsFunc(all, func(s eventlog.Stream) bool { return seen[s] != 1 })
		}
		if !once(seen) {
			t.Fatalf("seed %d round %d: of %d threads in pages of %d, these came: %v", seed, round, n, limit, seen)
		}
		if !once(byOffset) {
			twin++
		}
	}
	if twin < 100 {
		t.Errorf("seed %d: pages by offset are wrong in %d of 200 rounds: the test shows little", seed, twin)
	}
}

func TestOpenedIsInOrderOfOpening(t *testing.T) {
	for _, n := range []int{0, 1, 3000} {
		d := projection.NewDirectory()
		var want []eventlog.Stream
		for i := range n {
			s := eventlog.Stream(fmt.Sprintf("%04d", i))
			want = append(want, s)
			d.Put(projection.Summary{Stream: s, UpdatedAt: int64(i * 7 % 11)})
		}
		slices.Reverse(want)
		for _, limit := range []int{0, 1, 100, 1024, 1025, n + 1} {
			if got := streams(d.Opened("", limit)); !slices.Equal(got, want[:min(limit, n)]) {
				t.Errorf("%d of %d threads are %.5v…, want %.5v…", limit, n, got, want)
			}
		}
	}
}
