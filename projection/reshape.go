package projection

import (
	"cmp"
	"slices"
)

// A reshape applies a change that may split, join, move, end or begin lines, by
// the rules of the package comment. It looks only at runs of touched lines, the
// hunks.
type reshape struct {
	t      *Thread
	by     stamp
	edits  []edit
	hunks  []*hunk
	births uint32
	stated *statement // nil if the record states nothing
}

// A hunk is a run of old lines that edits touch, and the pieces they become.
type hunk struct {
	first  int // index of old[0] before the change
	start  int // position of old[0] before the change
	edits  []edit
	old    []oldLine
	pieces []piece
}

type oldLine struct {
	line
	start    int // position before the change
	left     int // piece at the kept break on its left, -1: deleted
	right    int // piece at the kept break on its right, -1: deleted
	kept     []keep
	survived int      // units, all of kept
	units    []uint16 // content, if needed
	moved    *piece
	stated   bool // a stated piece is this line
}

// A keep says how many units of an old line survive in a piece. An old line lists
// its pieces so, and a piece the old line that it is from; both by index.
type keep struct{ at, units int }

type piece struct {
	start   int // position after the change
	length  int
	kept    int  // units that survive in it
	freshL  bool // the break on its left is inserted
	freshR  bool
	from    *oldLine // the line that a move brought here
	pickers []picker
	content []uint16 // if nothing was kept
	origin  keep     // the old line that most of kept is from, and how many units
	stated  bool     // the record states which line it is
	known   bool     // or where some of its units are from
}

type picker struct{ old, units int }

func newReshape(t *Thread, by stamp, edits []edit) *reshape {
	return &reshape{t: t, by: by, edits: edits}
}

func (r *reshape) run() {
	r.group()
	r.apply()
}

// apply makes the change; there must be hunks.
func (r *reshape) apply() {
	r.t.open(r.by, r.edits)
	r.read()
	moves := r.moves()
	for _, m := range moves {
		r.t.effect.Moves = append(r.t.effect.Moves, Move{m.from, m.to, m.at})
	}
	slices.SortFunc(r.t.effect.Moves, func(a, b Move) int { return cmp.Compare(a.At, b.At) })
	r.write(moves)
	shift := 0
	for _, h := range r.hunks {
		h.pick()
		r.settle(h, shift)
		shift += len(h.pieces) - len(h.old)
	}
	r.t.close(r.by)
}

// group makes the hunks: edits that touch a common line are in one. It traces them.
func (r *reshape) group() {
	l := &r.t.lines
	for _, ed := range r.edits {
		from, start := l.byPos(ed.FromA)
		to, _ := l.byPos(ed.ToA)
		var h *hunk
		if n := len(r.hunks); n > 0 && from <= r.hunks[n-1].first+len(r.hunks[n-1].old)-1 {
			h = r.hunks[n-1]
		} else {
			h = &hunk{first: from, start: start}
			r.hunks = append(r.hunks, h)
		}
		for i := h.first + len(h.old); i <= to; i++ {
			ln, start := l.byIndex(i)
			h.old = append(h.old, oldLine{line: *ln, start: start, left: -1, right: -1})
		}
		h.edits = append(h.edits, ed)
	}
	for _, h := range r.hunks {
		h.trace()
	}
}

// trace goes through the hunk from left to right and finds the pieces, and which
// units of the old lines survive in them.
func (h *hunk) trace() {
	first := h.edits[0]
	at := h.start // position before the change
	h.pieces = []piece{{start: h.start + first.FromB - first.FromA}}
	h.old[0].left = 0
	k := 0 // old line that at is in
	for _, ed := range h.edits {
		k = h.keep(k, at, ed.FromA)
		for k < len(h.old)-1 && h.old[k+1].start <= ed.ToA {
			k++ // the break before line k is deleted
		}
		h.insert(ed.Insert)
		at = ed.ToA
	}
	last := &h.old[len(h.old)-1]
	h.keep(k, at, last.start+int(last.length))
	last.right = len(h.pieces) - 1
}

// keep goes over kept units from..to, which begin in old line k, and returns the old
// line in which they end.
func (h *hunk) keep(k, from, to int) int {
	for {
		o := &h.old[k]
		end := o.start + int(o.length)
		p := &h.pieces[len(h.pieces)-1]
		if n := min(end, to) - from; n > 0 {
			o.survived += n
			if m := len(o.kept); m > 0 && o.kept[m-1].at == len(h.pieces)-1 {
				o.kept[m-1].units += n
			} else {
				o.kept = append(o.kept, keep{len(h.pieces) - 1, n})
			}
			p.length += n
			p.kept += n
		}
		if to <= end {
			return k
		}
		o.right = len(h.pieces) - 1
		h.pieces = append(h.pieces, piece{start: p.start + p.length + 1})
		k++
		h.old[k].left = len(h.pieces) - 1
		from = end + 1
	}
}

func (h *hunk) insert(units []uint16) {
	for _, u := range units {
		p := &h.pieces[len(h.pieces)-1]
		if u != lineBreak {
			p.length++
			continue
		}
		p.freshR = true
		h.pieces = append(h.pieces, piece{start: p.start + p.length + 1, freshL: true})
	}
}

// read reads the contents that may have to be compared, before the text changes.
func (r *reshape) read() {
	for _, h := range r.hunks {
		for i := range h.old {
			o := &h.old[i]
			if o.survived < int(o.length) || len(o.kept) > 1 {
				o.units = r.t.text.appendUnits(nil, o.start, o.start+int(o.length))
			}
		}
	}
}

// fill sets the content of every piece in which nothing was kept.
func (h *hunk) fill() {
	k := 0
	for _, ed := range h.edits {
		for k < len(h.pieces)-1 && ed.FromB >= h.pieces[k+1].start {
			k++
		}
		for _, u := range ed.Insert {
			if u == lineBreak {
				k++
			} else if p := &h.pieces[k]; p.kept == 0 {
				p.content = append(p.content, u)
			}
		}
	}
}

// pick chooses a piece for every old line, and finds which line each piece is from.
func (h *hunk) pick() {
	for i := range h.old {
		o := &h.old[i]
		for _, s := range o.kept {
			if p := &h.pieces[s.at]; s.units > p.origin.units {
				p.origin = keep{i, s.units}
			}
		}
		k, units := -1, 0
		switch {
		case o.moved != nil || o.stated:
		case o.survived > 0:
			for _, s := range o.kept {
				if s.units > units {
					k, units = s.at, s.units
				}
			}
		case o.length > 0 && (o.left < 0 || o.right < 0): // dead
		case o.left >= 0:
			k = o.left
		case o.right >= 0:
			k = o.right
		}
		if k >= 0 {
			h.pieces[k].pickers = append(h.pieces[k].pickers, picker{i, units})
		}
	}
}

// write changes the text. Text that moved keeps its spans.
func (r *reshape) write(moves []move) {
	for i := range moves {
		moves[i].spans = r.t.text.appendSpans(nil, moves[i].from, moves[i].to)
	}
	var spans []span
	done := 0 // inserted units
	for _, ed := range r.edits {
		r.t.text.delete(ed.FromB, ed.FromB+ed.ToA-ed.FromA)
		if len(ed.Insert) == 0 {
			continue
		}
		spans = spans[:0]
		at := ed.FromB
		for len(moves) > 0 && moves[0].end() <= at {
			moves = moves[1:]
		}
		for _, m := range moves { // in order of at
			from, to := max(m.at, at), min(m.end(), ed.ToB)
			if from >= to {
				break
			}
			spans = r.own(spans, done+at-ed.FromB, from-at)
			spans = appendCut(spans, m.spans, from-m.at, to-m.at)
			at = to
		}
		spans = r.own(spans, done+at-ed.FromB, ed.ToB-at)
		r.t.text.insert(ed.FromB, ed.Insert, spans...)
		done += len(ed.Insert)
	}
}

// own appends the spans of n inserted units that no move brought. from is the number
// of inserted units before them.
func (r *reshape) own(spans []span, from, n int) []span {
	switch {
	case n == 0:
		return spans
	case r.stated != nil:
		return appendCut(spans, r.stated.spans, from, from+n)
	}
	return appendSpan(spans, span{rev: r.by.rev, n: uint32(n), author: r.by.author})
}

// settle makes the lines of the pieces and puts them into the list. shift is how
// many lines the hunks before have added.
func (r *reshape) settle(h *hunk, shift int) {
	at := h.first + shift
	in := make([]line, len(h.pieces))
	for k := range h.pieces {
		if p := &h.pieces[k]; p.stated && p.from == nil {
			in[k] = r.given(h, p, at+k)
		} else {
			in[k] = r.line(h, k)
		}
	}
	old := r.t.ids(at, at+len(h.old))
	r.t.lines.replace(at, at+len(h.old), in)
	r.t.report(r.by, at, shift, old, in)
}

// line returns the line that piece k is now.
func (r *reshape) line(h *hunk, k int) line {
	p := &h.pieces[k]
	keeper := p.from
	if keeper == nil {
		most := -1
		for _, pk := range p.pickers {
			if pk.units > most {
				keeper, most = &h.old[pk.old], pk.units
			}
		}
	}
	if keeper == nil {
		return r.born(h, k)
	}
	ln := keeper.line
	ln.length = uint32(p.length)
	if keeper.moved == nil {
		ln.deleted += keeper.length - uint32(keeper.survived)
	}
	for _, pk := range p.pickers {
		if o := &h.old[pk.old]; o != keeper {
			r.t.joins(o.id, ln.id)
			ln.deleted += o.deleted + o.length - uint32(o.survived)
		}
	}
	if !r.same(keeper, p) {
		ln.touch(r.by)
	}
	return ln
}

// same reports whether o, which became p, has the same content.
func (r *reshape) same(o *oldLine, p *piece) bool {
	switch {
	case o.moved != nil:
		return true
	case int(o.length) != p.length:
		return false
	case o.units == nil: // all of it survives in one piece, and nothing else is there
		return true
	}
	content := r.t.text.appendUnits(r.t.scratch.old[:0], p.start, p.start+p.length)
	r.t.scratch.old = content
	return slices.Equal(content, o.units)
}

func (r *reshape) born(h *hunk, k int) line {
	ln := r.by.born(r.births, uint32(h.pieces[k].length))
	r.births++
	if o := h.pieces[k].origin; o.units > 0 {
		ln.splitFrom = h.old[o.at].id
	}
	return ln
}
