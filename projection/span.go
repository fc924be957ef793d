package projection

import "slices"

func appendSpan(spans []span, s span) []span {
	if n := len(spans); n > 0 && spans[n-1].join(s) {
		return spans
	}
	return append(spans, s)
}

// takeSpans moves the spans of the first n units from spans to dst. It returns
// both.
func takeSpans(dst, spans []span, n int) (head, rest []span) {
	for n > 0 {
		s := &spans[0]
		if n < int(s.n) {
			dst = append(dst, s.sub(0, uint32(n)))
			*s = s.sub(uint32(n), s.n-uint32(n))
			break
		}
		n -= int(s.n)
		dst = append(dst, *s)
		spans = spans[1:]
	}
	return dst, spans
}

// spanAt returns the index of the span that unit i is in, and the offset in it. For
// the end of all units it is the index behind the last span.
func (c *chunk) spanAt(i int) (k, offset int) {
	if i <= len(c.units)/2 {
		for k < len(c.spans) && i >= int(c.spans[k].n) {
			i -= int(c.spans[k].n)
			k++
		}
		return k, i
	}
	k = len(c.spans)
	for start := len(c.units); ; start -= int(c.spans[k].n) {
		if start <= i {
			return k, i - start
		}
		k--
	}
}

// insertSpans inserts spans at unit i of the chunk, before their units are
// inserted.
func (c *chunk) insertSpans(i int, in []span) {
	k, i := c.spanAt(i)
	if i == 0 && k > 0 && len(in) == 1 && c.spans[k-1].join(in[0]) {
		return // typing: the usual case
	}
	if i > 0 && len(in) == 1 { // an edit elsewhere, in one step
		s := c.spans[k]
		c.spans = slices.Insert(c.spans, k+1, in[0], s.sub(uint32(i), s.n-uint32(i)))
		c.spans[k] = s.sub(0, uint32(i))
		c.joinAround(k+1, k+2)
		return
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

// deleteSpans deletes the spans of n units from unit i on, before the units are
// deleted.
func (c *chunk) deleteSpans(i, n int) {
	k, i := c.spanAt(i)
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

// joinAround joins adjacent spans, at the borders from-1|from … to-1|to, if they can
// be one.
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
