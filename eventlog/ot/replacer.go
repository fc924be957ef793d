package ot

import "fmt"

// A Replacer is Replace with reused memory, for reading many changes. The zero
// Replacer is ready for use. It is not safe for concurrent use.
type Replacer struct{ sections [3]section }

// Replace sets c to the result of the function Replace, but does not copy insert: c is
// valid until the next call and until insert changes; Clone keeps it. It panics as the
// function does, and on a change that does nothing.
func (r *Replacer) Replace(c *Change, docLen, from, to int, insert []uint16) {
	newLen := docLen - (to - from) + len(insert)
	if from < 0 || from > to || to > docLen || docLen > MaxLen || newLen > MaxLen || from == to && len(insert) == 0 {
		panic(fmt.Sprintf("ot: replace %d to %d of %d units by %d", from, to, docLen, len(insert)))
	}
	s := &r.sections
	first, end := 1, 2
	if s[1] = (section{int32(to - from), int32(len(insert))}); from > 0 {
		s[0], first = section{int32(from), keep}, 0
	}
	if to < docLen {
		s[2], end = section{int32(docLen - to), keep}, 3
	}
	c.sections, c.text = s[first:end:end], insert
	c.oldLen, c.newLen = int32(docLen), int32(newLen)
}

// Only returns the change's edit if it has exactly one, as nearly all have; see
// Edits.
func (c *Change) Only() (e Edit, ok bool) {
	at, s, ok := onlyEdit(c.sections)
	if !ok || s.ins == keep {
		return Edit{}, false
	}
	from, old := int(at), int(s.old)
	e = Edit{FromA: from, ToA: from + old, FromB: from, ToB: from + int(s.ins)}
	if s.ins > 0 {
		e.Insert = c.text[:s.ins:s.ins]
	}
	return e, true
}
