package boltlog

import (
	"math/rand/v2"
	"slices"
	"testing"

	"parodywave/eventlog"
)

func TestGroupIndexFindsWhereARevisionLies(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{0, 1, 2, blockEntries, blockEntries + 1, 1000} {
		var x groupIndex
		var all []indexEntry
		e := indexEntry{1, 1}
		for range n {
			x.add(e)
			all = append(all, e)
			e.at += eventlog.Position(1 + rng.IntN(300))
			e.first += eventlog.Revision(1 + rng.IntN(3))
		}
		for r := range e.first + 3 {
			i := 0
			for i+1 < n && all[i+1].first <= r {
				i++
			}
			for _, limit := range []int{1, 2, 7, 500} {
				want := all[i:min(i+limit, n)]
				if got := x.from(r, []indexEntry{{7, 7}}, limit); !slices.Equal(got, want) {
					t.Fatalf("%d entries, from %d, at most %d: %v, want %v", n, r, limit, got, want)
				}
			}
			before, ok := x.before(r)
			j := slices.IndexFunc(all, func(e indexEntry) bool { return e.first >= r })
			if j < 0 {
				j = n
			}
			if ok != (j > 0) || ok && before != all[j-1] {
				t.Fatalf("%d entries, before %d: %v %v", n, r, before, ok)
			}
		}
	}
}

// Ten million records, each a group of its own, must not fill the memory.
func TestGroupIndexIsSmall(t *testing.T) {
	var x groupIndex
	const n = 1_000_000
	for i := range n {
		x.add(indexEntry{eventlog.Position(i*200 + 1), eventlog.Revision(i + 1)})
	}
	bytes := cap(x.blocks) * 72
	for i := range x.blocks {
		bytes += cap(x.blocks[i].rest)
	}
	if per := float64(bytes) / n; per > 6 {
		t.Fatalf("%.1f bytes an entry", per)
	}
}
