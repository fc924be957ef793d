package search

// SeeLess spoils a pattern: where the search looks only near an edit, it looks
// not as far as a match can reach. It reports whether that can be seen.
func (p *Pattern) SeeLess() bool {
	switch {
	case p.reach > 1:
		p.reach--
		return true
	case p.in != nil:
		p.in = new([1 << 16]bool)
		return true
	}
	return false
}
