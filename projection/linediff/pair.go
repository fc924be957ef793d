package linediff

// pairLines returns which lines of two texts are the same line: those that stay
// as they are and, between them, those that changed. A line that moved is in no
// pair.
func pairLines(a, b []string) (pairs []pair) {
	same := settled(a, b, Common(a, b))
	deleted, inserted := map[string]bool{}, map[string]bool{}
	eachGap(len(a), len(b), same, func(s span) {
		for _, line := range a[s.a:s.aEnd] {
			deleted[line] = true
		}
		for _, line := range b[s.b:s.bEnd] {
			inserted[line] = true
		}
	})
	next, left := 0, allCells
	eachGap(len(a), len(b), same, func(s span) {
		var olds, news []int
		for i := s.a; i < s.aEnd; i++ {
			if !inserted[a[i]] || a[i] == "" {
				olds = append(olds, i)
			}
		}
		for k := s.b; k < s.bEnd; k++ {
			if !deleted[b[k]] || b[k] == "" {
				news = append(news, k)
			}
		}
		moved := len(olds) < s.aEnd-s.a || len(news) < s.bEnd-s.b
		pairs = append(pairs, changed(a, b, olds, news, moved, &left)...)
		if next < len(same) {
			pairs = append(pairs, lines(same[next][0], same[next][1], true))
			next++
		}
	})
	if len(pairs) == 0 {
		pairs = []pair{lines(0, 0, false)}
	}
	return pairs
}

// settled leaves out the blank lines between lines that change. Blank lines occur
// everywhere: one that is taken for another would keep the lines beside it apart
// from what they became.
func settled(a, b []string, same [][2]int) [][2]int {
	var out [][2]int
	for i, p := range same {
		above := p == [2]int{} || i > 0 && same[i-1] == [2]int{p[0] - 1, p[1] - 1}
		next := [2]int{p[0] + 1, p[1] + 1}
		below := next == [2]int{len(a), len(b)} || i+1 < len(same) && same[i+1] == next
		if a[p[0]] != "" || above || below {
			out = append(out, p)
		}
	}
	return out
}

// eachGap calls f with each gap between pairs of indices into lists of the
// lengths a and b, also with the empty ones.
func eachGap(a, b int, pairs [][2]int, f func(span)) {
	var s span
	for _, p := range pairs {
		s.aEnd, s.bEnd = p[0], p[1]
		f(s)
		s.a, s.b = p[0]+1, p[1]+1
	}
	f(span{s.a, a, s.b, b})
}

// maxCells limits how many bigrams are compared to find out which line of a gap
// became which, and allCells how many in all gaps. In a larger gap, and in those after
// the last that fits, the first line became the first.
const (
	maxCells = 1 << 22
	allCells = 1 << 24
)

// changed pairs lines that were deleted with lines that were inserted in the same
// gap: the most similar ones and, between those, the others in order. Where words
// went from line to line and no line moved, all of them are one pair.
func changed(a, b []string, olds, news []int, moved bool, left *int) (pairs []pair) {
	if len(olds) == 0 || len(news) == 0 {
		return nil
	}
	ones, twos := make([][]uint32, len(olds)), make([][]uint32, len(news))
	cells := 0
	for x, i := range olds {
		ones[x] = bigrams(a[i])
		cells += len(ones[x]) * len(news)
	}
	for y, k := range news {
		twos[y] = bigrams(b[k])
		cells += len(twos[y]) * len(olds)
	}
	fits := cells <= min(maxCells, *left)
	if fits {
		*left -= cells
	}
	x, y := 0, 0
	inOrder := func(xEnd, yEnd int) {
		for ; x < xEnd && y < yEnd; x, y = x+1, y+1 {
			pairs = append(pairs, lines(olds[x], news[y], similarity(ones[x], twos[y]) > 0))
		}
	}
	if fits {
		for _, m := range mostSimilar(ones, twos) {
			inOrder(m[0], m[1])
			pairs = append(pairs, lines(olds[m[0]], news[m[1]], true))
			x, y = m[0]+1, m[1]+1
		}
	}
	inOrder(len(olds), len(news))
	if fits && !moved && wrapped(a, b, pairs, olds, news) {
		return []pair{{span{olds[0], olds[len(olds)-1] + 1, news[0], news[len(news)-1] + 1}, true}}
	}
	return pairs
}

// wrapped reports whether the lines as a whole clearly have more in common than
// pair by pair: they were split at other places, or joined.
func wrapped(a, b []string, pairs []pair, olds, news []int) bool {
	if len(olds) == 1 && len(news) == 1 {
		return false
	}
	inPairs := (gramLen - 1) * (len(pairs) - 1) // those over a break
	for _, p := range pairs {
		inPairs += shared(grams(a[p.a:p.aEnd]), grams(b[p.b:p.bEnd]))
	}
	before := grams(a[olds[0] : olds[len(olds)-1]+1])
	after := grams(b[news[0] : news[len(news)-1]+1])
	n := shared(before, after)
	return 3*n >= min(len(before), len(after)) && 10*n > 11*inPairs
}

// mostSimilar returns the pairs of indices, in order, with the greatest sum of
// similarities.
func mostSimilar(ones, twos [][]uint32) (pairs [][2]int) {
	width := len(twos) + 1
	like, best := make([]int, len(ones)*width), make([]int, (len(ones)+1)*width)
	for x := len(ones) - 1; x >= 0; x-- {
		for y := len(twos) - 1; y >= 0; y-- {
			at := x*width + y
			like[at] = similarity(ones[x], twos[y])
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
