package strictjson

// CutUint reads an integer from 0 to MaxUint that b begins with, written in
// digits alone and without leading zeros, and returns what follows it.
func CutUint(b []byte) (n uint64, rest []byte, ok bool) {
	i := 0
	for i < len(b) && b[i] >= '0' && b[i] <= '9' {
		n = n*10 + uint64(b[i]-'0')
		if i++; n > MaxUint {
			return 0, b, false
		}
	}
	if i == 0 || i > 1 && b[0] == '0' {
		return 0, b, false
	}
	return n, b[i:], true
}

// Uint reads an integer, see CutUint.
func (s *Scanner) Uint() (uint64, bool) {
	s.Peek()
	n, rest, ok := CutUint(s.b[s.i:])
	s.i = len(s.b) - len(rest)
	return n, ok
}

// number reads any number.
func (s *Scanner) number() bool {
	if s.b[s.i] == '-' {
		s.i++
	}
	if s.i < len(s.b) && s.b[s.i] == '0' {
		s.i++
	} else if !s.digits() {
		return false
	}
	if s.i < len(s.b) && s.b[s.i] == '.' {
		s.i++
		if !s.digits() {
			return false
		}
	}
	if s.i < len(s.b) && s.b[s.i]|0x20 == 'e' {
		s.i++
		if s.i < len(s.b) && (s.b[s.i] == '+' || s.b[s.i] == '-') {
			s.i++
		}
		return s.digits()
	}
	return true
}

// digits reads one digit or more.
func (s *Scanner) digits() bool {
	start := s.i
	for s.i < len(s.b) && s.b[s.i] >= '0' && s.b[s.i] <= '9' {
		s.i++
	}
	return s.i > start
}
