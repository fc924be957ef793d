package projection_test

import (
	"slices"
	"unicode"
	"unicode/utf16"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/projection"
)

// The oracle is the package comment's "The line" written down a second time,
// for slowness and plainness: every character is a value of its own that knows
// who inserted it, every change looks at every line of the whole text, and
// nothing is shared with the code under test but its types.

// A character is one UTF-16 unit. Its identity is its address.
type character struct {
	unit   uint16
	rev    eventlog.Revision
	author eventlog.AuthorID
}

// An oracleLine is a line of the oracle, without its text, which lies in the
// oracle's characters.
type oracleLine struct {
	id, splitFrom projection.LineID
	changed       eventlog.Revision
	author        eventlog.AuthorID
	time          int64
	submitted     bool
	deleted       int
}

// A wrong is a deliberate mistake, for the negative controls.
type wrong string

const (
	right            wrong = ""
	withoutMoves     wrong = "moves are not looked for"
	breakIsContent   wrong = "Enter at the end of a line changes it"
	lastPieceWins    wrong = "of pieces that hold equally many units the last is picked"
	lowerLineWins    wrong = "of lines that give equally many units the lower stays"
	clearedLineDies  wrong = "a line all of whose units are replaced dies"
	eitherBreak      wrong = "a cleared line lives if only one of its breaks stays"
	shortMovesFirst  wrong = "the shortest moves are paired first"
	blankMoves       wrong = "blank lines move on their own"
	editingSubmitted wrong = "a change leaves a line submitted"
	movedIsNew       wrong = "moved text is its mover's"
)

type oracle struct {
	wrong    wrong
	revision eventlog.Revision
	written  bool
	chars    []*character
	lines    []*oracleLine
	joined   map[projection.LineID]projection.LineID
}

func newOracle(w wrong) *oracle {
	return &oracle{wrong: w, joined: map[projection.LineID]projection.LineID{}}
}

func (o *oracle) apply(e event.Event) {
	o.revision = e.Revision
	switch f := e.Payload.(type) {
	case event.Changed:
		o.change(e, f)
	case event.Submitted:
		for _, ln := range o.lines[f.From : f.To+1] {
			ln.submitted = true
		}
	case event.Redacted:
		for ed := range f.Change.Edits() {
			for i, u := range ed.Insert {
				o.chars[ed.FromA+i].unit = u
			}
		}
	}
}

// A stretch is a piece of a text: the characters from..to, without a break.
type stretch struct{ from, to int }

// pieces splits a text at its breaks.
func pieces(chars []*character) []stretch {
	var all []stretch
	from := 0
	for i, c := range chars {
		if c.unit == '\n' {
			all = append(all, stretch{from, i})
			from = i + 1
		}
	}
	return append(all, stretch{from, len(chars)})
}

func unitsOf(chars []*character, s stretch) []uint16 {
	var u []uint16
	for _, c := range chars[s.from:s.to] {
		u = append(u, c.unit)
	}
	return u
}

// A step is one change on its way: the text and the pieces before and after
// it, where each old character went and whence each new one came (-1: nowhere).
type step struct {
	old, now             []*character
	oldPieces, newPieces []stretch
	to, from             []int
	in                   []int       // the piece each new unit lies in; of a break -1
	movedTo              map[int]int // old line: new piece
}

func (o *oracle) change(e event.Event, f event.Changed) {
	s := &step{old: o.chars, movedTo: map[int]int{}}
	s.carryOut(e, f)
	s.oldPieces, s.newPieces = pieces(s.old), pieces(s.now)
	for j, b := range s.newPieces {
		s.in = append(append(s.in, slices.Repeat([]int{j}, b.to-b.from)...), -1)
	}
	if o.wrong != withoutMoves {
		s.move(o.wrong)
	}
	o.chars = s.now
	before := o.lines
	if !o.written {
		before = nil
		o.written = true
	}
	o.lines = o.assign(e, s, before)
}

// carryOut makes the new text.
func (s *step) carryOut(e event.Event, f event.Changed) {
	s.to = make([]int, len(s.old))
	at := 0
	keep := func(until int) {
		for ; at < until; at++ {
			s.to[at] = len(s.now)
			s.now, s.from = append(s.now, s.old[at]), append(s.from, at)
		}
	}
	for ed := range f.Change.Edits() {
		keep(ed.FromA)
		for ; at < ed.ToA; at++ {
			s.to[at] = -1
		}
		for _, u := range ed.Insert {
			s.now = append(s.now, &character{u, e.Revision, e.Author})
			s.from = append(s.from, -1)
		}
	}
	keep(len(s.old))
}

// wholeLines says of each piece whether it is gone (or new) whole: all its
// units, and the break on at least one of its sides.
func wholeLines(all []stretch, link []int) []bool {
	gone := func(i int) bool { return i >= 0 && i < len(link) && link[i] < 0 }
	var whole []bool
	for _, p := range all {
		w := gone(p.from-1) || gone(p.to)
		for i := p.from; i < p.to; i++ {
			w = w && gone(i)
		}
		whole = append(whole, w)
	}
	return whole
}

// move pairs deleted with inserted runs of whole lines, the longest first,
// and lets the old characters stand where the new ones do.
func (s *step) move(w wrong) {
	to, from := slices.Clone(s.to), slices.Clone(s.from) // as the change itself left them
	gone, born := wholeLines(s.oldPieces, to), wholeLines(s.newPieces, from)
	equal := s.equalLines()
	for {
		best, bestI, bestJ := 0, 0, 0
		for i := range s.oldPieces {
			for j := range s.newPieces {
				n := 0
				for i+n < len(gone) && j+n < len(born) && gone[i+n] && born[j+n] && equal[i+n][j+n] {
					if n > 0 && (to[s.oldPieces[i+n].from-1] >= 0 || from[s.newPieces[j+n].from-1] >= 0) {
						break // the break between two lines of the run stays
					}
					n++
				}
				longer := n > best || w == shortMovesFirst && n > 0 && n < best
				if longer && (w == blankMoves || !s.blank(i, n)) {
					best, bestI, bestJ = n, i, j
				}
			}
		}
		if best == 0 {
			return
		}
		for k := range best {
			gone[bestI+k], born[bestJ+k] = false, false
			s.movedTo[bestI+k] = bestJ + k
		}
		first, last := s.oldPieces[bestI].from, s.oldPieces[bestI+best-1].to
		for p, q := first, s.newPieces[bestJ].from; p < last; p, q = p+1, q+1 {
			s.to[p], s.from[q] = q, p
			if w != movedIsNew {
				s.now[q] = s.old[p]
			}
		}
	}
}

// equalLines says of each old line and new piece whether they read the same.
func (s *step) equalLines() [][]bool {
	var now [][]uint16
	for _, b := range s.newPieces {
		now = append(now, unitsOf(s.now, b))
	}
	equal := make([][]bool, len(s.oldPieces))
	for i, a := range s.oldPieces {
		old := unitsOf(s.old, a)
		equal[i] = make([]bool, len(now))
		for j := range now {
			equal[i][j] = slices.Equal(old, now[j])
		}
	}
	return equal
}

func (s *step) blank(i, n int) bool {
	for _, p := range s.oldPieces[i : i+n] {
		for _, u := range unitsOf(s.old, p) {
			if !unicode.IsSpace(rune(u)) {
				return false
			}
		}
	}
	return true
}

// shares counts, for each new piece, the units of an old line that are in it.
func (s *step) shares(a stretch) []int {
	n := make([]int, len(s.newPieces))
	for _, at := range s.to[a.from:a.to] {
		if at >= 0 {
			n[s.in[at]]++
		}
	}
	return n
}

// pick returns the piece that old line i picks and what it gives; -1 if it
// dies.
func (s *step) pick(i int, w wrong) (piece, units int) {
	if j, ok := s.movedTo[i]; ok {
		return j, s.oldPieces[i].to - s.oldPieces[i].from
	}
	piece = -1
	for j, n := range s.shares(s.oldPieces[i]) {
		if n > units || w == lastPieceWins && n > 0 && n == units {
			piece, units = j, n
		}
	}
	if units == 0 {
		piece = s.atKeptBreak(s.oldPieces[i], w)
	}
	return piece, units
}

// atKeptBreak returns the piece in which a line lives on although nothing of it
// survives, -1 for none.
func (s *step) atKeptBreak(a stretch, w wrong) int {
	above, below := -1, -1 // the piece behind the break above, before the one below
	if a.from == 0 {
		above = 0
	} else if at := s.to[a.from-1]; at >= 0 {
		above = slices.IndexFunc(s.newPieces, func(b stretch) bool { return b.from == at+1 })
	}
	if a.to == len(s.old) {
		below = len(s.newPieces) - 1
	} else if at := s.to[a.to]; at >= 0 {
		below = slices.IndexFunc(s.newPieces, func(b stretch) bool { return b.to == at })
	}
	empty := a.from == a.to
	switch {
	case !empty && w == clearedLineDies:
		return -1
	case !empty && w != eitherBreak && (above < 0 || below < 0):
		return -1
	case above >= 0:
		return above
	}
	return below
}

// assign returns the lines after a change.
func (o *oracle) assign(e event.Event, s *step, before []*oracleLine) []*oracleLine {
	picks, gives := make([]int, len(before)), make([]int, len(before))
	for i := range before {
		picks[i], gives[i] = s.pick(i, o.wrong)
	}
	var after []*oracleLine
	born := uint32(0)
	for j, piece := range s.newPieces {
		keeps := -1
		for i := range before {
			if picks[i] != j {
				continue
			}
			_, moved := s.movedTo[i] // keeps its piece, whatever else picks it
			if keeps < 0 || moved || gives[i] > gives[keeps] || o.wrong == lowerLineWins && gives[i] == gives[keeps] {
				keeps = i
			}
		}
		if keeps < 0 {
			after = append(after, &oracleLine{
				id: projection.LineID{Revision: e.Revision, Ordinal: born}, splitFrom: s.origin(j, before),
				changed: e.Revision, author: e.Author, time: e.Time,
			})
			born++
			continue
		}
		for i := range before {
			if picks[i] == j && i != keeps {
				o.joined[before[i].id] = before[keeps].id
				before[keeps].deleted += before[i].deleted + s.lost(s.oldPieces[i])
			}
		}
		after = append(after, o.goOn(e, s, before[keeps], s.oldPieces[keeps], piece))
	}
	return after
}

// goOn returns a line after a change that it survived.
func (o *oracle) goOn(e event.Event, s *step, ln *oracleLine, a, b stretch) *oracleLine {
	same := slices.Equal(unitsOf(s.old, a), unitsOf(s.now, b))
	if o.wrong == breakIsContent && a.to < len(s.old) && s.to[a.to] != b.to {
		same = false
	}
	ln.deleted += s.lost(a)
	if !same {
		ln.changed, ln.author, ln.time = e.Revision, e.Author, e.Time
		ln.submitted = ln.submitted && o.wrong == editingSubmitted
	}
	return ln
}

// lost counts the units of an old line that are in no piece.
func (s *step) lost(a stretch) int {
	n := 0
	for _, to := range s.to[a.from:a.to] {
		if to < 0 {
			n++
		}
	}
	return n
}

// origin returns the old line that most of a born piece's kept units come
// from, the upper of two that give equally many.
func (s *step) origin(piece int, before []*oracleLine) projection.LineID {
	given := make([]int, len(before))
	for _, p := range s.from[s.newPieces[piece].from:s.newPieces[piece].to] {
		for i := range before {
			if p >= s.oldPieces[i].from && p < s.oldPieces[i].to {
				given[i]++
			}
		}
	}
	var id projection.LineID
	most := 0
	for i, n := range given {
		if n > most {
			id, most = before[i].id, n
		}
	}
	return id
}

// resolve follows joins.
func (o *oracle) resolve(id projection.LineID) projection.LineID {
	for {
		to, ok := o.joined[id]
		if !ok {
			return id
		}
		id = to
	}
}

func (o *oracle) units() []uint16 { return unitsOf(o.chars, stretch{0, len(o.chars)}) }

func (o *oracle) text() string { return string(utf16.Decode(o.units())) }
