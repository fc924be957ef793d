package authority

import (
	"slices"

	"github.com/aymanbagabas/go-udiff/lcs"
)

// sameLines returns lines that two texts have in common, in order. It begins
// with lines that each has once, as many as stand in the same order in both
// (Bram Cohen's patience diff): a long insertion does not lead it astray, nor do
// the blank lines and brackets that are everywhere. What is between is compared
// by package lcs, which gives up on what has little in common.
func sameLines(a, b []string) []pair {
	l := lineMatcher{}
	number := map[string]rune{}
	for _, side := range []struct {
		lines []string
		to    *[]rune
	}{{a, &l.a}, {b, &l.b}} {
		for _, line := range side.lines {
			n, ok := number[line]
			if !ok {
				n = rune(len(number))
				number[line] = n
			}
			*side.to = append(*side.to, n)
		}
	}
	l.match(pair{}, pair{a: len(a), b: len(b)}, 0)
	return l.out
}

// A lineMatcher compares lines by number: equal lines have the same.
type lineMatcher struct {
	a, b []rune
	out  []pair
}

// matchDepth is how often what is between two lines is looked through for others
// that are there once.
const matchDepth = 16

// match adds the lines that are in common between two places.
func (l *lineMatcher) match(from, to pair, depth int) {
	for from.a < to.a && from.b < to.b && l.a[from.a] == l.b[from.b] {
		l.out = append(l.out, one(from.a, from.b, true))
		from.a, from.b = from.a+1, from.b+1
	}
	end := to
	for from.a < to.a && from.b < to.b && l.a[to.a-1] == l.b[to.b-1] {
		to.a, to.b = to.a-1, to.b-1
	}
	if from.a < to.a && from.b < to.b {
		l.between(from, to, depth)
	}
	for ; to.a < end.a; to.a, to.b = to.a+1, to.b+1 {
		l.out = append(l.out, one(to.a, to.b, true))
	}
}

// between is match where neither the first nor the last lines are the same.
func (l *lineMatcher) between(from, to pair, depth int) {
	var anchors []pair
	if depth < matchDepth {
		anchors = inOrder(l.once(from, to))
	}
	if len(anchors) == 0 {
		l.search(from, to)
		return
	}
	for _, p := range anchors {
		l.match(from, p, depth+1)
		l.out = append(l.out, p)
		from = pair{a: p.aEnd, b: p.bEnd}
	}
	l.match(from, to, depth+1)
}

// search adds the lines in common as package lcs has them.
func (l *lineMatcher) search(from, to pair) {
	x, y := from.a, from.b
	keep := func(end int) {
		for ; x < end; x, y = x+1, y+1 {
			l.out = append(l.out, one(x, y, true))
		}
	}
	for _, d := range lcs.DiffRunes(l.a[from.a:to.a], l.b[from.b:to.b]) {
		keep(from.a + d.Start)
		x, y = from.a+d.End, from.b+d.ReplEnd
	}
	keep(to.a)
}

// once returns the lines that are there once on either side, by their place in
// the text before.
func (l *lineMatcher) once(from, to pair) (pairs []pair) {
	type places struct{ a, b, at int }
	all := map[rune]places{}
	for _, n := range l.a[from.a:to.a] {
		p := all[n]
		p.a++
		all[n] = p
	}
	for k := from.b; k < to.b; k++ {
		if p, ok := all[l.b[k]]; ok {
			p.b, p.at = p.b+1, k
			all[l.b[k]] = p
		}
	}
	for i := from.a; i < to.a; i++ {
		if p := all[l.a[i]]; p.a == 1 && p.b == 1 {
			pairs = append(pairs, one(i, p.at, true))
		}
	}
	return pairs
}

// inOrder returns as many of pairs, which are in the order of a, as are in the
// order of b, too: a longest increasing subsequence (Fredman, 1975).
func inOrder(pairs []pair) []pair {
	var last []int // of the best sequence of each length, the index of its last pair
	before := make([]int, len(pairs))
	for i, p := range pairs {
		n, _ := slices.BinarySearchFunc(last, p.b, func(j, b int) int { return pairs[j].b - b })
		before[i] = -1
		if n > 0 {
			before[i] = last[n-1]
		}
		if n == len(last) {
			last = append(last, i)
		} else {
			last[n] = i
		}
	}
	out := make([]pair, len(last))
	if len(last) > 0 {
		for n, i := len(last)-1, last[len(last)-1]; i >= 0; n, i = n-1, before[i] {
			out[n] = pairs[i]
		}
	}
	return out
}
