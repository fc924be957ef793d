package projection

import (
	"slices"

	"parodywave/projection/linediff"
)

// align returns the lines before end that are in both texts, as pairs of indices,
// both ascending.
func (c *comparer) align(end [2]int) [][2]int {
	old, now := c.old[:end[0]], c.new[:end[1]]
	if slices.EqualFunc(old, now, func(a, b sideLine) bool { return a.same(&b) }) {
		return identical(len(old))
	}
	at := map[LineID]int{}
	for n := range now {
		at[now[n].id] = n
	}
	var stay, moved [][2]int
	for o := range old {
		n, ok := at[old[o].id]
		if !ok || !old[o].same(&now[n]) {
			continue
		}
		if _, ok := c.moved[old[o].id]; ok {
			moved = append(moved, [2]int{o, n})
		} else {
			stay = append(stay, [2]int{o, n})
		}
	}
	pairs := fill(linediff.Ascending(stay), end, func(from, to [2]int) [][2]int {
		var inside [][2]int
		first, _ := slices.BinarySearchFunc(moved, from[0], func(p [2]int, o int) int { return p[0] - o })
		for _, p := range moved[first:] {
			if p[0] >= to[0] {
				break
			}
			if p[1] >= from[1] && p[1] < to[1] {
				inside = append(inside, p)
			}
		}
		return linediff.Ascending(inside)
	})
	a, b := keysOf(old), keysOf(now)
	return fill(pairs, end, func(from, to [2]int) [][2]int {
		inside := linediff.Common(a[from[0]:to[0]], b[from[1]:to[1]])
		for i := range inside {
			inside[i] = [2]int{inside[i][0] + from[0], inside[i][1] + from[1]}
		}
		return inside
	})
}

func identical(n int) (pairs [][2]int) {
	for i := range n {
		pairs = append(pairs, [2]int{i, i})
	}
	return pairs
}

// keysOf returns a string for each line; equal lines have equal strings.
func keysOf(all []sideLine) []string {
	out := make([]string, len(all))
	for i, l := range all {
		if out[i] = l.text; l.open {
			out[i] += "\n"
		}
	}
	return out
}

// fill adds, in each gap between ascending pairs, the pairs that f finds there.
func fill(pairs [][2]int, end [2]int, f func(from, to [2]int) [][2]int) (out [][2]int) {
	var from [2]int
	for _, p := range append(slices.Clip(pairs), end) {
		if from[0] < p[0] && from[1] < p[1] {
			out = append(out, f(from, p)...)
		}
		if p != end {
			out = append(out, p)
		}
		from = [2]int{p[0] + 1, p[1] + 1}
	}
	return out
}
