package ot

import (
	"iter"
	"math"
	"slices"
)

// MaxLen is the maximum length of a text, before or after a change, in UTF-16 code
// units.
const MaxLen = math.MaxInt32

// A Change turns one text into another. See the package comment. Changes are
// compared by Equal, not by ==.
type Change struct {
	sections       []section // shortest form
	text           []uint16  // all inserted text, in order
	oldLen, newLen int32
}

// Len is the length of the text before the change, in UTF-16 code units.
func (c Change) Len() int { return int(c.oldLen) }

// NewLen is the length of the text after the change, in UTF-16 code units.
func (c Change) NewLen() int { return int(c.newLen) }

// Inserted is the number of units that the change inserts.
func (c Change) Inserted() int { return len(c.text) }

// Deleted is the number of units that the change deletes.
func (c Change) Deleted() int { return int(c.oldLen) + len(c.text) - int(c.newLen) }

// Sections is the number of sections that the change consists of: the work of carrying
// another change over it grows with them.
func (c Change) Sections() int { return len(c.sections) }

// IsEmpty reports whether the change leaves every text as it is.
func (c Change) IsEmpty() bool {
	return len(c.sections) == 0 || len(c.sections) == 1 && c.sections[0].ins == keep
}

// Equal reports whether c and d have the same sections and the same text. Two
// changes with the same effect can still be unequal: see "Shortest form".
func (c Change) Equal(d Change) bool {
	return slices.Equal(c.sections, d.sections) && slices.Equal(c.text, d.text)
}

// Clone returns a copy that shares no memory with c. It is needed only for
// changes made in the buffers of a Transformer or a Rebaser.
func (c Change) Clone() Change {
	c.sections = slices.Clone(c.sections)
	c.text = slices.Clone(c.text)
	return c
}

// An Edit is one section of a change that is not a keep: the units FromA to ToA of
// the old text became FromB to ToB of the new one. Insert is the new text there, nil
// for a deletion; it must not be modified.
type Edit struct {
	FromA, ToA, FromB, ToB int
	Insert                 []uint16
}

// Edits yields the sections that are not keeps, from left to right. Sections
// that touch are yielded one by one.
func (c Change) Edits() iter.Seq[Edit] {
	return func(yield func(Edit) bool) {
		var a, b, text int
		for _, s := range c.sections {
			old, ins := int(s.old), int(s.ins)
			if ins == keep {
				a, b = a+old, b+old
				continue
			}
			e := Edit{FromA: a, ToA: a + old, FromB: b, ToB: b + ins}
			if ins > 0 {
				e.Insert = c.text[text : text+ins : text+ins]
			}
			if !yield(e) {
				return
			}
			a, b, text = a+old, b+ins, text+ins
		}
	}
}

// Each calls f for every Edit of the change, from left to right.
func (c Change) Each(f func(fromA, toA, fromB, toB int, insert []uint16)) {
	for e := range c.Edits() {
		f(e.FromA, e.ToA, e.FromB, e.ToB, e.Insert)
	}
}

// CutsPair reports whether a section that is not a keep begins or ends between the
// two halves of a surrogate pair of the old text; at returns the old text's unit at a
// position below Len. Such a change would leave half a pair, so it must be refused.
// Transform, Compose and Invert add no edges: of changes that cut no pair they make
// changes that cut none.
func (c Change) CutsPair(at func(pos int) uint16) bool {
	inside := func(pos int) bool {
		return pos > 0 && pos < c.Len() && isHigh(at(pos-1)) && isLow(at(pos))
	}
	for e := range c.Edits() {
		if inside(e.FromA) || e.ToA != e.FromA && inside(e.ToA) {
			return true
		}
	}
	return false
}
