package projection

import "slices"

// A site is a place in the text where something was deleted. Text that is inserted
// there stands behind it.
type site struct {
	pos int // units from the text's start or, behind the gap, from its end
	cuts
}

// sites are in a list with a gap where the last edit was. Positions before the gap
// count from the start of the text, positions behind it from its end, so that an
// edit changes none. Typing moves the gap past few sites. Sites far from the gap
// are in blocks, which move as one, for edits all over the text.
type sites struct {
	left, right             []site // before the gap, and behind it; the nearest last
	leftBlocks, rightBlocks []siteBlock
	length                  int // of the text, in units
}

// A siteBlock is adjacent sites, ascending, whose positions count from base on.
// Behind the gap, base minus position is the distance to the end.
type siteBlock struct {
	base  int
	sites []site
}

// siteBlockLen is the number of sites in a block. Tests make it small.
var siteBlockLen = 256

// seek moves the gap to pos, behind a site that is there.
func (s *sites) seek(pos int) {
	for s.back(pos) {
	}
	for s.forth(pos) {
	}
}

// back moves the gap before the last site or block in front of it, if that is
// behind pos.
func (s *sites) back(pos int) bool {
	if n := len(s.left); n > 0 {
		at := s.left[n-1]
		if at.pos <= pos {
			return false
		}
		s.left = s.left[:n-1]
		at.pos = s.length - at.pos
		s.right = append(s.right, at)
		s.stowRight(2 * siteBlockLen)
		return true
	}
	b, ok := pop(&s.leftBlocks)
	if !ok {
		return false
	}
	if b.base+b.sites[0].pos <= pos {
		for _, at := range b.sites {
			at.pos += b.base
			s.left = append(s.left, at)
		}
		return true
	}
	s.stowRight(0)
	b.base = s.length - b.base
	s.rightBlocks = append(s.rightBlocks, b)
	return true
}

// forth moves the gap behind the first site or block after it, if that is not
// behind pos.
func (s *sites) forth(pos int) bool {
	if len(s.right) == 0 && len(s.rightBlocks) > 0 {
		b := s.rightBlocks[len(s.rightBlocks)-1]
		if last := b.sites[len(b.sites)-1]; s.length-b.base+last.pos <= pos {
			s.stowLeft(0)
			pop(&s.rightBlocks)
			b.base = s.length - b.base
			s.leftBlocks = append(s.leftBlocks, b)
			return true
		}
	}
	p, ok := s.next()
	if !ok || p > pos {
		return false
	}
	at := s.take()
	at.pos = p
	s.left = append(s.left, at)
	s.stowLeft(2 * siteBlockLen)
	return true
}

// stowLeft puts the farthest sites before the gap into a block if there are more
// than most; all of them if most is 0.
func (s *sites) stowLeft(most int) {
	n := stowed(len(s.left), most)
	if n == 0 {
		return
	}
	b := topBlock(&s.leftBlocks, n, 0)
	for _, at := range s.left[:n] {
		at.pos -= b.base
		b.sites = append(b.sites, at)
	}
	s.left = slices.Delete(s.left, 0, n)
}

// stowRight is stowLeft behind the gap.
func (s *sites) stowRight(most int) {
	n := stowed(len(s.right), most)
	if n == 0 {
		return
	}
	b := topBlock(&s.rightBlocks, n, s.right[n-1].pos)
	in := make([]site, 0, n+len(b.sites))
	for _, at := range slices.Backward(s.right[:n]) {
		at.pos = b.base - at.pos
		in = append(in, at)
	}
	b.sites = append(in, b.sites...)
	s.right = slices.Delete(s.right, 0, n)
}

// topBlock returns the block for n more sites: the one nearest to the gap if there
// is room in it, so that blocks stay full, or else a new one.
func topBlock(blocks *[]siteBlock, n, base int) *siteBlock {
	if k := len(*blocks); k == 0 || len((*blocks)[k-1].sites)+n > 2*siteBlockLen {
		*blocks = append(*blocks, siteBlock{base: base})
	}
	return &(*blocks)[len(*blocks)-1]
}

func stowed(have, most int) int {
	switch {
	case most == 0:
		return have
	case have > most:
		return siteBlockLen
	}
	return 0
}

func pop(blocks *[]siteBlock) (b siteBlock, ok bool) {
	n := len(*blocks)
	if n == 0 {
		return b, false
	}
	b = (*blocks)[n-1]
	*blocks = (*blocks)[:n-1]
	return b, true
}

// next returns the position of the first site behind the gap.
func (s *sites) next() (pos int, ok bool) {
	if len(s.right) == 0 {
		b, ok := pop(&s.rightBlocks)
		if !ok {
			return 0, false
		}
		for _, at := range slices.Backward(b.sites) {
			at.pos = b.base - at.pos
			s.right = append(s.right, at)
		}
	}
	return s.length - s.right[len(s.right)-1].pos, true
}

// take removes that site.
func (s *sites) take() site {
	n := len(s.right)
	at := s.right[n-1]
	s.right = s.right[:n-1]
	return at
}

// here returns the site at pos, where the gap is; nil if there is none.
func (s *sites) here(pos int) *site {
	if n := len(s.left); n > 0 && s.left[n-1].pos == pos {
		return &s.left[n-1]
	}
	return nil
}

// put adds cuts at the gap, which is at pos.
func (s *sites) put(pos int, l cuts) {
	if l.first == nil {
		return
	}
	if at := s.here(pos); at != nil {
		at.add(l)
		return
	}
	s.left = append(s.left, site{pos, l})
	s.stowLeft(2 * siteBlockLen)
}

// all returns the sites in order.
func (s *sites) all() []site {
	s.seek(s.length)
	s.stowLeft(0)
	var all []site
	for _, b := range s.leftBlocks {
		for _, at := range b.sites {
			at.pos += b.base
			all = append(all, at)
		}
	}
	return all
}
