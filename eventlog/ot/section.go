package ot

// keep, as a section's ins, means that its old units stay.
const keep = -1

// A section covers old units of the old text. They stay (ins = keep), are deleted
// (ins = 0), or become the next ins units of the change's text (ins > 0). 32 bits
// suffice for MaxLen and halve the memory that a rebase reads.
type section struct{ old, ins int32 }

// add appends a section and keeps dst in shortest form.
func add(dst []section, old, ins int32) []section {
	if old == 0 && ins <= 0 {
		return dst
	}
	if merge(dst, old, ins) {
		return dst
	}
	return append(dst, section{old, ins})
}

// merge joins a section to the last one if they are of one kind: both keeps,
// both deletions, or both pure insertions.
func merge(dst []section, old, ins int32) bool {
	if len(dst) == 0 {
		return false
	}
	last := &dst[len(dst)-1]
	switch {
	case ins <= 0 && ins == last.ins:
		last.old += old
	case old == 0 && last.old == 0:
		last.ins += ins
	default:
		return false
	}
	return true
}

// withRoom returns dst if it has room for n more, and otherwise a new empty slice of
// twice its size. Results in dst stay valid.
func withRoom(dst []section, n int) []section {
	if cap(dst)-len(dst) >= n {
		return dst
	}
	return make([]section, 0, max(n, 2*cap(dst)))
}

// A cursor walks over sections and parts of them. At the end it is on a keep of no
// units.
type cursor struct {
	rest     []section // after the current one
	old, ins int32     // of the rest of the current one
	begun    bool      // a part of the current one was passed
	done     bool
}

func walk(s []section) cursor {
	c := cursor{rest: s}
	c.next()
	return c
}

func (c *cursor) next() {
	c.begun = false
	if len(c.rest) == 0 {
		c.old, c.ins, c.done = 0, keep, true
		return
	}
	c.old, c.ins = c.rest[0].old, c.rest[0].ins
	c.rest = c.rest[1:]
}

// takeOld moves over n old units of the current section.
func (c *cursor) takeOld(n int32) {
	if n == c.old {
		c.next()
		return
	}
	c.old -= n
	c.begun = true
}

// takeNew moves over n units of the new text that the current section makes.
func (c *cursor) takeNew(n int32) {
	switch {
	case c.ins == keep:
		c.takeOld(n)
	case n == c.ins:
		c.next()
	default:
		c.ins -= n
		c.begun = true
	}
}

// newLeft is the number of new units that the rest of the current section makes.
func (c *cursor) newLeft() int32 {
	if c.ins == keep {
		return c.old
	}
	return c.ins
}

// oldOnce is the old length of the current replacement at its beginning, and 0 in the
// rest of it; newOnce is its new length in the same way.
func (c *cursor) oldOnce() int32 {
	if c.begun {
		return 0
	}
	return c.old
}

func (c *cursor) newOnce() int32 {
	if c.begun {
		return 0
	}
	return c.ins
}
