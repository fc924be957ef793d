package main

import (
	"slices"
	"strings"
)

// nearest returns those of the words that somebody may have meant who typed
// another: the ones that it begins, and else the ones that are the fewest letters
// away, one for every three at most.
func nearest(typed string, words []string) []string {
	var near []string
	for _, w := range words {
		if len(typed) > 1 && strings.HasPrefix(w, typed) {
			near = append(near, w)
		}
	}
	if len(near) > 0 {
		return near
	}
	most := max(1, len([]rune(typed))/3)
	if len(typed) < 2 {
		return nil
	}
	for _, w := range words {
		switch d := distance(typed, w); {
		case d < most:
			near, most = []string{w}, d
		case d == most:
			near = append(near, w)
		}
	}
	return near
}

// distance counts the letters that are to be put in, left out, replaced or
// swapped with the next one to make one word of another (the optimal string
// alignment distance).
func distance(from, to string) int {
	a, b := []rune(from), []rune(to)
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		for j := range rows[i] {
			if i == 0 || j == 0 {
				rows[i][j] = i + j
				continue
			}
			other := 0
			if a[i-1] != b[j-1] {
				other = 1
			}
			d := min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+other)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d = min(d, rows[i-2][j-2]+1)
			}
			rows[i][j] = d
		}
	}
	return rows[len(a)][len(b)]
}

// didYouMean asks for words that are to be typed in front of a hint.
func didYouMean(before string, near []string) string {
	if len(near) == 0 {
		return ""
	}
	slices.Sort(near)
	for i := range near {
		near[i] = before + near[i]
	}
	return "did you mean " + strings.Join(near, " or ") + "? "
}
