package projection

import (
	"slices"

	"parodywave/eventlog/event"
)

// A statement is what a record states about its inserted text and its lines, by the
// rules of the package comment.
type statement struct {
	spans []span          // of all inserted units
	lines map[int]line    // by piece, of no length
	ids   map[LineID]bool // of lines
}

// state reads what f states. known is the number of authors with an earlier record.
func (t *Thread) state(by stamp, f *event.Changed, known int) (*statement, error) {
	if err := f.Valid(); err != nil {
		return nil, t.fault(by.rev, "%v", err)
	}
	if !t.Written {
		return nil, t.fault(by.rev, "the first text states that it was there before")
	}
	s := &statement{lines: map[int]line{}, ids: map[LineID]bool{}}
	left := f.Change.Inserted()
	for _, o := range f.Origins {
		from := span{rev: o.Revision, n: uint32(o.Units), author: uint32(o.Author)}
		if o.Revision == 0 {
			from.rev, from.author = by.rev, by.author
		} else if o.Revision >= by.rev || o.Author >= known {
			return nil, t.fault(by.rev, "units of revision %d by author %d are stated", o.Revision, o.Author)
		}
		s.spans = append(s.spans, from)
		left -= o.Units
	}
	if left > 0 {
		s.spans = append(s.spans, span{rev: by.rev, n: uint32(left), author: by.author})
	}
	for _, l := range f.Lines {
		id := LineID{l.Born, uint32(l.Ordinal)}
		if l.Revision >= by.rev || l.Born > l.Revision || l.Author >= known || s.ids[id] {
			return nil, t.fault(by.rev, "line %d is stated to be %s, of revision %d by author %d", l.Piece, id, l.Revision, l.Author)
		}
		s.ids[id] = true
		s.lines[l.Piece] = line{id: id, changed: l.Revision, at: l.Time, author: uint32(l.Author), submitted: l.Submitted}
	}
	return s, nil
}

// stated applies a change that states something.
func (t *Thread) stated(by stamp, f *event.Changed, known int) error {
	s, err := t.state(by, f, known)
	if err != nil {
		return err
	}
	var edits []edit
	for ed := range f.Change.Edits() {
		edits = append(edits, ed)
	}
	r := newReshape(t, by, edits)
	r.stated = s
	r.group()
	if err := s.begin(r); err != nil {
		return err
	}
	t.net.stated = s.ids
	r.apply()
	t.net.stated = nil
	return nil
}

// begin marks the stated pieces, and takes their lines from patches. It returns an
// error if a line is stated that the change does not touch, or that lives on elsewhere.
func (s *statement) begin(r *reshape) error {
	touched, shift, n := 0, 0, 0
	spans := s.spans
	for _, h := range r.hunks {
		for k := range h.pieces {
			if _, ok := s.lines[h.first+shift+k]; ok {
				h.pieces[k].stated = true
				touched++
			}
		}
		k := 0
		for _, ed := range h.edits {
			for k < len(h.pieces)-1 && ed.FromB >= h.pieces[k+1].start {
				k++
			}
			for _, u := range ed.Insert {
				for n == int(spans[0].n) {
					spans, n = spans[1:], 0
				}
				if n++; u == lineBreak {
					k++
				} else if spans[0].rev != r.by.rev {
					h.pieces[k].known = true
				}
			}
		}
		shift += len(h.pieces) - len(h.old)
	}
	if touched < len(s.lines) {
		return r.t.fault(r.by.rev, "a line is stated that the change does not touch")
	}
	if len(s.ids) == 0 {
		return nil
	}
	if err := s.once(r); err != nil {
		return err
	}
	s.carry(r)
	s.recall(r.t)
	s.forget(r)
	return nil
}

// once returns an error if a stated line lives on elsewhere: the change does not touch
// it, or leaves all of it, and nothing else, in a piece that is not stated.
func (s *statement) once(r *reshape) error {
	shift := 0
	for _, h := range r.hunks {
		for i := range h.old {
			o := &h.old[i]
			if o.stated = s.ids[o.id]; !o.stated || len(o.kept) != 1 || o.survived < int(o.length) {
				continue
			}
			if p := &h.pieces[o.kept[0].at]; !p.stated && p.length == o.survived {
				return r.t.fault(r.by.rev, "%s is stated, and line %d is that", o.id, h.first+shift+o.kept[0].at)
			}
		}
		shift += len(h.pieces) - len(h.old)
	}
	next := 0
	for i, ln := range r.t.lines.all {
		for next < len(r.hunks) && i >= r.hunks[next].first+len(r.hunks[next].old) {
			next++
		}
		if touched := next < len(r.hunks) && i >= r.hunks[next].first; !touched && s.ids[ln.id] {
			return r.t.fault(r.by.rev, "%s is stated, and line %d was that", ln.id, i)
		}
	}
	return nil
}

// carry makes moves of stated lines that a change only moves: what others make of them
// stays in their patches.
func (s *statement) carry(r *reshape) {
	shift := 0
	for _, h := range r.hunks {
		for k := range h.pieces {
			at, p := h.first+shift+k, &h.pieces[k]
			ln, ok := s.lines[at]
			if !ok || p.kept > 0 || p.length == 0 || !p.freshL && !p.freshR {
				continue
			}
			o := r.old(ln.id)
			if o == nil || o.survived > 0 || o.left >= 0 && o.right >= 0 || int(o.length) != p.length || o.row() != ln.row() ||
				!slices.Equal(r.t.text.appendUnits(nil, o.start, o.start+p.length), h.insertedAt(p.start, p.length)) {
				continue
			}
			o.stated, o.moved, p.stated, p.from = false, p, false, o
			delete(s.lines, at)
			delete(s.ids, ln.id)
			r.t.effect.Moves = append(r.t.effect.Moves, Move{o.start, o.start + p.length, p.start})
		}
		shift += len(h.pieces) - len(h.old)
	}
}

// insertedAt returns n units of the text after the change from a position on, all
// inserted by one edit; nil if they are by several.
func (h *hunk) insertedAt(pos, n int) []uint16 {
	for _, ed := range h.edits {
		if pos >= ed.FromB && pos+n <= ed.ToB {
			return ed.Insert[pos-ed.FromB:][:n]
		}
	}
	return nil
}

// old returns the old line with an identity, nil if the change touches none.
func (r *reshape) old(id LineID) *oldLine {
	for _, h := range r.hunks {
		for i := range h.old {
			if h.old[i].id == id {
				return &h.old[i]
			}
		}
	}
	return nil
}

// row returns the row of a line alone.
func (ln *line) row() line {
	return line{changed: ln.changed, at: ln.at, author: ln.author, submitted: ln.submitted}
}

// recall adds to the stated lines what a record does not state of them, as far as
// patches know.
func (s *statement) recall(t *Thread) {
	was := map[LineID]*line{}
	for _, p := range t.patches.list {
		for i := range p.before {
			if b := &p.before[i]; s.ids[b.id] {
				was[b.id] = b
			}
		}
	}
	for at, ln := range s.lines {
		if b := was[ln.id]; b != nil {
			ln.splitFrom, ln.deleted = b.splitFrom, b.deleted
			s.lines[at] = ln
		}
	}
}

// forget takes stated lines from the patches whose lines of before they are: an identity
// lives once. The author's own patches that the change touches are settled with it.
func (s *statement) forget(r *reshape) {
	t, f, ids := r.t, &r.t.patches, s.ids
	for k := len(f.list) - 1; k >= 0; k-- {
		p := f.list[k]
		if p.author == r.by.author && slices.ContainsFunc(r.hunks, func(h *hunk) bool { return f.touches(k, h.first, h.first+len(h.old)) }) {
			continue
		}
		lost := make([]bool, len(p.before))
		for i := range p.before {
			lost[i] = ids[p.before[i].id]
		}
		if slices.Contains(lost, true) {
			h := t.hold(p, int(f.at[k]))
			f.put(k, k+1, h.without(lost))
		}
	}
}

// given returns the line that piece p, which is line number at, is stated to be.
func (r *reshape) given(h *hunk, p *piece, at int) line {
	ln := r.stated.lines[at]
	ln.length = uint32(p.length)
	delete(r.t.aliases, ln.id)
	for i := range h.old {
		if o := &h.old[i]; o.id == ln.id {
			ln.splitFrom, ln.deleted = o.splitFrom, o.deleted+o.length-uint32(o.survived)
		}
	}
	for _, pk := range p.pickers {
		r.t.joins(h.old[pk.old].id, ln.id)
	}
	return ln
}
