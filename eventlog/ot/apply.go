package ot

import "fmt"

// Apply returns the text after the change, in new memory.
// The error wraps ErrLength if doc is not Len units long.
func (c Change) Apply(doc []uint16) ([]uint16, error) {
	if len(doc) != c.Len() {
		return nil, lengthError("apply", c.Len(), len(doc))
	}
	out := make([]uint16, 0, c.NewLen())
	done := 0
	for e := range c.Edits() {
		out = append(out, doc[done:e.FromA]...)
		out = append(out, e.Insert...)
		done = e.ToA
	}
	return append(out, doc[done:]...), nil
}

// Invert returns the change that leads back from the text after c to doc, the
// text before it. The error wraps ErrLength if doc is not Len units long.
func (c Change) Invert(doc []uint16) (Change, error) {
	if len(doc) != c.Len() {
		return Change{}, lengthError("invert", c.Len(), len(doc))
	}
	return c.InvertWith(func(from, to int) []uint16 { return doc[from:to] }), nil
}

// InvertWith is Invert for a text that is not in one slice: slice returns its units
// from to to, and is called once for every range that c removes, from left to right.
// InvertWith copies the units before the next call. It panics if slice returns
// another number of units.
func (c Change) InvertWith(slice func(from, to int) []uint16) Change {
	inv := Change{oldLen: c.newLen, newLen: c.oldLen}
	if len(c.sections) > 0 {
		inv.sections = make([]section, len(c.sections))
	}
	if n := c.Deleted(); n > 0 {
		inv.text = make([]uint16, 0, n)
	}
	pos := 0
	for i, s := range c.sections {
		end := pos + int(s.old)
		inv.sections[i] = s
		if s.ins != keep {
			// Insertions become deletions and deletions insertions, so no two
			// neighbours become alike: the form stays the shortest.
			inv.sections[i] = section{old: s.ins, ins: s.old}
			if end > pos {
				inv.text = append(inv.text, exactly(slice, pos, end)...)
			}
		}
		pos = end
	}
	return inv
}

func exactly(slice func(from, to int) []uint16, from, to int) []uint16 {
	u := slice(from, to)
	if len(u) != to-from {
		panic(fmt.Sprintf("ot: asked for the units %d to %d, got %d", from, to, len(u)))
	}
	return u
}
