package linediff

import (
	"slices"

	"parodywave/eventlog/ot"

	"github.com/aymanbagabas/go-udiff/lcs"
)

// Common returns strings that a and b have in common, as pairs of an index into
// a and an index into b, both ascending.
func Common(a, b []string) [][2]int {
	numbers := map[string]rune{}
	m := matcher{a: numbered(numbers, a), b: numbered(numbers, b)}
	m.match(span{aEnd: len(a), bEnd: len(b)}, 0)
	return m.pairs
}

// numbered returns a number for each string, equal ones for equal strings.
func numbered(numbers map[string]rune, all []string) []rune {
	out := make([]rune, len(all))
	for i, s := range all {
		n, ok := numbers[s]
		if !ok {
			n = rune(len(numbers))
			numbers[s] = n
		}
		out[i] = n
	}
	return out
}

type matcher struct {
	a, b  []rune
	pairs [][2]int
}

// A span is the elements a to aEnd of one list and b to bEnd of another.
type span struct{ a, aEnd, b, bEnd int }

// maxDepth limits how often a span between two strings that occur once is
// searched for others that occur once in it.
const maxDepth = 16

// match adds what is in common in a span.
func (m *matcher) match(s span, depth int) {
	prefix, suffix := ot.Ends(m.a[s.a:s.aEnd], m.b[s.b:s.bEnd])
	m.keep(s.a, s.b, prefix)
	inner := span{s.a + prefix, s.aEnd - suffix, s.b + prefix, s.bEnd - suffix}
	if inner.a < inner.aEnd && inner.b < inner.bEnd {
		m.between(inner, depth)
	}
	m.keep(inner.aEnd, inner.bEnd, suffix)
}

// keep adds n pairs, from a and b on.
func (m *matcher) keep(a, b, n int) {
	for i := range n {
		m.pairs = append(m.pairs, [2]int{a + i, b + i})
	}
}

// between is match for a span whose ends have nothing in common.
func (m *matcher) between(s span, depth int) {
	var anchors [][2]int
	if depth < maxDepth {
		anchors = Ascending(m.unique(s))
	}
	if len(anchors) == 0 {
		m.search(s)
		return
	}
	a, b := s.a, s.b
	for _, p := range anchors {
		m.match(span{a, p[0], b, p[1]}, depth+1)
		m.keep(p[0], p[1], 1)
		a, b = p[0]+1, p[1]+1
	}
	m.match(span{a, s.aEnd, b, s.bEnd}, depth+1)
}

// search adds what package lcs finds in common.
func (m *matcher) search(s span) {
	a, b := s.a, s.b
	for _, d := range lcs.DiffRunes(m.a[s.a:s.aEnd], m.b[s.b:s.bEnd]) {
		m.keep(a, b, s.a+d.Start-a)
		a, b = s.a+d.End, s.b+d.ReplEnd
	}
	m.keep(a, b, s.aEnd-a)
}

// unique returns the pairs of what occurs once on either side of a span, in
// order of a.
func (m *matcher) unique(s span) (pairs [][2]int) {
	type places struct{ a, b, at int }
	all := map[rune]places{}
	for _, n := range m.a[s.a:s.aEnd] {
		p := all[n]
		p.a++
		all[n] = p
	}
	for k := s.b; k < s.bEnd; k++ {
		if p, ok := all[m.b[k]]; ok {
			p.b, p.at = p.b+1, k
			all[m.b[k]] = p
		}
	}
	for i := s.a; i < s.aEnd; i++ {
		if p := all[m.a[i]]; p.a == 1 && p.b == 1 {
			pairs = append(pairs, [2]int{i, p.at})
		}
	}
	return pairs
}

// Ascending returns a longest selection of pairs, which ascend in the first
// number, that ascends in the second, too (Fredman, 1975).
func Ascending(pairs [][2]int) [][2]int {
	var last []int // for each length, the last pair of the selection that ends lowest
	before := make([]int, len(pairs))
	for i, p := range pairs {
		n, _ := slices.BinarySearchFunc(last, p[1], func(j, b int) int { return pairs[j][1] - b })
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
	if len(last) == 0 {
		return nil
	}
	out := make([][2]int, len(last))
	for n, i := len(last)-1, last[len(last)-1]; n >= 0; n, i = n-1, before[i] {
		out[n] = pairs[i]
	}
	return out
}
