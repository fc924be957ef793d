package projection

import "slices"

// align returns which lines, of those before end, are in both texts: pairs of
// indices, both ascending.
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
	pairs := fill(ascending(stay), end, func(from, to [2]int) [][2]int {
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
		return ascending(inside)
	})
	a, b := keysOf(old), keysOf(now)
	return fill(pairs, end, func(from, to [2]int) [][2]int {
		inside := common(a[from[0]:to[0]], b[from[1]:to[1]])
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

// keysOf returns strings that are equal where lines are.
func keysOf(all []sideLine) []string {
	out := make([]string, len(all))
	for i, l := range all {
		if out[i] = l.text; l.open {
			out[i] += "\n"
		}
	}
	return out
}

// fill adds, in each gap between ascending pairs, those that f finds there.
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

// ascending returns the most of pairs, which ascend in the first number, that
// ascend in the second, too: by the piles of patience sorting.
func ascending(pairs [][2]int) [][2]int {
	var tops []int // of each pile, the pair with the least second number
	before := make([]int, len(pairs))
	for i, p := range pairs {
		k, _ := slices.BinarySearchFunc(tops, p[1], func(t, n int) int { return pairs[t][1] - n })
		before[i] = -1
		if k > 0 {
			before[i] = tops[k-1]
		}
		if k == len(tops) {
			tops = append(tops, i)
		} else {
			tops[k] = i
		}
	}
	out := make([][2]int, len(tops))
	if len(tops) == 0 {
		return nil
	}
	for k, i := len(tops)-1, tops[len(tops)-1]; i >= 0; k, i = k-1, before[i] {
		out[k] = pairs[i]
	}
	return out
}

// commonCells is how many pairs of strings are compared one by one.
const commonCells = 1 << 20

// common returns a longest common subsequence of a and b, as pairs of indices. A
// part of them that is too long for that is cut at the strings which each has
// once; where there are none, nothing in it is common.
func common(a, b []string) (pairs [][2]int) {
	first := 0
	for first < len(a) && first < len(b) && a[first] == b[first] {
		pairs = append(pairs, [2]int{first, first})
		first++
	}
	last := 0
	for last < len(a)-first && last < len(b)-first && a[len(a)-1-last] == b[len(b)-1-last] {
		last++
	}
	for _, p := range middle(a[first:len(a)-last], b[first:len(b)-last]) {
		pairs = append(pairs, [2]int{p[0] + first, p[1] + first})
	}
	for ; last > 0; last-- {
		pairs = append(pairs, [2]int{len(a) - last, len(b) - last})
	}
	return pairs
}

func middle(a, b []string) [][2]int {
	switch {
	case len(a) == 0 || len(b) == 0:
		return nil
	case len(a) <= commonCells/len(b):
		return subsequence(a, b)
	}
	anchors := ascending(once(a, b))
	if len(anchors) == 0 {
		return nil
	}
	return fill(anchors, [2]int{len(a), len(b)}, func(from, to [2]int) [][2]int {
		inside := common(a[from[0]:to[0]], b[from[1]:to[1]])
		for i := range inside {
			inside[i] = [2]int{inside[i][0] + from[0], inside[i][1] + from[1]}
		}
		return inside
	})
}

// once returns the pairs of equal strings that a and b both have once.
func once(a, b []string) (pairs [][2]int) {
	type count struct{ a, b, at int }
	counts := map[string]*count{}
	for _, s := range a {
		if counts[s] == nil {
			counts[s] = &count{}
		}
		counts[s].a++
	}
	for i, s := range b {
		if n := counts[s]; n != nil {
			n.b++
			n.at = i
		}
	}
	for i, s := range a {
		if n := counts[s]; n.a == 1 && n.b == 1 {
			pairs = append(pairs, [2]int{i, n.at})
		}
	}
	return pairs
}

// subsequence is common by the table of lengths.
func subsequence(a, b []string) (pairs [][2]int) {
	width := len(b) + 1
	length := make([]int32, (len(a)+1)*width)
	for i := len(a) - 1; i >= 0; i-- {
		for k := len(b) - 1; k >= 0; k-- {
			if at := i*width + k; a[i] == b[k] {
				length[at] = length[at+width+1] + 1
			} else {
				length[at] = max(length[at+width], length[at+1])
			}
		}
	}
	for i, k := 0, 0; i < len(a) && k < len(b); {
		switch at := i*width + k; {
		case a[i] == b[k]:
			pairs = append(pairs, [2]int{i, k})
			i, k = i+1, k+1
		case length[at+width] >= length[at+1]:
			i++
		default:
			k++
		}
	}
	return pairs
}
