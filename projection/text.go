package projection

import (
	"slices"

	"parodywave/eventlog"
)

// A text is UTF-16 units in chunks, each unit with the revision and author that
// inserted it. Chunks limit how much an edit moves, and the tree how far it searches
// for its chunk. The pen holds an edit that continues where the last one ended, as
// typing does.
type text struct {
	tree   tree[chunk]
	length int
	pen    pen
}

const (
	chunkMax = 512 // units; a fuller chunk is split
	chunkMin = 64  // units; a neighbour this small is merged with
	spanMax  = 96  // spans; a chunk of more is split, too
)

type chunk struct {
	units []uint16
	spans []span // sum of their n is len(units)
}

// A span is a run of units by one author: all of one revision or, with step 1
// (typing), each of the revision after the one of the unit before.
type span struct {
	rev    eventlog.Revision // of the first unit
	n      uint32
	author uint32 // index into Thread.authors
	step   uint32 // 0 or 1
}

// sub returns the part of s from unit i on, n units long.
func (s span) sub(i, n uint32) span {
	s.rev += eventlog.Revision(i * s.step)
	s.n = n
	if n == 1 {
		s.step = 0
	}
	return s
}

// join extends s by next if both can be one span.
func (s *span) join(next span) bool {
	if s.author != next.author {
		return false
	}
	step := uint32(0)
	switch end := s.rev + eventlog.Revision((s.n-1)*s.step); {
	case next.rev == end:
	case next.rev == end+1:
		step = 1
	default:
		return false
	}
	if (s.n > 1 && s.step != step) || (next.n > 1 && next.step != step) {
		return false
	}
	s.n, s.step = s.n+next.n, step
	return true
}

// find goes to the chunk that has position pos and returns it with the offset in
// it. At the border of two chunks it is the left one.
func (t *text) find(pos int) (*chunk, int) {
	if t.pen.down {
		t.lift()
	}
	t.tree.seek(max(pos-1, 0))
	return t.tree.chunk(), pos - t.tree.start
}

// unit returns the unit at pos.
func (t *text) unit(pos int) uint16 {
	c, i := t.find(pos + 1)
	return c.units[i-1]
}

// appendUnits appends the units from..to to dst.
func (t *text) appendUnits(dst []uint16, from, to int) []uint16 {
	if from >= to {
		return dst
	}
	dst = slices.Grow(dst, to-from)
	c, i := t.find(from + 1)
	i--
	for left := to - from; ; i = 0 {
		n := min(left, len(c.units)-i)
		dst = append(dst, c.units[i:i+n]...)
		if left -= n; left == 0 {
			return dst
		}
		t.tree.next()
		c = t.tree.chunk()
	}
}

// appendSpans appends the spans of the units from..to to dst.
func (t *text) appendSpans(dst []span, from, to int) []span {
	if from >= to {
		return dst
	}
	c, i := t.find(from + 1)
	i--
	for left := to - from; ; i = 0 {
		n := min(left, len(c.units)-i)
		dst = appendCut(dst, c.spans, i, i+n)
		if left -= n; left == 0 {
			return dst
		}
		t.tree.next()
		c = t.tree.chunk()
	}
}

// place inserts units, which spans describe, into their chunk. It overwrites spans,
// and keeps neither.
func (t *text) place(pos int, units []uint16, spans []span) {
	if t.tree.root == nil {
		t.tree.plant(chunk{})
	}
	t.length += len(units)
	var part []span
	for len(units) > chunkMax/2 {
		part, spans = takeSpans(part[:0], spans, chunkMax/2)
		t.placePart(pos, units[:chunkMax/2], part)
		pos, units = pos+chunkMax/2, units[chunkMax/2:]
	}
	t.placePart(pos, units, spans)
}

// placePart is place for half a chunk at most.
func (t *text) placePart(pos int, units []uint16, spans []span) {
	c, i := t.find(pos)
	if len(c.units)+len(units) > chunkMax || len(c.spans) > spanMax {
		c, i = t.makeRoom(c, i, len(units))
	}
	c.insertSpans(i, spans)
	c.units = slices.Insert(c.units, i, units...)
	t.tree.add(len(units), 0)
}

// makeRoom splits the current chunk so that n units more fit at an offset of it, and
// returns where that is now. At the end of a chunk, where typing continues, the new
// units get a chunk of their own.
func (t *text) makeRoom(c *chunk, offset, n int) (*chunk, int) {
	pos := t.tree.start + offset
	if size := len(c.units); offset < size {
		cut := size / 2
		if offset > size*7/8 {
			cut = offset
		}
		right := c.split(cut)
		t.tree.add(cut-size, 0)
		t.tree.insert(right, sum{units: uint32(size - cut)})
		c, offset = t.find(pos)
	}
	if len(c.units)+n > chunkMax {
		t.tree.insert(chunk{units: make([]uint16, 0, chunkMax)}, sum{})
		c, offset = t.tree.chunk(), 0
	}
	return c, offset
}

// split cuts c at unit i and returns the part behind it.
func (c *chunk) split(i int) (right chunk) {
	right.units = append(make([]uint16, 0, min(chunkMax, 2*(len(c.units)-i))), c.units[i:]...)
	k, i := c.spanAt(i)
	right.spans = append(make([]span, 0, 2*(len(c.spans)-k)+4), c.spans[k:]...) // room to grow
	if i > 0 {
		s := c.spans[k]
		c.spans[k], right.spans[0] = s.sub(0, uint32(i)), s.sub(uint32(i), s.n-uint32(i))
		k++
	}
	c.units, c.spans = c.units[:len(c.units)-len(right.units)], c.spans[:k]
	return right
}

// cut removes the units from..to from their chunks.
func (t *text) cut(from, to int) {
	t.length -= to - from
	for left := to - from; left > 0; {
		c, i := t.find(from + 1)
		i--
		n := min(left, len(c.units)-i)
		left -= n
		if n == len(c.units) && !t.tree.single() {
			t.tree.remove()
			continue
		}
		c.deleteSpans(i, n)
		c.units = slices.Delete(c.units, i, i+n)
		t.tree.add(-n, 0)
		if len(c.units) < chunkMin && !t.tree.single() {
			t.merge()
		}
	}
}

// merge merges the current chunk with a neighbour if both are small.
func (t *text) merge() {
	start := t.tree.start
	if !t.tree.next() {
		t.tree.seek(start - 1)
		start = t.tree.start
		t.tree.next()
	}
	right := *t.tree.chunk()
	t.tree.seek(start)
	if len(t.tree.chunk().units)+len(right.units) > chunkMax/2 {
		return
	}
	t.tree.next()
	t.tree.remove()
	t.tree.seek(start)
	c := t.tree.chunk()
	c.units = append(c.units, right.units...)
	for _, s := range right.spans {
		c.spans = appendSpan(c.spans, s)
	}
	t.tree.add(len(right.units), 0)
}

// overwrite overwrites the units from pos on and leaves the spans as they are.
func (t *text) overwrite(pos int, units []uint16) {
	for len(units) > 0 {
		c, i := t.find(pos + 1)
		n := copy(c.units[i-1:], units)
		units, pos = units[n:], pos+n
	}
}
