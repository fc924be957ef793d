package claims

import (
	"cmp"
	"slices"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/projection"
)

// A stating finds the lines that a change brings back, and their rows.
//
// Pieces are the lines of the text after the change that an edit touches. A piece that
// has only units which come back is whole: it is the line that they were deleted from,
// if no line is that, or only one of which the edit leaves nothing. The other pieces
// keep units of the text. An undo is no change: such a piece has the row that its line
// has now, or had before what is undone, if it reads as then.
type stating struct {
	m     *Memory
	t     *projection.Thread
	revs  []eventlog.Revision // what comes back was deleted by these, ascending
	undo  bool
	thens map[projection.LineID][]then
	given map[projection.LineID]bool
	gone  map[projection.LineID]row // of lines that lose all their units by the change
	back  []segment                 // not used yet
	out   []event.StatedLine
}

// A then is a line as it was before a record.
type then struct {
	rev  eventlog.Revision
	line *lineThen
}

// A backPiece is one line of the text that an edit inserts.
type backPiece struct {
	units []uint16
	then  then // the oldest of the lines that its units were deleted from
	last  then // and the newest
	unit  bool // these lines had units of it, not only a break
}

// A touchedEdit is one edit of the change, with the lines that it touches.
type touchedEdit struct {
	ot.Edit
	alone       bool // no other edit touches its lines
	own         bool // it deletes only what the undone records inserted
	first       projection.Row
	last        projection.Row
	before      int // units of the first piece that the edit does not insert
	behind      int // and of the last one
	at          int // index of the first piece, in the text after
	pieces      []backPiece
	statedSince int // of out
}

func (m *Memory) statedLines(t *projection.Thread, c ot.Change, back *composed, revs []eventlog.Revision, undo bool) []event.StatedLine {
	s := stating{m: m, t: t, revs: revs, undo: undo, back: back.segments,
		thens: map[projection.LineID][]then{}, given: map[projection.LineID]bool{}}
	for _, rev := range revs {
		for _, d := range m.record(rev).rest().deletions {
			for k := range d.lines {
				if l := &d.lines[k]; !l.inside && !s.bornSince(l.id) {
					s.thens[l.id] = append(s.thens[l.id], then{rev, l})
				}
			}
		}
	}
	all := s.edits(c)
	s.gone = s.emptied(all)
	for _, ed := range all {
		s.edit(&ed)
	}
	slices.SortFunc(s.out, func(x, y event.StatedLine) int { return cmp.Compare(x.Piece, y.Piece) })
	return s.out
}

// edits returns the edits of the change with the lines that each touches.
func (s *stating) edits(c ot.Change) []touchedEdit {
	var out []touchedEdit
	shift := 0
	for ed := range c.Edits() {
		e := touchedEdit{Edit: ed, alone: true, own: s.inserted(ed.FromA, ed.ToA), first: s.t.RowAt(ed.FromA), last: s.t.RowAt(ed.ToA)}
		e.before, e.behind = ed.FromA-e.first.Start, e.last.Start+e.last.Length-ed.ToA
		if n := len(out); n > 0 && out[n-1].last.Line >= e.first.Line {
			e.alone, out[n-1].alone = false, false
		}
		e.at = e.first.Line + shift
		e.pieces = s.pieces(ed.Insert)
		shift += len(e.pieces) - 1 - (e.last.Line - e.first.Line)
		out = append(out, e)
	}
	for n := 1; n < len(out); n++ {
		if e, above := &out[n], &out[n-1]; above.last.Line == e.first.Line {
			e.before = e.FromA - above.ToA + len(above.pieces[len(above.pieces)-1].units)
			if len(above.pieces) == 1 {
				e.before += above.before
			}
		}
	}
	for n := len(out) - 2; n >= 0; n-- {
		if e, below := &out[n], &out[n+1]; e.last.Line == below.first.Line {
			e.behind = below.FromA - e.ToA + len(below.pieces[0].units)
			if len(below.pieces) == 1 {
				e.behind += below.behind
			}
		}
	}
	return out
}

// inserted reports whether the units from..to of the text are all from the undone
// records.
func (s *stating) inserted(from, to int) bool {
	for _, x := range s.t.StretchesOf(from, to) {
		n := 1
		if x.Typed {
			n = x.Length
		}
		for i := range n {
			if !s.undone(x.Revision + eventlog.Revision(i)) {
				return false
			}
		}
	}
	return true
}

func (s *stating) undone(rev eventlog.Revision) bool {
	_, ok := slices.BinarySearch(s.revs, rev)
	return ok
}

// bornSince reports whether an undone record bore a line: before, there was none.
func (s *stating) bornSince(id projection.LineID) bool { return s.undo && s.undone(id.Revision) }

// since reports whether a revision is another's since the first undone record.
func (s *stating) since(rev eventlog.Revision) bool { return rev > s.revs[0] && !s.undone(rev) }

// pieces divides inserted text at its breaks, and finds the line that each piece was
// deleted from.
func (s *stating) pieces(insert []uint16) []backPiece {
	out := []backPiece{{}}
	note := func(g *segment, unit bool) {
		p, l := &out[len(out)-1], &g.d.lines[g.line]
		if s.bornSince(l.id) || p.unit && !unit {
			return
		}
		if unit && !p.unit { // a break says less: it may have come to another line
			p.unit, p.then, p.last = true, then{}, then{}
		}
		if p.then.line == nil || g.d.rev < p.then.rev {
			p.then = then{g.d.rev, l}
		}
		if g.d.rev > p.last.rev {
			p.last = then{g.d.rev, l}
		}
	}
	begin := 0
	for i, u := range insert {
		g := &s.back[0]
		note(g, u != '\n')
		if u == '\n' {
			out[len(out)-1].units = insert[begin:i]
			out, begin = append(out, backPiece{}), i+1
			g.line++
			note(g, false)
		}
		if g.from++; g.from == g.to {
			s.back = s.back[1:]
		}
	}
	out[len(out)-1].units = insert[begin:]
	return out
}

func (s *stating) edit(e *touchedEdit) {
	e.statedSince = len(s.out)
	last := len(e.pieces) - 1
	for j := range e.pieces {
		kept := j == 0 && e.before > 0 || j == last && e.behind > 0
		switch {
		case !kept:
			s.whole(e, j)
		case !s.undo || !e.own || !e.alone:
		case last == 0:
			s.within(e)
		case j == 0 && e.before > 0 && e.behind > 0 && e.first.Line == e.last.Line:
			s.divided(e)
		case j == last && e.before > 0 && e.behind > 0 && e.first.Line == e.last.Line: // divided did it
		case j == 0:
			s.kept(e, j, e.first, e.before)
		default:
			s.kept(e, j, e.last, e.behind)
		}
	}
	if e.alone {
		s.empty(e)
	}
}

// whole states a piece without kept units.
func (s *stating) whole(e *touchedEdit, j int) {
	p := &e.pieces[j]
	if p.then.line == nil || s.given[p.then.line.id] || !s.free(p.then.line.id) {
		return
	}
	id := p.then.line.id
	if n := p.then.line.length; n > 0 && 2*len(p.units) <= n { // most of it may come back elsewhere
		return
	}
	now, gone := s.gone[id]
	list := s.thens[id]
	if p.last.line.inside && p.last.line.id == id {
		list = append(slices.Clip(list), p.last)
	}
	r, ok := s.row(list, p.units, now, gone)
	switch {
	case ok:
	case !s.undo:
		return
	case gone:
		r = now
	default:
		r = list[0].line.row
	}
	s.give(e, j, id, r)
}

// free reports whether no line is id any more, or only one that the change leaves
// nothing of.
func (s *stating) free(id projection.LineID) bool {
	_, dead := s.m.dead[id]
	_, gone := s.gone[id]
	return dead || gone
}

// emptied returns the rows of the lines that edits take all units from.
func (s *stating) emptied(all []touchedEdit) map[projection.LineID]row {
	out := map[projection.LineID]row{}
	for n := 0; n < len(all); {
		m := n + 1
		for m < len(all) && all[m].first.Line == all[m-1].last.Line {
			m++
		}
		for i := all[n].first.Line; i <= all[m-1].last.Line; i++ {
			r := s.t.Row(i)
			left := r.Length
			for _, e := range all[n:m] {
				left -= max(0, min(e.ToA, r.Start+r.Length)-max(e.FromA, r.Start))
			}
			if left == 0 {
				out[r.ID] = rowOf(s.t, r)
			}
		}
		n = m
	}
	return out
}

// within states the row of a line in which an undo inserts or deletes, no break.
func (s *stating) within(e *touchedEdit) {
	for _, was := range []projection.Row{e.first, e.last} {
		if len(s.thens[was.ID]) > 0 {
			content := s.t.AppendUnits(nil, e.first.Start, e.FromA)
			content = s.t.AppendUnits(append(content, e.Insert...), e.ToA, e.ToA+e.behind)
			if !slices.Equal(content, s.t.AppendUnits(nil, was.Start, was.Start+was.Length)) {
				s.keep(e, 0, was, content)
			}
			return
		}
	}
}

// divided states both halves of a line that an undo divides, if that was made of two.
func (s *stating) divided(e *touchedEdit) {
	last := len(e.pieces) - 1
	head, tail := e.pieces[0].then.line, e.pieces[last].then.line
	if head == nil || tail == nil {
		return
	}
	was := e.first
	headFree := head.id != was.ID && s.free(head.id)
	tailFree := tail.id != was.ID && s.free(tail.id)
	if s.given[head.id] || s.given[tail.id] || !(head.id == was.ID && tailFree || tail.id == was.ID && headFree) {
		return
	}
	contents := [2][]uint16{append(s.t.AppendUnits(nil, was.Start, e.FromA), e.pieces[0].units...),
		s.t.AppendUnits(slices.Clone(e.pieces[last].units), e.ToA, e.ToA+e.behind)}
	for k, l := range []*lineThen{head, tail} {
		now := rowOf(s.t, was)
		list := s.thens[l.id]
		r, ok := s.row(list, contents[k], now, true)
		if !ok && len(list) > 0 {
			r, ok = list[0].line.row, true
		}
		if !ok {
			r = now
		}
		s.give(e, k*last, l.id, r)
	}
}

// kept states a piece that has kept units of one line, and reads otherwise than that.
func (s *stating) kept(e *touchedEdit, j int, was projection.Row, units int) {
	p := &e.pieces[j]
	if len(p.units) == 0 && units == was.Length || len(s.thens[was.ID]) == 0 {
		return
	}
	content := append(s.t.AppendUnits(nil, was.Start, was.Start+units), p.units...)
	if j > 0 {
		content = s.t.AppendUnits(slices.Clone(p.units), was.Start+was.Length-units, was.Start+was.Length)
	}
	s.keep(e, j, was, content)
}

func (s *stating) keep(e *touchedEdit, j int, was projection.Row, content []uint16) {
	now := rowOf(s.t, was)
	if r, ok := s.row(s.thens[was.ID], content, now, true); ok && !s.given[was.ID] {
		s.give(e, j, was.ID, r)
	}
}

// row returns the row of a line that reads content after an undo, from its rows before
// some undone records, the oldest first, and now, if it lives. If it reads as before all
// of them, that is its first row, submitted if it was since; else the newest of another
// record since, if there is one. A pasted line has only a first row.
func (s *stating) row(list []then, content []uint16, now row, lives bool) (row, bool) {
	if len(list) == 0 {
		return row{}, false
	}
	if l := list[0].line; l.length == len(content) && (l.inside || l.digest != 0 && l.digest == digest(content)) {
		r := l.row
		for _, was := range list[1:] {
			r.submitted = r.submitted || was.line.row.rev == r.rev && was.line.row.submitted
		}
		r.submitted = r.submitted || lives && now.rev == r.rev && now.submitted
		return r, true
	}
	if !s.undo {
		return row{}, false
	}
	if lives && s.since(now.rev) {
		return now, true
	}
	for _, was := range slices.Backward(list) {
		if s.since(was.line.row.rev) {
			return was.line.row, true
		}
	}
	return row{}, false
}

// empty keeps the identity of an empty line above or below which an edit brings lines
// back.
func (s *stating) empty(e *touchedEdit) {
	if e.first.Line != e.last.Line || e.first.Length > 0 || s.given[e.first.ID] || len(s.out) == e.statedSince {
		return
	}
	for _, j := range []int{len(e.pieces) - 1, 0} {
		stated := slices.ContainsFunc(s.out[e.statedSince:], func(l event.StatedLine) bool { return l.Piece == e.at+j })
		if len(e.pieces[j].units) == 0 && !stated {
			s.give(e, j, e.first.ID, rowOf(s.t, e.first))
			return
		}
	}
}

func (s *stating) give(e *touchedEdit, j int, id projection.LineID, r row) {
	if r.rev < id.Revision { // a row of another line
		return
	}
	s.given[id] = true
	s.out = append(s.out, event.StatedLine{Piece: e.at + j, Born: id.Revision, Ordinal: int(id.Ordinal),
		Revision: r.rev, Author: r.author, Time: r.at, Submitted: r.submitted})
}
