package authority

import (
	"slices"
	"unicode"
)

// pairLines returns which lines of two texts are the same line: those that stay
// as they are and, between them, those that were changed. Lines that stand
// elsewhere afterwards are in no pair.
func pairLines(a, b []string) (pairs []pair) {
	same := steady(a, b, sameLines(a, b))
	gone, came := map[string]bool{}, map[string]bool{}
	eachGap(a, b, same, func(from, to pair) {
		for _, line := range a[from.aEnd:to.a] {
			gone[line] = true
		}
		for _, line := range b[from.bEnd:to.b] {
			came[line] = true
		}
	})
	next := 0
	eachGap(a, b, same, func(from, to pair) {
		var olds, news []int
		for i := from.aEnd; i < to.a; i++ {
			if !came[a[i]] || a[i] == "" {
				olds = append(olds, i)
			}
		}
		for k := from.bEnd; k < to.b; k++ {
			if !gone[b[k]] || b[k] == "" {
				news = append(news, k)
			}
		}
		moved := len(olds) < to.a-from.aEnd || len(news) < to.b-from.bEnd
		pairs = append(pairs, changed(a, b, olds, news, moved)...)
		if next < len(same) {
			pairs = append(pairs, same[next])
			next++
		}
	})
	if len(pairs) == 0 {
		pairs = []pair{one(0, 0, false)}
	}
	return pairs
}

// steady leaves out the blank lines that stand between others that change: blank
// lines are everywhere, and one that is taken for another would keep those beside
// it apart from what they became.
func steady(a, b []string, same []pair) []pair {
	var out []pair
	for i, p := range same {
		before := p.a == 0 && p.b == 0 || i > 0 && same[i-1].aEnd == p.a && same[i-1].bEnd == p.b
		after := p.aEnd == len(a) && p.bEnd == len(b) || i+1 < len(same) && same[i+1].a == p.aEnd && same[i+1].b == p.bEnd
		if a[p.a] != "" || before || after {
			out = append(out, p)
		}
	}
	return out
}

// eachGap calls f with where each gap between pairs begins and ends, also the
// empty ones.
func eachGap(a, b []string, pairs []pair, f func(from, to pair)) {
	var from pair
	for _, p := range pairs {
		f(from, p)
		from = p
	}
	f(from, pair{a: len(a), b: len(b)})
}

// changedCells bounds how many pieces of lines are compared to find out which
// line of a gap became which. Where there are more, the first became the first.
const changedCells = 1 << 22

// changed pairs lines that went with lines that came where they were: those that
// have most in common and, between them, the others in order; or all of them,
// where words went from line to line and none of the lines moved.
func changed(a, b []string, olds, news []int, moved bool) (pairs []pair) {
	if len(olds) == 0 || len(news) == 0 {
		return nil
	}
	ones, twos := make([][]uint32, len(olds)), make([][]uint32, len(news))
	cells := 0
	for x, i := range olds {
		ones[x] = duets(a[i])
		cells += len(ones[x]) * len(news)
	}
	for y, k := range news {
		twos[y] = duets(b[k])
		cells += len(twos[y]) * len(olds)
	}
	x, y := 0, 0
	inOrder := func(xEnd, yEnd int) {
		for ; x < xEnd && y < yEnd; x, y = x+1, y+1 {
			pairs = append(pairs, one(olds[x], news[y], likeness(ones[x], twos[y]) > 0))
		}
	}
	if cells <= changedCells {
		for _, m := range mostAlike(ones, twos) {
			inOrder(m[0], m[1])
			pairs = append(pairs, one(olds[m[0]], news[m[1]], true))
			x, y = m[0]+1, m[1]+1
		}
	}
	inOrder(len(olds), len(news))
	if cells <= changedCells && !moved && wrapped(a, b, pairs, olds, news) {
		return []pair{{olds[0], olds[len(olds)-1] + 1, news[0], news[len(news)-1] + 1, true}}
	}
	return pairs
}

// wrapped reports whether lines as a whole have clearly more in common than in
// pairs: they were broken elsewhere, or joined.
func wrapped(a, b []string, pairs []pair, olds, news []int) bool {
	if len(olds) == 1 && len(news) == 1 {
		return false
	}
	between := (gramLen - 1) * (len(pairs) - 1) // those over a break
	for _, p := range pairs {
		between += shared(grams(a[p.a:p.aEnd]), grams(b[p.b:p.bEnd]))
	}
	before := grams(a[olds[0] : olds[len(olds)-1]+1])
	after := grams(b[news[0] : news[len(news)-1]+1])
	n := shared(before, after)
	return 3*n >= min(len(before), len(after)) && 10*n > 11*between
}

// mostAlike returns the pairs, in order, that are most alike all together.
func mostAlike(ones, twos [][]uint32) (pairs [][2]int) {
	width := len(twos) + 1
	like, best := make([]int, len(ones)*width), make([]int, (len(ones)+1)*width)
	for x := len(ones) - 1; x >= 0; x-- {
		for y := len(twos) - 1; y >= 0; y-- {
			at := x*width + y
			like[at] = likeness(ones[x], twos[y])
			best[at] = max(best[at+width], best[at+1])
			if like[at] > 0 {
				best[at] = max(best[at], best[at+width+1]+like[at])
			}
		}
	}
	for x, y := 0, 0; x < len(ones) && y < len(twos); {
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
func likeness(one, two []uint32) int {
	n := shared(one, two)
	if 2*n+1 < min(len(one), len(two)) || 4*n < max(len(one), len(two)) {
		return 0
	}
	return n
}

// shared returns how many numbers two ordered lists have in common.
func shared(one, two []uint32) (n int) {
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
	return n
}

// duets returns numbers for the pairs of characters in a line that stand side by
// side, and for its ends, in order of their size.
func duets(line string) (all []uint32) {
	before := rune(-1)
	for _, r := range line {
		all = append(all, mix(uint32(before), r))
		before = r
	}
	if line != "" {
		all = append(all, mix(uint32(before), -1))
	}
	slices.Sort(all)
	return all
}

// gramLen is how many characters make a gram: so many that lines of which none
// was made of the other share few.
const gramLen = 5

// grams returns numbers for all characters of lines, each with those before it,
// wherever spaces and breaks are; in order of their size.
func grams(lines []string) (all []uint32) {
	var last [gramLen]rune
	n := 0
	for _, line := range lines {
		for _, r := range line {
			if unicode.IsSpace(r) {
				continue
			}
			copy(last[:], last[1:])
			last[gramLen-1] = r
			if n++; n >= gramLen {
				var h uint32
				for _, r := range last {
					h = mix(h, r)
				}
				all = append(all, h)
			}
		}
	}
	slices.Sort(all)
	return all
}

func mix(h uint32, r rune) uint32 { return (h ^ uint32(r)*0x85ebca77) * 0x9e3779b1 }
