package ot

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

var alphabet = strings.Split("a b x é 한 😀 \n", " ")

// A source draws numbers from 0 to n-1: from a seed, from rapid, or from the
// bytes of a fuzzer.
type source func(n int) int

func seeded(seed uint64) source { return rand.New(rand.NewPCG(seed, 0)).IntN }

func (draw source) text(points int) []uint16 {
	var u []uint16
	for range draw(points + 1) {
		u = append(u, units(alphabet[draw(len(alphabet))])...)
	}
	return u
}

// change draws a change of doc that cuts no pair, with up to four sections that
// are not keeps, some of them side by side.
func (draw source) change(doc []uint16) Change {
	var b Builder
	pos := 0
	upTo := func() int {
		to := pos + draw(min(4, len(doc)-pos)+1)
		for !Boundary(doc, to) {
			to++
		}
		n := to - pos
		pos = to
		return n
	}
	for range draw(5) {
		switch draw(5) {
		case 0, 1:
			b.Keep(upTo())
		case 2:
			b.Replace(upTo(), nil)
		case 3:
			b.Replace(0, draw.text(3))
		case 4:
			b.Replace(upTo(), draw.text(3))
		}
	}
	b.Keep(len(doc) - pos)
	return b.Change()
}

func units(s string) []uint16 {
	u, err := Units(s)
	if err != nil {
		panic(err)
	}
	return u
}

func parse(t testing.TB, s string) Change {
	t.Helper()
	c, err := Parse([]byte(s))
	if err != nil {
		t.Fatalf("Parse(%s): %v", s, err)
	}
	return c
}

// must takes the result of an operation whose lengths fit by construction.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func applied(doc []uint16, changes ...Change) []uint16 {
	for _, c := range changes {
		doc = must(c.Apply(doc))
	}
	return doc
}

func sameText(a, b []uint16) bool { return slices.Equal(a, b) }
