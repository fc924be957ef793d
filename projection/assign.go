package projection

import (
	"slices"
	"sort"
)

// assign finds the piece that each line of before is.
func (s *settling) assign() {
	switch {
	case s.every:
		s.byIdentity(func(int) bool { return true })
		return
	case len(s.a.before) == len(s.pieces) && slices.Equal(s.a.text, s.now) && !slices.ContainsFunc(s.pieces, func(p piece2) bool { return p.stated }) && !slices.Contains(s.of, away):
		for i := range s.of {
			s.give(i, i)
		}
		return
	}
	if len(s.t.effect.Moves) > 0 {
		s.byMoves()
	}
	s.into = s.space.ints.take(len(s.of))
	s.byUnits()
	s.byContent()
	s.byIdentity(func(j int) bool { return !s.pieces[j].stated })
	for i, j := range s.into {
		if s.of[i] == joined {
			s.t.net.joined = append(s.t.net.joined, joining{s.a.before[i].id, s.first + j})
		}
	}
}

// byMoves: a line that was moved keeps its piece, whatever else picks that. It leaves
// the other parts of a line of before behind.
func (s *settling) byMoves() {
	moved := s.space.bools.take(len(s.pieces))
	for j := range s.pieces {
		moved[j] = !s.pieces[j].stated && s.moved(j)
	}
	s.byIdentity(func(j int) bool { return moved[j] })
	for j := range s.pieces {
		s.pieces[j].stated = s.pieces[j].stated || moved[j] && s.pieces[j].line == missing
	}
	s.drop(func(i, j int) bool {
		if moved[j] {
			return s.of[i] != j
		}
		return s.of[i] == away || s.of[i] >= 0 && moved[s.of[i]]
	})
}

// drop takes the units of line i in piece j for gone, where gone says so.
func (s *settling) drop(gone func(i, j int) bool) {
	i := 0
	s.kept = slices.DeleteFunc(s.kept, func(k kept) bool {
		for i+1 < len(s.a.offset) && k.a >= s.a.offset[i+1] {
			i++
		}
		j := sort.Search(len(s.pieces), func(j int) bool { return s.pieces[j].to > k.b })
		return gone(i, j)
	})
	s.link()
}

// own: a line of before that reads as before has the units of its piece, even if they
// are new. A line of before between whose parts another one lies keeps only the part
// that it is, or else its largest.
func (s *settling) own() {
	whole := s.space.bools.take(len(s.of))
	other := false
	for _, l := range s.links {
		if j := s.of[l.i]; j >= 0 {
			whole[l.i] = j == l.j && l.n == int(s.a.before[l.i].length)
		}
	}
	for i, j := range s.of {
		if j >= 0 && !whole[i] && s.a.before[i].length > 0 && s.equal(i, j) {
			whole[i], other = true, true
		} else {
			whole[i] = false
		}
	}
	if other {
		s.drop(func(i, j int) bool { return whole[i] || s.pieces[j].line >= 0 && whole[s.pieces[j].line] })
		for i := range whole {
			if whole[i] {
				s.kept = append(s.kept, kept{s.a.offset[i], s.pieces[s.of[i]].from, int(s.a.before[i].length)})
			}
		}
		slices.SortFunc(s.kept, func(x, y kept) int { return x.a - y.a })
		s.link()
		s.unjoin()
	}
	most, first, last := s.space.links.take(len(s.of)), s.space.ints.take(len(s.of)), s.space.ints.take(len(s.of))
	for _, l := range s.links {
		if most[l.i].n == 0 {
			first[l.i], last[l.i] = l.j, l.j
		}
		first[l.i], last[l.i] = min(first[l.i], l.j), max(last[l.i], l.j)
		if most[l.i].n < l.n {
			most[l.i] = l
		}
	}
	parted := s.space.bools.take(len(s.of))
	other = false
	for i := range s.of {
		for j := first[i] + 1; j < last[i] && !parted[i]; j++ {
			parted[i] = s.pieces[j].line >= 0 && s.pieces[j].line != i
		}
		if s.of[i] >= 0 {
			most[i].j = s.of[i]
		}
		other = other || parted[i]
	}
	if other {
		s.drop(func(i, j int) bool { return parted[i] && j != most[i].j })
	}
}

// unjoin: a line of before that has lost its units to one that reads as before is
// missing, as if it were deleted.
func (s *settling) unjoin() {
	for i := range s.of {
		if s.of[i] == joined && !slices.ContainsFunc(s.links, func(l link) bool { return l.i == i }) {
			s.of[i] = missing
		}
	}
}

// moved reports whether a move brought piece j.
func (s *settling) moved(j int) bool {
	_, start := s.t.lines.byIndex(s.first + j)
	return slices.ContainsFunc(s.t.effect.Moves, func(m Move) bool { return start >= m.At && start <= m.At+m.To-m.From })
}

// byStatement: a line whose row a record states leaves its patch, unless the row is the
// author's own.
func (s *settling) byStatement() {
	var back []int
	for i := range s.of {
		if !s.t.isStated(&s.a.before[i]) {
			continue
		}
		s.of[i] = away
		j := slices.IndexFunc(s.pieces, func(p piece2) bool { return p.was == s.a.before[i].id })
		if j < 0 {
			continue
		}
		if ln, _ := s.t.lines.byIndex(s.first + j); ln.author == s.by.author && !ln.submitted {
			s.give(i, j)
			s.pieces[j].stated = false
			back = append(back, i)
		}
	}
	s.drop(func(i, j int) bool { return s.of[i] == away || s.pieces[j].stated })
	for _, i := range back {
		if !slices.ContainsFunc(s.links, func(l link) bool { return l.i == i }) {
			s.agree(i, s.of[i])
		}
	}
}

// agree: a line of before that is back has the units of its piece at the beginning and
// at the end of both.
func (s *settling) agree(i, j int) {
	a, b := s.line(i), s.content(j)
	n := min(len(a), len(b))
	head := 0
	for head < n && a[head] == b[head] {
		head++
	}
	tail := 0
	for tail < n-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	for _, k := range []kept{{s.a.offset[i], s.pieces[j].from, head}, {s.a.offset[i] + len(a) - tail, s.pieces[j].to - tail, tail}} {
		if k.n > 0 {
			s.kept = append(s.kept, k)
		}
	}
	slices.SortFunc(s.kept, func(x, y kept) int { return x.a - y.a })
	s.link()
}

func (s *settling) give(i, j int) { s.of[i], s.pieces[j].line = j, i }

// byUnits: each line picks the piece that has most of its units, and each piece keeps
// the line that gives most.
func (s *settling) byUnits() {
	picks := s.space.links.take(len(s.of))
	for _, l := range s.links {
		p := &picks[l.i]
		if s.of[l.i] == missing && (l.n > p.n || l.n == p.n && !s.equal(l.i, p.j) && s.equal(l.i, l.j)) {
			*p = l
		}
	}
	most := s.space.links.take(len(s.pieces))
	for _, p := range picks {
		if p.n == 0 || s.pieces[p.j].stated || s.pieces[p.j].line != missing {
			continue
		}
		m := &most[p.j]
		if better, other := s.equal(p.i, p.j), m.n > 0 && s.equal(m.i, p.j); better && !other || better == other && (p.n > m.n || p.n == m.n && s.a.before[p.i].id.older(s.a.before[m.i].id)) {
			*m = p
		}
	}
	for _, m := range most {
		if m.n > 0 {
			s.give(m.i, m.j)
		}
	}
	for _, p := range picks {
		if p.n > 0 && s.of[p.i] == missing && !s.pieces[p.j].stated {
			s.of[p.i], s.into[p.i] = joined, p.j
		}
	}
}

func (id LineID) older(other LineID) bool {
	return id.Revision < other.Revision || id.Revision == other.Revision && id.Ordinal < other.Ordinal
}

// byContent: a line without units is the first free piece between its living
// neighbours that reads like it.
func (s *settling) byContent() {
	if !s.anyMissing() || !slices.ContainsFunc(s.pieces, func(p piece2) bool { return p.line == missing && !p.stated }) {
		return
	}
	free := map[string][]int{}
	for j := range s.pieces {
		if p := &s.pieces[j]; p.line == missing && !p.stated {
			free[key(s.content(j))] = append(free[key(s.content(j))], j)
		}
	}
	from := 0
	for i := range s.of {
		if j := s.of[i]; j >= 0 {
			from = j + 1
			continue
		}
		if s.of[i] != missing || blank(s.line(i)) {
			continue
		}
		equal := free[key(s.line(i))]
		for len(equal) > 0 && equal[0] < from {
			equal = equal[1:]
		}
		if len(equal) > 0 && equal[0] < s.nextLiving(i) {
			s.give(i, equal[0])
			from, equal = equal[0]+1, equal[1:]
		}
		free[key(s.line(i))] = equal
	}
}

// anyMissing reports whether a line of before is missing that is not blank.
func (s *settling) anyMissing() bool {
	for i, j := range s.of {
		if j == missing && !blank(s.line(i)) {
			return true
		}
	}
	return false
}

// nextLiving returns the piece that the next line behind line i is of those that are
// one.
func (s *settling) nextLiving(i int) int {
	for _, j := range s.of[i+1:] {
		if j >= 0 {
			return j
		}
	}
	return len(s.pieces)
}

// byIdentity: a line without units, or whose units another line's piece has, is the
// free piece that has its identity already.
func (s *settling) byIdentity(free func(j int) bool) {
	var at map[LineID]int // made if there are many pieces
	if len(s.pieces) > fewPieces {
		at = map[LineID]int{}
		for j := range s.pieces {
			at[s.pieces[j].was] = j
		}
	}
	for i := range s.of {
		if s.of[i] != missing && s.of[i] != joined {
			continue
		}
		id := s.a.before[i].id
		j, ok := at[id]
		if at == nil {
			j = slices.IndexFunc(s.pieces, func(p piece2) bool { return p.was == id })
			ok = j >= 0
		}
		if ok && s.pieces[j].line == missing && free(j) {
			s.give(i, j)
		}
	}
}

// fewPieces is the number of pieces that are looked through for a line, one by one.
const fewPieces = 8

// agrees reports whether line i of before is as it was.
func (s *settling) agrees(i int) bool {
	j := s.of[i]
	b := &s.a.before[i]
	if j < 0 || s.crossed != nil && s.crossed[i] || !s.equal(i, j) || s.pieces[j].id != b.id {
		return false
	}
	if s.every {
		ln, _ := s.t.lines.byIndex(s.first + j)
		return ln.changed == b.changed && ln.submitted == b.submitted
	}
	return true
}

// cross finds the lines that have changed places with others. In the stretch they do
// not agree, since the text of then is put together line by line.
func (s *settling) cross() {
	most := -1
	crossed := s.space.bools.take(len(s.of))
	for i, j := range s.of {
		if j >= 0 {
			crossed[i] = j < most
			most = max(most, j)
		}
	}
	least := len(s.pieces)
	for i, j := range slices.Backward(s.of) {
		if j >= 0 {
			crossed[i] = crossed[i] || j > least
			least = min(least, j)
		}
	}
	if slices.Contains(crossed, true) {
		s.crossed = crossed
	}
}
