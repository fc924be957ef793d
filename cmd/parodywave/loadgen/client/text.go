package client

import "parodywave/eventlog/ot"

// A Text is a gap buffer of UTF-16 code units: typing at one place moves no other
// text.
type Text struct {
	buf []uint16
	gap int // where the gap begins
	end int // where it ends
}

// NewText returns a Text of units, without copying them.
func NewText(units []uint16) *Text {
	return &Text{buf: units, gap: len(units), end: len(units)}
}

// Len returns the length in units.
func (t *Text) Len() int { return len(t.buf) - (t.end - t.gap) }

// Unit returns the unit at pos.
func (t *Text) Unit(pos int) uint16 {
	if pos >= t.gap {
		pos += t.end - t.gap
	}
	return t.buf[pos]
}

// Splice replaces n units at pos with insert.
func (t *Text) Splice(pos, n int, insert []uint16) {
	t.move(pos)
	t.end += n
	if t.end-t.gap < len(insert) {
		t.grow(len(insert))
	}
	t.gap += copy(t.buf[t.gap:], insert)
}

// move brings the gap to pos.
func (t *Text) move(pos int) {
	switch size := t.end - t.gap; {
	case pos < t.gap:
		copy(t.buf[pos+size:t.end], t.buf[pos:t.gap])
		t.gap, t.end = pos, pos+size
	case pos > t.gap:
		copy(t.buf[t.gap:], t.buf[t.end:pos+size])
		t.gap, t.end = pos, pos+size
	}
}

// grow makes the gap at least n wide.
func (t *Text) grow(n int) {
	size := n + 64 + t.Len()/4
	buf := make([]uint16, t.Len()+size)
	copy(buf, t.buf[:t.gap])
	copy(buf[t.gap+size:], t.buf[t.end:])
	t.buf, t.end = buf, t.gap+size
}

// Apply changes the text. The change must be made for a text of its length.
func (t *Text) Apply(c ot.Change) {
	for e := range c.Edits() {
		t.Splice(e.FromB, e.ToA-e.FromA, e.Insert)
	}
}

// Units returns a copy of the units from from to to.
func (t *Text) Units(from, to int) []uint16 {
	out := make([]uint16, 0, to-from)
	if from < t.gap {
		out = append(out, t.buf[from:min(to, t.gap)]...)
	}
	if size := t.end - t.gap; to > t.gap {
		out = append(out, t.buf[max(from, t.gap)+size:to+size]...)
	}
	return out
}

// String returns the text.
func (t *Text) String() string { return ot.String(t.Units(0, t.Len())) }
