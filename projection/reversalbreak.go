package projection

import "slices"

// placeBeside is place between tracts of which one at least is away. What is
// written into a line that the edits moved, at its end or its beginning is of it;
// the break behind it is, too, but not the line below.
func (r *Reversal) placeBeside(s *section, left, right *tract) *tract {
	text := &r.t.text
	begins := s.FromB == 0 || text.unit(s.FromB-1) == lineBreak
	empty := s.ToB == text.length || text.unit(s.ToB) == lineBreak
	switch {
	case right.away && begins && !empty && !slices.Contains(s.Insert, lineBreak):
		s.away = true
		return right.prev
	case left.away && (right.away || !begins):
		s.away = true
		return left
	case left.away:
		return right.prev
	}
	for last := left.next; last.isGhost(); last = last.next {
		if last.endsLine() && !last.next.isGhost() {
			return last
		}
	}
	return left
}

// breaksOf sees to the break at an end of a deleted tract that moved lines had
// beside them, and returns what is left of the tract.
func (r *Reversal) breaksOf(g gone) gone {
	before, _ := r.transitAt(g.at - 1)
	behind, _ := r.transitAt(g.at + g.n)
	switch {
	case before < 0 && behind < 0:
	case g.mine && !r.ours:
		r.breaks++
	case g.mine:
	case !r.ours && !g.away && before >= 0:
		r.turnDown(g.tract)
	case !r.ours && !g.away:
		r.turnUp(g.tract)
	case r.ours && before >= 0:
		x := g.tract
		if g.tract = nil; x.n > 1 {
			g.tract, g.at = r.row.split(x, 1), g.at+1
		}
		r.carry(x)
	case r.ours:
		x := g.tract
		if g.tract = nil; x.n > 1 {
			g.tract, x = x, r.row.split(x, x.n-1)
		}
		r.carry(x)
	}
	return g
}

// carry keeps a break that the edits deleted beside what they moved. It is what
// they write beside that elsewhere.
func (r *Reversal) carry(x *tract) {
	x.away = true
	r.carried = append(r.carried, x)
}

// turnDown has the break before lines that come back behind a line be behind
// them, since x, which is deleted, is the one that the line had: two lines, then
// a third, are not to be one when the first has gone.
func (r *Reversal) turnDown(x *tract) {
	first := x.prev
	for first.isGhost() && first.prev.isGhost() {
		first = first.prev
	}
	if !first.isGhost() || first.ghost[0] != lineBreak || first.prev.n == 0 || first.prev.away {
		return
	}
	r.mark(first.prev) // what comes back is not of the line
	ghost := r.row.fresh()
	ghost.ghost = []uint16{lineBreak}
	ghost.linkBefore(x)
	if first.ghost = first.ghost[1:]; len(first.ghost) == 0 {
		r.row.drop(first)
	}
}

// turnUp is turnDown where x stood before the line.
func (r *Reversal) turnUp(x *tract) {
	last := x.next
	for last.isGhost() && last.next.isGhost() {
		last = last.next
	}
	if !last.endsLine() || last.next.n == 0 || last.next.away {
		return
	}
	r.mark(last)
	ghost := r.row.fresh()
	ghost.ghost = []uint16{lineBreak}
	ghost.linkAfter(x)
	if last.ghost = last.ghost[:len(last.ghost)-1]; len(last.ghost) == 0 {
		r.row.drop(last)
	}
}

// landBreak returns the break to stand at a position of what s inserts, if it is
// one that the edits carried there, nil otherwise.
func (r *Reversal) landBreak(s *section, at int) *tract {
	switch {
	case s.Insert[at-s.FromB] != lineBreak:
	case !r.ours:
		r.written = append(r.written, at)
	case len(r.carried) > 0:
		x := r.carried[0]
		r.carried = r.carried[1:]
		return x
	}
	return nil
}

// handBreaks gives the edits, for each break of theirs that was deleted beside a
// line that moved, one that was written beside where it is. A seam sees to it
// that of several not all go.
func (r *Reversal) handBreaks() {
	for _, at := range r.written {
		if r.breaks == 0 {
			return
		}
		i, start := r.t.lines.byPos(at)
		below, _ := r.t.lines.byIndex(i + 1)
		r.row.seek(at)
		x := r.row.take(1)
		if !x.mine && !x.away && (x.onlyMine((*tract).before, at-start) || x.onlyMine((*tract).after, int(below.length))) {
			x.mine = true
			r.seamBefore(x)
			r.joined = true
			r.breaks--
			r.lost--
		}
		r.row.pushLeft(x)
	}
}

func (x *tract) before() *tract { return x.prev }
func (x *tract) after() *tract  { return x.next }

// onlyMine reports whether the n units beside x were all written by the edits,
// and nothing comes back there.
func (x *tract) onlyMine(beside func(*tract) *tract, n int) bool {
	for y := beside(x); n > 0; y = beside(y) {
		if !y.mine || y.away {
			return false
		}
		n -= y.n
		x = y
	}
	return n < 0 || !beside(x).isGhost()
}
