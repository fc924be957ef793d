package ot

import (
	"fmt"
	"slices"
)

// Keep returns the change that leaves a text of n units as it is.
// It panics if n is negative or over MaxLen.
func Keep(n int) Change {
	var b Builder
	b.Keep(n)
	return b.Change()
}

// Replace returns the change of a text of docLen units that replaces the units from
// to to by insert. It panics unless 0 <= from <= to <= docLen and both lengths are
// within MaxLen. It copies insert; see Builder for what insert must not contain.
func Replace(docLen, from, to int, insert []uint16) Change {
	if from < 0 || from > to || to > docLen {
		panic(fmt.Sprintf("ot: replace %d to %d of %d units", from, to, docLen))
	}
	b := Builder{c: Change{sections: make([]section, 0, 3)}}
	b.Edit(from, to, insert)
	b.KeepTo(docLen)
	return b.Change()
}

// A Builder makes a change section by section, from left to right, and brings
// it to its shortest form. The zero Builder is ready for use. Its methods panic
// on a negative number and on a text over MaxLen.
//
// Inserted text has line breaks as U+000A and must not contain U+000D, U+0000 or
// lone surrogates: Parse refuses those, so a change with them could be written and
// never be read. Check text from outside with ValidLine first.
type Builder struct{ c Change }

// Keep keeps the next n units.
func (b *Builder) Keep(n int) { b.grow(n, n); b.c.sections = add(b.c.sections, int32(n), keep) }

// KeepTo keeps the next units up to position pos of the old text.
func (b *Builder) KeepTo(pos int) { b.Keep(pos - b.c.Len()) }

// Edit keeps the next units up to from, and replaces those from there to to.
func (b *Builder) Edit(from, to int, text []uint16) { b.KeepTo(from); b.Replace(to-from, text) }

// Replace replaces the next n units by text, copying it. It is one section; to delete
// and then insert makes two (see "Shortest form").
func (b *Builder) Replace(n int, text []uint16) {
	b.grow(n, len(text))
	b.c.sections = add(b.c.sections, int32(n), int32(len(text)))
	b.c.text = append(b.c.text, text...)
}

// Change returns the change and resets the Builder.
func (b *Builder) Change() Change {
	c := b.c
	c.sections = slices.Clip(c.sections)
	c.text = slices.Clip(c.text)
	b.c = Change{}
	return c
}

func (b *Builder) grow(old, new int) {
	if old < 0 || old > MaxLen-b.c.Len() || new > MaxLen-b.c.NewLen() {
		panic(fmt.Sprintf("ot: a section of %d to %d units in a change of %d to %d", old, new, b.c.Len(), b.c.NewLen()))
	}
	b.c.oldLen += int32(old)
	b.c.newLen += int32(new)
}
