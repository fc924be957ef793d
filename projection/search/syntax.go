package search

import (
	"regexp/syntax"
	"unicode"
	"unicode/utf16"
)

// shortest returns the least number of characters in a match of an expression.
func shortest(re *syntax.Regexp) (n int) {
	switch re.Op {
	case syntax.OpLiteral:
		return len(re.Rune)
	case syntax.OpCharClass, syntax.OpAnyChar, syntax.OpAnyCharNotNL, syntax.OpNoMatch:
		return 1
	case syntax.OpCapture, syntax.OpPlus:
		return shortest(re.Sub[0])
	case syntax.OpRepeat:
		return re.Min * shortest(re.Sub[0])
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			n += shortest(sub)
		}
	case syntax.OpAlternate:
		n = shortest(re.Sub[0])
		for _, sub := range re.Sub[1:] {
			n = min(n, shortest(sub))
		}
	}
	return n
}

// endless is the length of matches that have no greatest length.
const endless = 1 << 20

// longest returns the greatest number of UTF-16 units in a match of an expression,
// 0 if there is none.
func longest(re *syntax.Regexp) int {
	if n := most(re); n < endless {
		return n
	}
	return 0
}

func most(re *syntax.Regexp) (n int) {
	switch re.Op {
	case syntax.OpLiteral:
		n = 2 * len(re.Rune)
		if re.Flags&syntax.FoldCase == 0 {
			n = len(utf16.Encode(re.Rune))
		}
	case syntax.OpCharClass, syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		n = 2
	case syntax.OpCapture, syntax.OpQuest:
		n = most(re.Sub[0])
	case syntax.OpStar, syntax.OpPlus:
		n = endless
	case syntax.OpRepeat:
		if n = endless; re.Max >= 0 {
			n = re.Max * most(re.Sub[0])
		}
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			n = min(endless, n+most(sub))
		}
	case syntax.OpAlternate:
		for _, sub := range re.Sub {
			n = max(n, most(sub))
		}
	}
	return min(n, endless)
}

// looksAround reports whether the characters beside a match may decide whether it
// is one.
func looksAround(re *syntax.Regexp) bool {
	switch re.Op {
	case syntax.OpBeginLine, syntax.OpEndLine, syntax.OpBeginText, syntax.OpEndText, syntax.OpWordBoundary, syntax.OpNoWordBoundary:
		return true
	}
	for _, sub := range re.Sub {
		if looksAround(sub) {
			return true
		}
	}
	return false
}

// needed returns a text that every match of an expression contains, "" if none is
// known.
func needed(re *syntax.Regexp) (text string) {
	switch re.Op {
	case syntax.OpLiteral:
		if re.Flags&syntax.FoldCase == 0 {
			text = string(re.Rune)
		}
	case syntax.OpCapture, syntax.OpPlus:
		text = needed(re.Sub[0])
	case syntax.OpRepeat:
		if re.Min > 0 {
			text = needed(re.Sub[0])
		}
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			if s := needed(sub); len(s) > len(text) {
				text = s
			}
		}
	}
	return text
}

// unitsOfMatches returns the units that can be in a match of an expression, nil if
// all can. All halves of surrogate pairs count as the same.
func unitsOfMatches(re *syntax.Regexp) *[1 << 16]bool {
	in := new([1 << 16]bool)
	for u := 0xd800; u < 0xe000; u++ {
		in[u] = true
	}
	if !collect(re, in) {
		return nil
	}
	return in
}

func collect(re *syntax.Regexp, in *[1 << 16]bool) bool {
	switch re.Op {
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return false
	case syntax.OpLiteral:
		for _, r := range re.Rune {
			add(in, r, r)
			if re.Flags&syntax.FoldCase == 0 {
				continue
			}
			for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
				add(in, f, f)
			}
		}
	case syntax.OpCharClass:
		for i := 0; i < len(re.Rune); i += 2 {
			add(in, re.Rune[i], re.Rune[i+1])
		}
	}
	for _, sub := range re.Sub {
		if !collect(sub, in) {
			return false
		}
	}
	return true
}

func add(in *[1 << 16]bool, from, to rune) {
	for r := from; r <= to && r < 1<<16; r++ {
		in[r] = true
	}
}
