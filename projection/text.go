package projection

import (
	"slices"

	"parodywave/eventlog"
)

// A text is UTF-16 units in chunks, each unit with the revision and author
// that inserted it. Chunks bound what an edit must move; the list of their
// lengths lies in one piece of memory, so that finding a position in a text of
// a megabyte reads some kilobytes in a row. The chunk of the last edit is
// remembered, since typing goes on where it was.
type text struct {
	chunks  []*chunk
	lengths []int32 // of chunks
	length  int

	at, start int // a chunk and its first unit's position

	pen pen
}

const (
	chunkMax = 2048 // units; a fuller chunk is split
	chunkMin = 256  // units; a neighbour this small is merged with
)

type chunk struct {
	units []uint16
	spans []span // sum of their n is len(units)
}

// A span is a run of units by one author: all of one revision, or, with step
// 1, each of the revision after its left neighbour's (typing).
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

// join extends s by next if that says the same as both.
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

// find makes the chunk that holds position pos the current one and returns it
// with the offset in it. At the border of two chunks it is the left one.
func (t *text) find(pos int) (*chunk, int) {
	if t.pen.down {
		t.lift()
	}
	for pos < t.start || (pos == t.start && t.at > 0) {
		t.at--
		t.start -= int(t.lengths[t.at])
	}
	for t.at < len(t.chunks)-1 && pos > t.start+int(t.lengths[t.at]) {
		t.start += int(t.lengths[t.at])
		t.at++
	}
	return t.chunks[t.at], pos - t.start
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
	for k, left := t.at, to-from; ; c, i = t.chunks[k], 0 {
		n := min(left, len(c.units)-i)
		dst = append(dst, c.units[i:i+n]...)
		if left -= n; left == 0 {
			return dst
		}
		k++
	}
}

// appendSpans appends the spans of the units from..to to dst.
func (t *text) appendSpans(dst []span, from, to int) []span {
	if from >= to {
		return dst
	}
	_, i := t.find(from + 1)
	i--
	for k, left := t.at, to-from; left > 0; k++ {
		for _, s := range t.chunks[k].spans {
			if i >= int(s.n) {
				i -= int(s.n)
				continue
			}
			n := min(left, int(s.n)-i)
			part := s.sub(uint32(i), uint32(n))
			if len(dst) == 0 || !dst[len(dst)-1].join(part) {
				dst = append(dst, part)
			}
			if left, i = left-n, 0; left == 0 {
				break
			}
		}
	}
	return dst
}

// place puts units into their chunk; spans tell who wrote them. Neither is kept.
func (t *text) place(pos int, units []uint16, spans []span) {
	if len(t.chunks) == 0 {
		t.chunks, t.lengths = []*chunk{{}}, []int32{0}
	}
	for len(units) > chunkMax/2 { // from the end, so that pos stays
		cut := (len(units) - 1) / (chunkMax / 2) * (chunkMax / 2)
		head, tail := splitSpans(spans, cut)
		t.place(pos, units[cut:], tail)
		units, spans = units[:cut], head
	}
	c, i := t.find(pos)
	if len(c.units)+len(units) > chunkMax {
		t.split(i)
		c, i = t.find(pos)
	}
	c.units = slices.Insert(c.units, i, units...)
	c.insertSpans(i, spans)
	t.lengths[t.at] += int32(len(units))
	t.length += len(units)
}

// split cuts the current chunk in two: at its end, where typing goes on, or in
// the middle.
func (t *text) split(offset int) {
	c := t.chunks[t.at]
	cut := len(c.units) / 2
	if offset > len(c.units)*7/8 {
		cut = min(offset, len(c.units)-1)
	}
	head, tail := splitSpans(c.spans, cut)
	right := &chunk{units: append(make([]uint16, 0, chunkMax), c.units[cut:]...), spans: slices.Clone(tail)}
	c.units, c.spans = c.units[:cut], head
	t.chunks = slices.Insert(t.chunks, t.at+1, right)
	t.lengths = slices.Insert(t.lengths, t.at+1, int32(len(right.units)))
	t.lengths[t.at] = int32(cut)
}

// cut takes the units from..to out of their chunks.
func (t *text) cut(from, to int) {
	for left := to - from; left > 0; {
		c, i := t.find(from + 1)
		i--
		n := min(left, len(c.units)-i)
		c.units = slices.Delete(c.units, i, i+n)
		c.deleteSpans(i, n)
		t.lengths[t.at] -= int32(n)
		t.length -= n
		left -= n
		t.settle()
	}
}

// settle drops or merges the current chunk when little is left in it.
func (t *text) settle() {
	c := t.chunks[t.at]
	if len(c.units) >= chunkMin || len(t.chunks) == 1 {
		return
	}
	if t.at == len(t.chunks)-1 {
		t.at--
		t.start -= int(t.lengths[t.at])
	}
	left, right := t.chunks[t.at], t.chunks[t.at+1]
	if len(c.units) > 0 && len(left.units)+len(right.units) > chunkMax/2 {
		return
	}
	left.units = append(left.units, right.units...)
	for _, s := range right.spans {
		left.spans = appendSpan(left.spans, s)
	}
	t.lengths[t.at] = int32(len(left.units))
	t.chunks = slices.Delete(t.chunks, t.at+1, t.at+2)
	t.lengths = slices.Delete(t.lengths, t.at+1, t.at+2)
}

// overwrite replaces the units from pos on and leaves the spans as they are.
func (t *text) overwrite(pos int, units []uint16) {
	for len(units) > 0 {
		c, i := t.find(pos + 1)
		n := copy(c.units[i-1:], units)
		units, pos = units[n:], pos+n
	}
}
