package jsonrow

import (
	"fmt"
	"testing"
)

func TestHitsCountCharactersByCodePoint(t *testing.T) {
	for _, c := range []struct {
		line  string
		units [][2]int
		want  string
	}{
		{"abc", [][2]int{{0, 1}, {1, 3}}, "[[1 1] [2 3]]"},
		{"a😀é한b", [][2]int{{1, 3}, {3, 4}, {5, 6}}, "[[2 2] [3 3] [5 5]]"},
		{"😀😀", [][2]int{{0, 4}}, "[[1 2]]"},
		{"x", nil, "[]"},
	} {
		if got := fmt.Sprint(characters(c.line, c.units)); got != c.want {
			t.Errorf("%q, units %v: %s, want %s", c.line, c.units, got, c.want)
		}
	}
}
