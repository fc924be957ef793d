package main

import (
	"slices"
	"testing"
)

func TestNearestIsWhatMayHaveBeenMeant(t *testing.T) {
	words := []string{"blame", "cat", "compact", "completion", "log", "replay", "restore", "revert", "serve", "threads", "version", "verify"}
	for typed, want := range map[string][]string{
		"blmae":   {"blame"},
		"thread":  {"threads"},
		"server":  {"serve"},
		"verfy":   {"verify"},
		"ver":     {"version", "verify"},
		"revret":  {"revert"},
		"logs":    {"log"},
		"compakt": {"compact"},
		"foo":     nil, // two letters of three are others
		"":        nil,
		"c":       nil,
		"ls":      nil,
		"history": nil,
	} {
		if got := nearest(typed, words); !slices.Equal(got, want) {
			t.Errorf("nearest(%q) = %q, want %q", typed, got, want)
		}
	}
}

// TestDistanceIsThatOfTheDefinition, written down another way: from the ends,
// without a table.
func TestDistanceIsThatOfTheDefinition(t *testing.T) {
	var slow func(a, b string) int
	slow = func(a, b string) int {
		if a == "" || b == "" {
			return len(a) + len(b)
		}
		other := 0
		if a[0] != b[0] {
			other = 1
		}
		d := min(slow(a[1:], b)+1, slow(a, b[1:])+1, slow(a[1:], b[1:])+other)
		if len(a) > 1 && len(b) > 1 && a[0] == b[1] && a[1] == b[0] {
			d = min(d, slow(a[2:], b[2:])+1)
		}
		return d
	}
	words := []string{""}
	for n := 0; n < 4; n++ {
		for _, w := range slices.Clone(words) {
			if len(w) == n {
				words = append(words, w+"a", w+"b", w+"c")
			}
		}
	}
	for _, a := range words {
		for _, b := range words[:41] {
			if got, want := distance(a, b), slow(a, b); got != want {
				t.Fatalf("distance(%q, %q) = %d, want %d", a, b, got, want)
			}
		}
	}
}
