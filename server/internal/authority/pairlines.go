package authority

import "slices"

// pairLines returns which lines of two texts are the same line: those that stay
// as they are and, between them, those that were changed. Lines that stand
// elsewhere afterwards are in no pair.
func pairLines(a, b []string) (pairs []pair) {
	same := sameLines(a, b)
	gone, came := map[string]bool{}, map[string]bool{}
	eachGap(a, b, same, func(from, to pair) {
		for _, line := range a[from.a:to.a] {
			gone[line] = true
		}
		for _, line := range b[from.b:to.b] {
			came[line] = true
		}
	})
	next := 0
	eachGap(a, b, same, func(from, to pair) {
		var olds, news []int
		for i := from.a; i < to.a; i++ {
			if !came[a[i]] || a[i] == "" {
				olds = append(olds, i)
			}
		}
		for k := from.b; k < to.b; k++ {
			if !gone[b[k]] || b[k] == "" {
				news = append(news, k)
			}
		}
		pairs = append(pairs, changed(a, b, olds, news)...)
		if next < len(same) {
			pairs = append(pairs, same[next])
			next++
		}
	})
	if len(pairs) == 0 {
		pairs = []pair{{}}
	}
	return pairs
}

// eachGap calls f with where each gap between pairs begins and ends, also the
// empty ones.
func eachGap(a, b []string, pairs []pair, f func(from, to pair)) {
	var from pair
	for _, p := range pairs {
		f(from, p)
		from = pair{a: p.a + 1, b: p.b + 1}
	}
	f(from, pair{a: len(a), b: len(b)})
}

// changedCells bounds how many pieces of lines are compared to find out which
// line of a gap became which. Where there are more, the first became the first.
const changedCells = 1 << 22

// changed pairs lines that went with lines that came where they were: those that
// have most in common and, between them, the others in order.
func changed(a, b []string, olds, news []int) (pairs []pair) {
	if len(olds) == 0 || len(news) == 0 {
		return nil
	}
	one, two := make([][]uint32, len(olds)), make([][]uint32, len(news))
	cells := 0
	for x, i := range olds {
		one[x] = duets(a[i])
		cells += len(one[x]) * len(news)
	}
	for y, k := range news {
		two[y] = duets(b[k])
		cells += len(two[y]) * len(olds)
	}
	at := [2]int{}
	inOrder := func(x, y int) {
		for ; at[0] < x && at[1] < y; at[0], at[1] = at[0]+1, at[1]+1 {
			x, y := at[0], at[1]
			pairs = append(pairs, pair{olds[x], news[y], likeness(one[x], two[y]) > 0})
		}
	}
	if cells <= changedCells {
		for _, m := range mostAlike(one, two) {
			inOrder(m[0], m[1])
			pairs = append(pairs, pair{olds[m[0]], news[m[1]], true})
			at = [2]int{m[0] + 1, m[1] + 1}
		}
	}
	inOrder(len(olds), len(news))
	return pairs
}

// mostAlike returns the pairs, in order, that are most alike all together.
func mostAlike(one, two [][]uint32) (pairs [][2]int) {
	width := len(two) + 1
	like, best := make([]int, len(one)*width), make([]int, (len(one)+1)*width)
	for x := len(one) - 1; x >= 0; x-- {
		for y := len(two) - 1; y >= 0; y-- {
			at := x*width + y
			like[at] = likeness(one[x], two[y])
			best[at] = max(best[at+width], best[at+1])
			if like[at] > 0 {
				best[at] = max(best[at], best[at+width+1]+like[at])
			}
		}
	}
	for x, y := 0, 0; x < len(one) && y < len(two); {
		switch at := x*width + y; {
		case like[at] > 0 && best[at] == best[at+width+1]+like[at]:
			pairs = append(pairs, [2]int{x, y})
			x, y = x+1, y+1
		case best[at] == best[at+width]:
			x++
		default:
			y++
		}
	}
	return pairs
}

// likeness returns how many duets two lines share, 0 where that is not about
// half of the shorter one's or a quarter of the longer one's.
func likeness(one, two []uint32) (n int) {
	for x, y := 0, 0; x < len(one) && y < len(two); {
		switch {
		case one[x] < two[y]:
			x++
		case one[x] > two[y]:
			y++
		default:
			x, y, n = x+1, y+1, n+1
		}
	}
	if 2*n+1 < min(len(one), len(two)) || 4*n < max(len(one), len(two)) {
		return 0
	}
	return n
}

// duets returns numbers for the pairs of characters in a line that stand side by
// side, and of its ends, in order of their size.
func duets(line string) (all []uint32) {
	before := rune(-1)
	for _, r := range line {
		all = append(all, duet(before, r))
		before = r
	}
	if line != "" {
		all = append(all, duet(before, -1))
	}
	slices.Sort(all)
	return all
}

func duet(a, b rune) uint32 { return uint32(a)*0x9e3779b1 ^ uint32(b)*0x85ebca77 }
