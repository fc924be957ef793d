package projection

// A site is a place in the text where something was deleted. Text inserted at
// the place stands behind it.
type site struct {
	pos int // units from the text's start or, right of the hand, from its end
	cuts
}

// sites is the list of them, with a hand in it where the last edit was: what is
// left of the hand is counted from the start of the text, what is right of it
// from its end, so an edit moves none. Typing moves the hand past few.
type sites struct {
	left   []site // at or before the hand, ascending
	right  []site // behind it, descending
	length int    // of the text, in units
}

// seek puts the hand at pos, behind a site that is there.
func (s *sites) seek(pos int) {
	for n := len(s.left); n > 0 && s.left[n-1].pos > pos; n-- {
		at := s.left[n-1]
		s.left = s.left[:n-1]
		at.pos = s.length - at.pos
		s.right = append(s.right, at)
	}
	for {
		p, ok := s.next()
		if !ok || p > pos {
			return
		}
		at := s.take()
		at.pos = p
		s.left = append(s.left, at)
	}
}

// next returns where the first site behind the hand is.
func (s *sites) next() (pos int, ok bool) {
	n := len(s.right)
	if n == 0 {
		return 0, false
	}
	return s.length - s.right[n-1].pos, true
}

// take removes that site.
func (s *sites) take() site {
	n := len(s.right)
	at := s.right[n-1]
	s.right = s.right[:n-1]
	return at
}

// put adds what was deleted at the hand, which is at pos.
func (s *sites) put(pos int, l cuts) {
	if l.first == nil {
		return
	}
	if n := len(s.left); n > 0 && s.left[n-1].pos == pos {
		s.left[n-1].add(l)
		return
	}
	s.left = append(s.left, site{pos, l})
}

// all returns the sites in order, after which the hand is at the end.
func (s *sites) all() []site {
	s.seek(s.length)
	return s.left
}
