package linediff_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"parodywave/eventlog/seeds"
	"parodywave/projection/linediff"
)

// flawOfCommon returns what is wrong with the pairs of two random lists: the
// second has the same strings as the first, each once, in another order, but
// for up to three that only one of them has.
func flawOfCommon(seed uint64, common func(a, b []string) [][2]int) string {
	random := rand.New(rand.NewPCG(seed, 0))
	var a []string
	for i := range random.IntN(40) {
		a = append(a, fmt.Sprint(i))
	}
	b := slices.Clone(a)
	for range random.IntN(4) {
		i, k := random.IntN(len(b)+1), random.IntN(len(b)+1)
		i, k = min(i, k), max(i, k)
		moved := slices.Clone(b[i:k])
		b = slices.Delete(b, i, k)
		b = slices.Insert(b, random.IntN(len(b)+1), append(moved, fmt.Sprint("new", i))...)
	}
	pairs := common(a, b)
	last := [2]int{-1, -1}
	for _, p := range pairs {
		if p[0] <= last[0] || p[1] <= last[1] || a[p[0]] != b[p[1]] {
			return fmt.Sprintf("%q and %q: %v", a, b, pairs)
		}
		last = p
	}
	// By the table of lengths.
	length := make([][]int, len(a)+1)
	for i := range length {
		length[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for k := len(b) - 1; k >= 0; k-- {
			if length[i][k] = max(length[i+1][k], length[i][k+1]); a[i] == b[k] {
				length[i][k] = length[i+1][k+1] + 1
			}
		}
	}
	// The common ends and the longest ascending selection between them are the
	// longest of all, since no string is there twice.
	if len(pairs) < length[0][0] {
		return fmt.Sprintf("%q and %q: %d pairs, want %d", a, b, len(pairs), length[0][0])
	}
	return ""
}

func TestCommonIsTheLongestOfWhatIsThereOnce(t *testing.T) {
	seed := seeds.For(t)
	for i := range uint64(2000) {
		if flaw := flawOfCommon(seed+i, linediff.Common); flaw != "" {
			t.Fatalf("again: PARODYWAVE_SEED=%d go test -run '^%s$' ./projection/linediff\n%s", seed+i, t.Name(), flaw)
		}
	}
	for i := range uint64(100) {
		if flawOfCommon(seed+i, func(a, b []string) [][2]int {
			pairs := linediff.Common(a, b)
			return pairs[:len(pairs)-min(1, len(pairs))]
		}) != "" {
			return
		}
	}
	t.Error("a pair that is missing was not found")
}
