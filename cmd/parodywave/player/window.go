package player

import (
	"regexp/syntax"
	"unicode/utf16"

	"parodywave/eventlog/ot"
	"parodywave/projection"
)

// endless is the length of a match without limit.
const endless = -1

// longest returns the most characters (code points) that a match can have.
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

// spares reports whether an edit within a line cannot change whether the line
// matches. A line that matched still does if the edit is apart from the match,
// whose place spares then updates. A line that did not match still does not if
// nothing around the edit matches.
//
// A match depends only on its characters and one more on each side (word
// boundaries, ends of the line). So a new match overlaps the edit or is next to it,
// and if the length of matches has a limit, it is enough to search around the edit.
// This makes most edits of a long line cheap.
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
