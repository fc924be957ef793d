package projection

import "regexp/syntax"

// A side is what stands before a position.
type side uint8

const (
	afterOther side = iota
	afterWord
	atStart
)

// A state is where a search may be before it has seen the next character.
type state struct {
	threads []uint32 // instructions, by preference
	seeking bool     // a match may start here still
	side    side
	steps   []*step // by class of the next character; nil: not made yet
	// stays says of these characters that they leave all as it is: 1, or 2 where
	// thread loop matches, too.
	stays [128]uint8
	loop  int32
}

// A step is what a character does to a state.
type step struct {
	to *state
	// match is the thread that matches up to the character, -1 if none does.
	match int32
	// from has for each thread of to which thread it goes on from; one behind the
	// last is the one that starts here. keeps says that each is as it was.
	from  []int32
	keeps bool
}

// pass returns how far from unit i on characters leave all as it is, and before
// which of them a thread matched last; -1 if none did.
func (s *state) pass(units []uint16, i int) (end, last int) {
	last = -1
	for ; i < len(units) && units[i] < 128; i++ {
		switch s.stays[units[i]] {
		case 0:
			return i, last
		case 2:
			last = i
		}
	}
	return i, last
}

// learn has pass know a step that leaves all as it is.
func (s *state) learn(st *step, class uint16, c *classes) {
	how := uint8(1)
	switch {
	case !st.keeps || st.to != s:
		return
	case st.match >= 0:
		if how = 2; s.loop >= 0 && s.loop != st.match {
			return
		}
		s.loop = st.match
	}
	for u, other := range c.ascii {
		if other == class {
			s.stays[u] = how
		}
	}
}

// state returns the state with these threads, which it does not keep.
func (a *automaton) state(threads []uint32, seeking bool, c side) *state {
	key := append(a.key[:0], byte(c))
	if seeking {
		key[0] |= 4
	}
	for _, pc := range threads {
		key = append(key, byte(pc), byte(pc>>8), byte(pc>>16), byte(pc>>24))
	}
	a.key = key
	s, ok := a.states[string(key)]
	if !ok {
		if (len(a.states)+1)*(a.classes.count+len(threads)) > a.most {
			a.renewed++
			clear(a.states)
			a.first = [3]*state{}
		}
		s = &state{threads: append([]uint32(nil), threads...), seeking: seeking, side: c, steps: make([]*step, a.classes.count), loop: -1}
		a.states[string(key)] = s
	}
	return s
}

// make finds out what a character of a class does to s.
func (a *automaton) make(s *state, class uint16) *step {
	a.turn++
	a.next, a.from = a.next[:0], a.from[:0]
	st := &step{match: -1}
	flags, c := a.classes.around(s.side, class)
	for k, pc := range s.threads {
		if a.follow(pc, int32(k), flags, class) {
			st.match = int32(k)
			break
		}
	}
	seeking := s.seeking && st.match < 0
	if seeking && a.follow(uint32(a.prog.Start), int32(len(s.threads)), flags, class) {
		st.match, seeking = int32(len(s.threads)), false
	}
	if !a.looks {
		c = afterOther
	}
	st.from = append(st.from, a.from...)
	st.keeps = len(st.from) == len(s.threads)
	for k, from := range st.from {
		st.keeps = st.keeps && int(from) == k
	}
	st.to = a.state(a.next, seeking, c)
	s.steps[class] = st
	s.learn(st, class, &a.classes)
	return st
}

// follow takes thread k on from an instruction over the next character. It
// reports whether the thread matched before that.
func (a *automaton) follow(pc uint32, k int32, flags syntax.EmptyOp, class uint16) bool {
	if a.mark[pc] == a.turn {
		return false
	}
	a.mark[pc] = a.turn
	switch in := &a.prog.Inst[pc]; in.Op {
	case syntax.InstMatch:
		return true
	case syntax.InstAlt, syntax.InstAltMatch:
		return a.follow(in.Out, k, flags, class) || a.follow(in.Arg, k, flags, class)
	case syntax.InstCapture, syntax.InstNop:
		return a.follow(in.Out, k, flags, class)
	case syntax.InstEmptyWidth:
		return syntax.EmptyOp(in.Arg)&^flags == 0 && a.follow(in.Out, k, flags, class)
	case syntax.InstRune, syntax.InstRune1, syntax.InstRuneAny, syntax.InstRuneAnyNotNL:
		if a.classes.has(in, class) {
			a.enter(in.Out, k)
		}
	}
	return false
}

// enter makes thread k one of the next state, where no other is at its place.
func (a *automaton) enter(pc uint32, k int32) {
	if a.entered[pc] != a.turn {
		a.entered[pc] = a.turn
		a.next, a.from = append(a.next, pc), append(a.from, k)
	}
}
