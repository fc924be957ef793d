package projection

import "regexp/syntax"

// An automaton finds an expression in UTF-16 units, a unit at a time and none of
// them twice in one search. Its states are what Pike's machine would be in: the
// threads that are alive, the preferred one first. They are made when a text
// first leads to them, and a state knows where each class of characters leads,
// so that a text like those before costs a look into a table for each unit
// (Cox, "Regular Expression Matching in the Wild"). What a thread has to remember
// is where it started; a step tells which thread goes on from which, as in
// Laurikari's automata with tags.
//
// An automaton must not be used by two at once.
type automaton struct {
	prog    *syntax.Prog
	looks   bool // it looks at what stands beside a character
	classes classes
	states  map[string]*state
	first   [3]*state // by side
	most    int       // steps that are kept
	renewed int       // how often all states were dropped

	// Of the step that is being made.
	mark         []uint32 // by instruction: the last turn that came there
	entered      []uint32 // by instruction: the last turn that a thread was put there
	turn         uint32
	next         []uint32
	from         []int32
	key          []byte
	starts, room []int
}

// automatonMost is how many steps an automaton may keep, and automatonRenewals
// how often it may drop them all: an expression whose states are without number
// is better off without.
const (
	automatonMost     = 1 << 18
	automatonRenewals = 4
)

func newAutomaton(tree *syntax.Regexp) (*automaton, error) {
	prog, err := syntax.Compile(tree.Simplify())
	if err != nil {
		return nil, err
	}
	a := &automaton{prog: prog, looks: looksAround(tree), mark: make([]uint32, len(prog.Inst)), entered: make([]uint32, len(prog.Inst)),
		states: map[string]*state{}, most: automatonMost}
	a.classes = classesOf(prog, a.looks)
	return a, nil
}

// tired reports whether the automaton should be used no more.
func (a *automaton) tired() bool { return a.renewed > automatonRenewals }

// find appends the matches in units, each beginning where the one before ended
// or later.
func (a *automaton) find(dst []stretch, units []uint16) []stretch {
	for at := 0; at < len(units); {
		m, ok := a.search(units, at)
		if !ok {
			break
		}
		dst = append(dst, m)
		at = max(m.to, at+1)
	}
	return dst
}

// search returns the match that starts first from unit at on and, of those, the
// preferred one.
func (a *automaton) search(units []uint16, at int) (m stretch, ok bool) {
	s, starts := a.begin(units, at), a.starts[:0]
	for i := at; ; {
		if end, last := s.pass(units, i); end > i {
			if i = end; last >= 0 {
				m, ok = stretch{starts[s.loop], last}, true
			}
		}
		class, n := a.classes.end, 1
		if i < len(units) {
			if u := units[i]; u < 128 {
				class = a.classes.ascii[u]
			} else {
				class, n = a.classes.at(units[i:])
			}
		}
		st := s.steps[class]
		if st == nil {
			st = a.make(s, class)
		}
		if st.match >= 0 {
			m, ok = stretch{i, i}, true
			if int(st.match) < len(starts) {
				m.from = starts[st.match]
			}
		}
		if !st.keeps {
			starts = append(starts, i) // of the thread that starts here
			next := a.room[:0]
			for _, k := range st.from {
				next = append(next, starts[k])
			}
			starts, a.room = next, starts
		}
		if s = st.to; i >= len(units) || !s.seeking && len(s.threads) == 0 {
			a.starts = starts
			return m, ok
		}
		i += n
	}
}

// begin returns the state of a search that begins at unit at.
func (a *automaton) begin(units []uint16, at int) *state {
	c := afterOther
	switch {
	case !a.looks:
	case at == 0:
		c = atStart
	case syntax.IsWordChar(rune(units[at-1])):
		c = afterWord
	}
	if a.first[c] == nil {
		a.first[c] = a.state(nil, true, c)
	}
	return a.first[c]
}
