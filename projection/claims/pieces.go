package claims

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf16"

	"parodywave/eventlog"
	"parodywave/eventlog/ot"
	"parodywave/projection"
)

// A hunk is the edits of a change that touch common lines, those lines, and the pieces
// that they become.
type hunk struct {
	edits       []ot.Edit
	own         bool // they delete only what the undone records inserted
	first, last int  // lines before the change
	old         []projection.Row
	pieces      []piece
}

// A piece is a line of the text after a change, touched by it: units that are kept, and
// units that come back.
type piece struct {
	at      int // index in the text after
	content []uint16
	kept    int            // units
	back    int            // units
	was     projection.Row // the line that most of the kept ones are in
	most    int            // of them
	thens   []then         // the lines that the others, or breaks at its ends, were deleted from, each once, the oldest first
	counts  []int          // of units of each of thens
	choices []choice       // the best first
}

// unaltered reports whether the piece is a line as it was.
func (p *piece) unaltered() bool { return p.back == 0 && p.kept == p.was.Length }

// is returns the line that the piece is stated to be, nil if there is none.
func (p *piece) is() *choice {
	if len(p.choices) == 0 {
		return nil
	}
	return &p.choices[0]
}

// hunks returns the hunks of a change that brings segments back.
func (s *stating) hunks(c ot.Change, back []segment) (all []*hunk) {
	for ed := range c.Edits() {
		first, last := s.t.LineAt(ed.FromA), s.t.LineAt(ed.ToA)
		if n := len(all); n > 0 && all[n-1].last == first {
			all[n-1].edits, all[n-1].last = append(all[n-1].edits, ed), last
			continue
		}
		all = append(all, &hunk{edits: []ot.Edit{ed}, own: true, first: first, last: last})
	}
	shift := 0
	for ed := range c.Edits() {
		s.coming = append(s.coming, ed.Insert...)
	}
	for _, h := range all {
		back = s.trace(h, back, shift)
		shift += len(h.pieces) - len(h.old)
		for j := range h.pieces {
			s.pieces = append(s.pieces, &h.pieces[j])
		}
	}
	return all
}

// trace finds the pieces of a hunk. It returns the segments that are left.
func (s *stating) trace(h *hunk, back []segment, shift int) []segment {
	for i := h.first; i <= h.last; i++ {
		h.old = append(h.old, s.t.Row(i))
	}
	keeps := map[int][]int{} // of each old line, the units that each piece has
	h.pieces = []piece{{at: h.first + shift}}
	k, at := 0, h.old[0].Start
	keep := func(to int) { // there is no break in at..to that edits leave
		for at < to {
			o := &h.old[k]
			end := min(o.Start+o.Length, to)
			if n := end - at; n > 0 {
				j := len(h.pieces) - 1
				p := &h.pieces[j]
				p.content = s.t.AppendUnits(p.content, at, end)
				if p.kept += n; n > p.most {
					p.was, p.most = *o, n
				}
				for len(keeps[k]) <= j {
					keeps[k] = append(keeps[k], 0)
				}
				keeps[k][j] += n
			}
			if at = end; at < to {
				h.pieces = append(h.pieces, piece{at: h.first + shift + len(h.pieces)})
				k, at = k+1, at+1
			}
		}
	}
	for _, ed := range h.edits {
		keep(ed.FromA)
		h.own = h.own && s.owned(ed.FromA, ed.ToA)
		back = h.insert(s, ed.Insert, back)
		for at = ed.ToA; k < len(h.old)-1 && h.old[k+1].Start <= at; k++ {
		}
	}
	keep(h.old[k].Start + h.old[k].Length)
	for i := range h.old {
		s.holder[h.old[i].ID], s.rows[h.old[i].ID] = nil, rowOf(s.t, h.old[i])
		most := 0
		for j, n := range keeps[i] {
			if n <= most {
				continue
			}
			s.holder[h.old[i].ID], most = &h.pieces[j], n
			for _, other := range keeps {
				if j < len(other) && other[j] > n { // it is joined into the other line
					s.holder[h.old[i].ID] = nil
				}
			}
		}
	}
	for j := range h.pieces {
		h.pieces[j].order()
	}
	return back
}

// insert adds text that comes back to the last piece, and more pieces behind its breaks.
func (h *hunk) insert(s *stating, insert []uint16, back []segment) []segment {
	for len(insert) > 0 {
		g, p := &back[0], &h.pieces[len(h.pieces)-1]
		n := min(g.to-g.from, len(insert))
		if k := slices.Index(insert[:n], '\n'); k >= 0 {
			n = k
		}
		if n > 0 {
			p.content = append(p.content, insert[:n]...)
			p.back += n
			p.from(s, g, n)
		} else {
			p.from(s, g, 0)
			h.pieces = append(h.pieces, piece{at: p.at + 1})
			g.line++
			h.pieces[len(h.pieces)-1].from(s, g, 0)
			n = 1
		}
		insert = insert[n:]
		if g.from += n; g.from == g.to {
			back = back[1:]
		}
	}
	return back
}

// from notes that n units, or a break beside the piece, were deleted from a line.
func (p *piece) from(s *stating, g *segment, n int) {
	l := &g.d.lines[g.line]
	if s.bornSince(l.id) {
		return
	}
	for i, t := range p.thens {
		if t.line == l {
			p.counts[i] += n
			return
		}
	}
	p.thens, p.counts = append(p.thens, then{g.d.rev, l}), append(p.counts, n)
}

// order puts the oldest first. A break says less than a unit: it may have come to
// another line.
func (p *piece) order() {
	at := make([]int, len(p.thens))
	for i := range at {
		at[i] = i
	}
	slices.SortStableFunc(at, func(i, j int) int {
		return cmp.Or(-cmp.Compare(min(p.counts[i], 1), min(p.counts[j], 1)), cmp.Compare(p.thens[i].rev, p.thens[j].rev))
	})
	thens, counts := make([]then, len(at)), make([]int, len(at))
	for k, i := range at {
		thens[k], counts[k] = p.thens[i], p.counts[i]
	}
	p.thens, p.counts = thens, counts
}

// ids returns the lines that a piece may be, the one with most units first.
func (p *piece) ids() (ids []projection.LineID) {
	units := map[projection.LineID]int{}
	if p.kept > 0 {
		units[p.was.ID], ids = p.most, []projection.LineID{p.was.ID}
	}
	for i, t := range p.thens {
		if _, ok := units[t.line.id]; !ok {
			ids = append(ids, t.line.id)
		}
		units[t.line.id] += p.counts[i]
	}
	slices.SortStableFunc(ids, func(a, b projection.LineID) int { return cmp.Compare(units[b], units[a]) })
	return ids
}

// owned reports whether the units from..to of the text are all from the undone records,
// or come back elsewhere, since these moved them.
func (s *stating) owned(from, to int) bool {
	for _, x := range s.t.StretchesOf(from, to) {
		n := 1
		if x.Typed {
			n = x.Length
		}
		for i := range n {
			if s.undone(x.Revision + eventlog.Revision(i)) {
				continue
			}
			if !s.comes(s.t.Units(from, from+x.Length)) {
				return false
			}
			break // all of the stretch comes back
		}
		from += x.Length
	}
	return true
}

// searchStep is how many UTF-16 units of text are searched for one step of the budget.
const searchStep = 64

// comes reports whether units come back as they are, somewhere in the change. It takes
// steps of the budget; with none left the answer is no.
func (s *stating) comes(part []uint16) bool {
	if len(part) > len(s.coming) {
		return false
	}
	if *s.budget -= 1 + (len(s.coming)+len(part))/searchStep; *s.budget < 0 {
		return false
	}
	if s.comingText == "" {
		s.comingText = searchable(s.coming)
	}
	return strings.Contains(s.comingText, searchable(part))
}

// searchable returns UTF-16 units as a string in which each unit is one code point: halves
// of pairs, which are none, become some of the last plane.
func searchable(units []uint16) string {
	points := make([]rune, len(units))
	for i, u := range units {
		if points[i] = rune(u); utf16.IsSurrogate(points[i]) {
			points[i] += 0x100000
		}
	}
	return string(points)
}
