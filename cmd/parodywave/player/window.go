package player

import (
	"regexp/syntax"
	"unicode/utf16"

	"parodywave/eventlog/ot"
	"parodywave/projection"
)

// endless is the length of a match that has no limit.
const endless = -1

// longest returns how many characters (code points) a match has at most.
func longest(re *syntax.Regexp) int {
	sum, most := 0, 0
	for _, sub := range re.Sub {
		n := longest(sub)
		if n == endless {
			return endless
		}
		sum, most = sum+n, max(most, n)
	}
	switch re.Op {
	case syntax.OpLiteral:
		return len(re.Rune)
	case syntax.OpCharClass, syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return 1
	case syntax.OpConcat, syntax.OpCapture, syntax.OpQuest:
		return sum
	case syntax.OpAlternate:
		return most
	case syntax.OpStar, syntax.OpPlus:
		return endless
	case syntax.OpRepeat:
		if re.Max < 0 {
			return endless
		}
		return sum * re.Max
	}
	return 0
}

// spares reports whether an edit within a line leaves it as it was: matching, or
// not. Where it did, the edit is apart from the match, which moves along; where
// it did not, nothing around the edit matches. The first is remembered.
//
// What decides whether there is a match is its characters and one on each side
// (a word's edge, the line's ends). So a match that was not there before
// overlaps the edit or ends beside it, and where matches have a limit, it is
// enough to look around the edit: most edits of a long line cost little.
func (s *scanner) spares(row projection.Row, ed ot.Edit) bool {
	const side = 2 // UTF-16 units of a character
	if m, ok := s.matched[row.ID]; ok {
		grown := (ed.ToB - ed.FromB) - (ed.ToA - ed.FromA)
		from, to := ed.FromA-row.Start, ed.ToA-row.Start
		switch {
		case to < m.from-side:
			s.matched[row.ID] = extent{m.from + grown, m.to + grown}
			return true
		case from > m.to+side:
			return true
		}
		return false
	}
	if s.b.longest == endless {
		return false
	}
	reach := side * (s.b.longest + 2)
	from, to := max(row.Start, ed.FromB-reach), min(row.Start+row.Length, ed.ToB+reach)
	return !s.b.pattern.MatchString(string(utf16.Decode(s.thread.Units(from, to))))
}
