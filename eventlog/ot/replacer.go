package ot

import "fmt"

// A Replacer does Replace in memory it uses again, for reading many changes one
// after the other. The zero Replacer is ready for use, by one goroutine at a
// time.
type Replacer struct{ sections [3]section }

// Replace puts into c what the function Replace returns. Unlike that, it does
// not copy insert but keeps it in c, which is good until the next call and
// until insert changes; Clone keeps it. It panics as the function does, and on
// a change that does nothing.
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

// Only returns the change's edit if it has just one, as nearly all have; see
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
