package projection

import (
	"slices"
)

// A settling decides which lines the pieces of an area are, after a change, and what
// its patches are from then on.
type settling struct {
	t      *Thread
	space  *workspace
	by     stamp
	every  bool // for the stretch: identities stay as they are
	a      *area
	first  int // index of the first piece
	pieces []piece2
	now    []uint16
	kept   []kept // from a.text to now
	links  []link
	of     []int // the piece that each line of a.before is, or:
	into   []int // the piece that each line was joined into, of those that were
	flying []placed
	parts  []part
	out    []placed // what cut returns
	alive  map[LineID]bool

	crossed []bool // of a.before
}

const (
	missing = -1 // no piece is that line
	away    = -2 // it is elsewhere, by a move or since a record states it
	joined  = -3 // it was joined into another
)

// A piece2 is a piece of an area, from..to in its text.
type piece2 struct {
	from, to int
	was      LineID // as the change alone has it
	id       LineID // as settled
	line     int    // of before, or missing
	stated   bool
}

// A link says that n units of line i of before are in piece j.
type link struct{ i, j, n int }

func (s *settling) read(n int) {
	_, start := s.t.lines.byIndex(min(s.first, s.t.lines.count-1))
	s.pieces = slices.Grow(s.pieces, n)[:n]
	pos := 0
	for j := range s.pieces {
		ln, _ := s.t.lines.byIndex(s.first + j)
		s.pieces[j] = piece2{from: pos, to: pos + int(ln.length), was: ln.id, id: ln.id, line: missing, stated: !s.every && s.t.isStated(ln)}
		pos += int(ln.length) + 1
	}
	if n > 0 {
		s.now = s.t.text.peek(s.now, start, start+pos-1)
	}
	s.of = s.space.ints.take(len(s.a.before))
	for i := range s.of {
		s.of[i] = missing
	}
	moves := s.t.effect.Moves
	if s.every {
		moves = nil
	}
	s.kept = s.a.carried(s.kept, moves, start)
	if len(moves) > 0 {
		s.kept = slices.DeleteFunc(s.kept, func(k kept) bool { return k.b < 0 || k.b >= len(s.now) })
		slices.SortFunc(s.kept, func(x, y kept) int { return x.a - y.a })
	}
	s.link()
}

// link notes how many units of each line are in each piece.
func (s *settling) link() {
	s.links = s.links[:0]
	i, j := 0, 0
	for _, k := range s.kept {
		for i+1 < len(s.a.offset) && k.a >= s.a.offset[i+1] {
			i++
		}
		for k.b < s.pieces[j].from { // a move brought it above
			j--
		}
		for k.b >= s.pieces[j].to {
			j++
		}
		if m := len(s.links); m > 0 && s.links[m-1].i == i && s.links[m-1].j == j {
			s.links[m-1].n += k.n
		} else {
			s.links = append(s.links, link{i, j, k.n})
		}
	}
}

func (s *settling) line(i int) []uint16 {
	return s.a.text[s.a.offset[i] : s.a.offset[i]+int(s.a.before[i].length)]
}

func (s *settling) content(j int) []uint16 { return s.now[s.pieces[j].from:s.pieces[j].to] }

// equal reports whether line i of before reads like piece j.
func (s *settling) equal(i, j int) bool { return slices.Equal(s.line(i), s.content(j)) }

// write gives the pieces the identities and rows that follow.
func (s *settling) write() {
	n := &s.t.net
	for j := range s.pieces {
		if p := &s.pieces[j]; p.line != missing && p.was.Revision == s.by.rev && s.a.before[p.line].id != p.was {
			n.free = append(n.free, p.was.Ordinal)
		}
	}
	var most []link
	for j := range s.pieces {
		p := &s.pieces[j]
		ln, _ := s.t.lines.byIndex(s.first + j)
		switch {
		case p.stated:
			continue
		case p.line != missing:
			s.become(ln, p.line, j)
		case p.was.Revision != s.by.rev && s.lives(p.was):
			length := ln.length
			*ln = s.by.born(n.ordinal(), length)
			fallthrough
		default:
			if ln.id.Revision == s.by.rev {
				if most == nil {
					most = s.most()
				}
				if ln.splitFrom = (LineID{}); most[j].n > 0 {
					ln.splitFrom = s.a.before[most[j].i].id
				}
			}
		}
		if p.id = ln.id; ln.id != p.was {
			n.became = append(n.became, became{p.was, s.first + j})
		}
	}
}

// become makes ln, which is piece j, line i of before.
func (s *settling) become(ln *line, i, j int) {
	b := s.a.before[i]
	switch {
	case s.equal(i, j):
		if ln.id == b.id {
			b.deleted = ln.deleted
		}
		b.length = ln.length
		*ln = b
	case ln.id == b.id:
	default:
		row := line{}
		row.touch(s.by)
		if k := slices.IndexFunc(s.a.old, func(o line) bool { return o.id == b.id }); k >= 0 && s.unchanged(k, j) {
			row = s.a.old[k]
		}
		b.length = ln.length
		b.changed, b.at, b.author, b.submitted = row.changed, row.at, row.author, row.submitted
		*ln = b
	}
}

// unchanged reports whether old line k was all kept and is all of piece j.
func (s *settling) unchanged(k, j int) bool {
	pos := s.a.start
	for _, o := range s.a.old[:k] {
		pos += int(o.length) + 1
	}
	o := s.a.old[k]
	to, intact, _ := s.a.whereTo(nil, pos, pos+int(o.length))
	_, start := s.t.lines.byIndex(s.first + j)
	return intact && to == start && int(o.length) == s.pieces[j].to-s.pieces[j].from
}

// most returns, for each piece, the link to the line of before that most of its units
// are from.
func (s *settling) most() []link {
	most := s.space.links.take(len(s.pieces))
	for _, l := range s.links {
		if l.n > most[l.j].n {
			most[l.j] = l
		}
	}
	return most
}

// lives reports whether a piece is the line of before with an identity.
func (s *settling) lives(id LineID) bool {
	if s.alive == nil {
		s.alive = map[LineID]bool{}
		for i, j := range s.of {
			if j >= 0 {
				s.alive[s.a.before[i].id] = true
			}
		}
	}
	return s.alive[id]
}

// keepRows gives each line that reads as before the stretch the row of then, unless
// it has an older one.
func (s *settling) keepRows() {
	for i, j := range s.of {
		b := &s.a.before[i]
		if j < 0 || s.pieces[j].id != b.id {
			continue
		}
		if ln, _ := s.t.lines.byIndex(s.first + j); (ln.changed > b.changed || ln.changed == b.changed && ln.submitted != b.submitted) && s.equal(i, j) {
			s.t.restore(ln, b, s.first+j)
		}
	}
}

// restore gives ln, line i, the row of was.
func (t *Thread) restore(ln, was *line, i int) {
	ln.changed, ln.at, ln.author, ln.submitted = was.changed, was.at, was.author, was.submitted
	t.net.touched = append(t.net.touched, i)
}

// A joining says that a line was joined into line at.
type joining struct {
	id LineID
	at int
}

// A became says that line at, which was id, is another.
type became struct {
	was LineID
	at  int
}

func (s *settling) settle() {
	a := s.a
	s.read(a.to - a.from + a.delta)
	if s.t.net.stated != nil && !s.every {
		s.byStatement()
	}
	for _, o := range a.own {
		if slices.ContainsFunc(s.flying, func(m placed) bool { return m.p == o.patch }) {
			for i := range o.before {
				s.of[o.first+i] = away
			}
		}
	}
	if len(s.t.effect.Moves) > 0 && !s.every {
		s.elsewhere()
	}
	s.assign()
	if s.every {
		s.keepRows()
		s.cross()
	} else {
		s.own()
		s.write()
	}
}

// elsewhere finds lines of before that a move took out of the area.
func (s *settling) elsewhere() {
	lives := map[LineID]int{}
	s.t.eachPatched(func(i int, ln *line) { lives[ln.id] = i })
	for i := range s.of {
		if j, ok := lives[s.a.before[i].id]; ok && (j < s.first || j >= s.first+len(s.pieces)) {
			s.of[i] = away
		}
	}
}
