package linediff

import (
	"slices"
	"unicode"
)

// similarity returns how many bigrams two texts share, or 0 where these are less
// than about half of the shorter one's or a quarter of the longer one's.
func similarity(one, two []uint32) int {
	n := shared(one, two)
	if 2*n+1 < min(len(one), len(two)) || 4*n < max(len(one), len(two)) {
		return 0
	}
	return n
}

// shared returns how many numbers two sorted lists have in common.
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

// bigrams returns sorted hashes of the pairs of adjacent characters in a line; its
// ends count as characters.
func bigrams(line string) (all []uint32) {
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

// gramLen is how many characters make a gram: enough that unrelated lines share
// few.
const gramLen = 5

// grams returns sorted hashes of every gramLen consecutive characters of lines;
// spaces and breaks do not count.
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
