package projection

import (
	"slices"

	"parodywave/eventlog"
)

// cutPause is the longest time, in milliseconds, between two deletions of adjacent
// text by one author that count as one.
const cutPause = 30_000

// A cut is a run of text that one author deleted. It grows at both ends. The units
// before those of the first deletion are in reverse, because Backspace adds to
// them.
type cut struct {
	before []uint16 // last first
	units  []uint16
	rev    eventlog.Revision // the newest
	at     int64             // Unix milliseconds of rev
	author uint32
	next   *cut
}

func (c *cut) len() int { return len(c.before) + len(c.units) }

// appendTo appends the units in order.
func (c *cut) appendTo(dst []uint16) []uint16 {
	for _, u := range slices.Backward(c.before) {
		dst = append(dst, u)
	}
	return append(dst, c.units...)
}

// joins reports whether next, which follows c, can be one cut with c.
func (c *cut) joins(next *cut) bool {
	return c.author == next.author && max(c.at, next.at)-min(c.at, next.at) <= cutPause
}

// join adds next to c. It copies the shorter one, so that many deletions at one
// place take no more time than their length times its logarithm.
func (c *cut) join(next *cut) {
	if next.rev > c.rev {
		c.rev, c.at = next.rev, next.at
	}
	if c.len() < next.len() {
		for _, u := range slices.Backward(c.units) {
			next.before = append(next.before, u)
		}
		c.before, c.units = append(next.before, c.before...), next.units
	} else {
		c.units = next.appendTo(c.units)
	}
	c.next = next.next
}

// cuts are the cuts at one place, in the order in which the text stood.
type cuts struct{ first, last *cut }

// add appends others to l, which owns them from then on.
func (l *cuts) add(others cuts) {
	switch {
	case others.first == nil:
	case l.first == nil:
		*l = others
	case l.last.joins(others.first):
		l.last.join(others.first)
		if others.last != others.first {
			l.last = others.last
		}
	default:
		l.last.next, l.last = others.first, others.last
	}
}
