package projection

import "slices"

func appendSpan(spans []span, s span) []span {
	if n := len(spans); n > 0 && spans[n-1].join(s) {
		return spans
	}
	return append(spans, s)
}

// splitSpans returns the spans of the first n units and those after. The first
// are in the memory of spans; the second may share it beyond.
func splitSpans(spans []span, n int) (head, tail []span) {
	for i, s := range spans {
		switch {
		case n == 0:
			return spans[:i:i], spans[i:]
		case n < int(s.n):
			tail = append(make([]span, 0, len(spans)-i+1), s.sub(uint32(n), s.n-uint32(n)))
			tail = append(tail, spans[i+1:]...)
			spans[i] = s.sub(0, uint32(n))
			return spans[: i+1 : i+1], tail
		}
		n -= int(s.n)
	}
	return spans, nil
}

// insertSpans makes room at unit i of the chunk.
func (c *chunk) insertSpans(i int, in []span) {
	k := 0
	for k < len(c.spans) && i >= int(c.spans[k].n) {
		i -= int(c.spans[k].n)
		k++
	}
	// i is now an offset into span k, or 0 at its start or at the end of all.
	if i == 0 && k > 0 && len(in) == 1 && c.spans[k-1].join(in[0]) {
		return // typing: the usual case
	}
	if i > 0 {
		s := c.spans[k]
		c.spans[k] = s.sub(0, uint32(i))
		c.spans = slices.Insert(c.spans, k+1, s.sub(uint32(i), s.n-uint32(i)))
		k++
	}
	c.spans = slices.Insert(c.spans, k, in...)
	c.joinAround(k, k+len(in))
}

// deleteSpans takes n units from unit i on out of the chunk's spans.
func (c *chunk) deleteSpans(i, n int) {
	k := 0
	for i >= int(c.spans[k].n) {
		i -= int(c.spans[k].n)
		k++
	}
	s := c.spans[k]
	if i+n < int(s.n) && i > 0 { // within one span
		rest := s.sub(uint32(i+n), s.n-uint32(i+n))
		c.spans[k] = s.sub(0, uint32(i))
		c.spans = slices.Insert(c.spans, k+1, rest)
		c.joinAround(k+1, k+1)
		return
	}
	first := k
	if i > 0 {
		c.spans[k] = s.sub(0, uint32(i))
		n -= int(s.n) - i
		k++
		first = k
	}
	for n > 0 && n >= int(c.spans[k].n) {
		n -= int(c.spans[k].n)
		k++
	}
	if n > 0 {
		s := c.spans[k]
		c.spans[k] = s.sub(uint32(n), s.n-uint32(n))
	}
	c.spans = slices.Delete(c.spans, first, k)
	c.joinAround(first, first)
}

// joinAround joins spans that say the same at the borders from-1|from … to-1|to.
func (c *chunk) joinAround(from, to int) {
	for k := min(to, len(c.spans)-1); k >= max(from, 1); k-- {
		if c.spans[k-1].join(c.spans[k]) {
			c.spans = slices.Delete(c.spans, k, k+1)
		}
	}
}

// appendCut appends the units from..to of spans to dst.
func appendCut(dst, spans []span, from, to int) []span {
	for _, s := range spans {
		n := int(s.n)
		if a, b := max(from, 0), min(to, n); a < b {
			dst = appendSpan(dst, s.sub(uint32(a), uint32(b-a)))
		}
		from, to = from-n, to-n
	}
	return dst
}
