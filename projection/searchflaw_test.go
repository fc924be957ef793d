package projection

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

// SetAutomatonMost makes an expression forget its states sooner, and reports
// how often it did so far.
func (p *Pattern) SetAutomatonMost(n int) (renewed int) {
	p.auto.most = n
	return p.auto.renewed
}

// Tired reports whether the pattern is left to package regexp.
func (p *Pattern) Tired() bool { return p.auto.tired() }
