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
type stating struct {
	m      *Memory
	t      *projection.Thread
	revs   []eventlog.Revision // they deleted the text that comes back; ascending
	undo   bool
	thens  map[projection.LineID][]then
	holder map[projection.LineID]*piece // the piece that has most units of a line that the change touches, nil if none has
	rows   map[projection.LineID]row    // of the lines that the change touches
	pieces []*piece
	coming []uint16 // all units that come back
	budget *int     // see Steps

	comingText string // of coming, once it was needed
}

// A then is a line as it was before a record.
type then struct {
	rev  eventlog.Revision
	line *lineThen
}

// A choice is the line that a piece is stated to be.
type choice struct {
	id    projection.LineID
	row   row
	exact bool // it reads as that line did
}

func (m *Memory) statedLines(t *projection.Thread, c ot.Change, back *composed, revs []eventlog.Revision, undo bool, budget *int) (out []event.StatedLine) {
	s := stating{m: m, t: t, revs: revs, undo: undo, budget: budget, thens: map[projection.LineID][]then{}, holder: map[projection.LineID]*piece{}, rows: map[projection.LineID]row{}}
	for _, rev := range revs {
		for _, d := range m.record(rev).rest().deletions {
			for k := range d.lines {
				if l := &d.lines[k]; !l.inside && !s.bornSince(l.id) {
					s.thens[l.id] = append(s.thens[l.id], then{rev, l})
				}
			}
		}
	}
	hunks := s.hunks(c, back.segments)
	for _, h := range hunks {
		for j := range h.pieces {
			s.choose(h, j)
		}
	}
	s.once()
	for _, h := range hunks {
		s.empty(h)
	}
	for _, p := range s.pieces {
		if c := p.is(); c != nil {
			out = append(out, event.StatedLine{Piece: p.at, Born: c.id.Revision, Ordinal: int(c.id.Ordinal),
				Revision: c.row.rev, Author: c.row.author, Time: c.row.at, Submitted: c.row.submitted})
		}
	}
	return out
}

func (s *stating) undone(rev eventlog.Revision) bool {
	_, ok := slices.BinarySearch(s.revs, rev)
	return ok
}

// bornSince reports whether an undone record bore a line: before, there was none.
func (s *stating) bornSince(id projection.LineID) bool { return s.undo && s.undone(id.Revision) }

// since reports whether a revision is another's since the first undone record.
func (s *stating) since(rev eventlog.Revision) bool { return rev > s.revs[0] && !s.undone(rev) }

// free reports whether no line is id any more, or only one that the change touches.
func (s *stating) free(id projection.LineID) bool {
	_, dead := s.m.dead[id]
	_, touched := s.holder[id]
	return dead || touched
}

// choose finds the lines that a piece may be.
func (s *stating) choose(h *hunk, j int) {
	p := &h.pieces[j]
	ids := p.ids()
	for _, k := range []int{j - 1, j + 1} {
		if k >= 0 && k < len(h.pieces) { // something may have come between
			for _, t := range h.pieces[k].thens {
				if !slices.Contains(ids, t.line.id) {
					ids = append(ids, t.line.id)
				}
			}
		}
	}
	switch {
	case p.kept == 0:
		s.exactly(p, ids)
		s.whole(p)
	case !s.undo || !h.own || p.unaltered():
	default:
		s.exactly(p, ids)
		s.mended(p)
	}
}

// whole chooses for a piece that comes back, all of it: the line that it reads like, or
// else the oldest that most of it is from.
func (s *stating) whole(p *piece) {
	if len(p.thens) == 0 {
		return
	}
	id, length := p.thens[0].line.id, p.thens[0].line.length
	if length > 0 && 2*p.back <= length { // the rest may come back elsewhere
		return
	}
	list := s.listOf(p, id)
	now, lives := s.rows[id]
	r, ok := s.row(list, p.content, now, lives)
	switch {
	case ok:
	case !s.undo:
		return
	case lives:
		r = now
	default:
		r = list[0].line.row
	}
	s.may(p, choice{id, r, false})
}

// mended chooses for a piece that keeps units of the text, and to which an undo
// gives or leaves others: the line that it reads like, or else the one that most of it is
// from.
func (s *stating) mended(p *piece) {
	for _, id := range p.ids() {
		list := s.listOf(p, id)
		if len(list) == 0 {
			if id == p.was.ID {
				return
			}
			continue
		}
		r, ok := s.row(list, p.content, rowOf(s.t, p.was), true)
		switch {
		case ok:
		case id == p.was.ID:
			return
		default:
			r = list[0].line.row
		}
		s.may(p, choice{id, r, false})
	}
}

// exactly chooses the lines that a piece reads like, the one of the oldest record first.
func (s *stating) exactly(p *piece, ids []projection.LineID) {
	revs := map[projection.LineID]eventlog.Revision{}
	for _, id := range ids {
		list := s.listOf(p, id)
		k := slices.IndexFunc(list, func(t then) bool { return s.reads(t.line, p.content) })
		if k < 0 {
			continue
		}
		now, lives := s.rows[id]
		r, ok := s.row(list, p.content, now, lives)
		switch {
		case k > 0 && s.since(list[k].line.row.rev): // others have made it that
			r = list[k].line.row
		case ok:
		case !s.undo:
			continue
		default:
			r = list[k].line.row
		}
		revs[id] = list[k].rev
		s.may(p, choice{id, r, true})
	}
	slices.SortStableFunc(p.choices, func(a, b choice) int { return cmp.Compare(revs[a.id], revs[b.id]) })
}

func (s *stating) may(p *piece, c choice) {
	if c.row.rev >= c.id.Revision && s.free(c.id) { // else it is the row of another line
		p.choices = append(p.choices, c)
	}
}

// listOf returns what line id was before undone records, the oldest first, as far as
// piece p or an end of a deletion shows.
func (s *stating) listOf(p *piece, id projection.LineID) []then {
	list := slices.Clip(s.thens[id])
	for _, t := range p.thens {
		if t.line.id == id && t.line.inside {
			list = append(list, t)
		}
	}
	slices.SortStableFunc(list, func(a, b then) int { return cmp.Compare(a.rev, b.rev) })
	return list
}

// reads reports whether a line read like content, as far as it is known.
func (s *stating) reads(l *lineThen, content []uint16) bool {
	return l.length == len(content) && (l.inside || l.digest != 0 && l.digest == digest(content))
}

// row returns the row of a line that reads content after an undo, from its rows before
// some undone records, the oldest first, and now, if it lives. If it reads as before all
// of them, that is its first row, submitted if it was since; else the newest of another
// record since, if there is one. A pasted line has only a first row.
func (s *stating) row(list []then, content []uint16, now row, lives bool) (row, bool) {
	if len(list) == 0 {
		return row{}, false
	}
	if l := list[0].line; s.reads(l, content) {
		r := l.row
		for _, was := range list[1:] {
			r.submitted = r.submitted || was.line.row.rev == r.rev && was.line.row.submitted
		}
		if !lives {
			now = s.lastOf(l.id)
		}
		r.submitted = r.submitted || now.rev == r.rev && now.submitted
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

// once leaves each identity to one piece: to the first that reads as the line did, else
// to the first. It is none that another piece has.
func (s *stating) once() {
	for again := true; again; {
		again = false
		best := map[projection.LineID]*piece{}
		for _, p := range s.pieces {
			if c := p.is(); c != nil && (best[c.id] == nil || c.exact && !best[c.id].is().exact) {
				best[c.id] = p
			}
		}
		for _, p := range s.pieces {
			c := p.is()
			if c == nil {
				continue
			}
			if q := s.holder[c.id]; best[c.id] != p || q != nil && q != p && q.is() == nil && (!c.exact || q.unaltered()) {
				p.choices, again = p.choices[1:], true
			}
		}
	}
}

// lastOf returns the row that line id had before the record that ended it, if that
// deleted text of it.
func (s *stating) lastOf(id projection.LineID) row {
	if r := s.m.record(s.m.dead[id]); r != nil {
		for _, d := range r.rest().deletions {
			for k := range d.lines {
				if d.lines[k].id == id {
					return d.lines[k].row
				}
			}
		}
	}
	return row{}
}

// empty keeps the identity of an empty line above or below which a hunk brings lines
// back.
func (s *stating) empty(h *hunk) {
	old := h.old[0]
	if len(h.old) > 1 || old.Length > 0 || !slices.ContainsFunc(h.pieces, func(p piece) bool { return p.is() != nil }) ||
		slices.ContainsFunc(s.pieces, func(p *piece) bool { return p.is() != nil && p.is().id == old.ID }) {
		return
	}
	for _, j := range []int{len(h.pieces) - 1, 0} {
		if p := &h.pieces[j]; len(p.content) == 0 && p.is() == nil {
			s.may(p, choice{old.ID, rowOf(s.t, old), true})
			return
		}
	}
}
