package ot_test

import (
	"testing"

	"parodywave/eventlog/ot"
)

func TestDifferenceIsOnWholeCodePoints(t *testing.T) {
	for _, test := range []struct {
		a, b           string
		prefix, suffix int
	}{
		{"abc", "abXc", 2, 1},
		{"abc", "abc", 3, 0},
		{"aa", "aaa", 2, 0},
		{"😀", "😁", 0, 0},                   // share the first half
		{"\U0001F600", "\U0001FA00", 0, 0}, // share the second half
		{"a😀b", "a😁b", 1, 1},
		{"😀😀", "😀", 2, 0},
		{"z😀", "y😀", 0, 2},
		{"😀", "😁😀", 0, 2},
		{"", "x", 0, 0},
	} {
		a, _ := ot.Units(test.a)
		b, _ := ot.Units(test.b)
		if p, q := ot.Common(a, b); p != test.prefix || q != test.suffix {
			t.Errorf("%q and %q share %d and %d units, want %d and %d", test.a, test.b, p, q, test.prefix, test.suffix)
		}
	}
}
