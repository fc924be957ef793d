package projection

import (
	"cmp"
	"slices"
	"unicode"
)

// MaxMovePairs is the most pairs of an equal deleted and inserted line that the runs
// of a change may hold, all together: with more, finding the moves could take
// seconds, and the change has none. It is part of the meaning of a log: changing it
// changes blame.
const MaxMovePairs = 1 << 22

// movesFirst makes moves outrank what a record states, which is wrong: tests must see it.
var movesFirst = false

// A move is a run of whole lines that moves: the units from..to of the text before
// stand at position at of the text after.
type move struct {
	from, to, at int
	spans        []span // of the units
}

func (m *move) end() int { return m.at + m.to - m.from }

// A candidate is a deleted old line or an inserted piece.
type candidate struct {
	old    *oldLine
	piece  *piece
	text   string // the units' bytes: equal when the contents are
	blank  bool
	joined bool // belongs to one run with the candidate before
	used   bool
}

// moves pairs deleted runs of whole lines with equal inserted ones, and returns the
// moves in order of at. It pairs the longest runs first. If a longer run took a
// part of a run, the rest of it are shorter runs.
func (r *reshape) moves() []move {
	deleted := r.deleted()
	if len(deleted) == 0 {
		return nil
	}
	inserted := r.inserted()
	if len(inserted) == 0 {
		return nil
	}
	byLength, longest := commonRuns(deleted, inserted)
	var out []move
	for n := longest; n > 0; n-- {
		slices.SortFunc(byLength[n], inOrder)
		for _, run := range byLength[n] {
			free := run.free(deleted, inserted)
			if len(free) == 1 && free[0] == run {
				out = append(out, run.take(deleted, inserted))
				continue
			}
			for _, f := range free {
				byLength[f.n] = append(byLength[f.n], f)
			}
		}
		delete(byLength, n)
	}
	slices.SortFunc(out, func(a, b move) int { return cmp.Compare(a.at, b.at) })
	return out
}

func (r *reshape) deleted() (all []candidate) {
	for _, h := range r.hunks {
		before := -1
		for i := range h.old {
			o := &h.old[i]
			if o.survived > 0 || o.stated && !movesFirst || o.moved != nil || (o.left >= 0 && o.right >= 0) {
				continue
			}
			joined := before >= 0 && before == i-1 && h.old[before].right < 0 && o.left < 0
			all = append(all, candidate{old: o, text: key(o.units), blank: blank(o.units), joined: joined})
			before = i
		}
	}
	return all
}

func (r *reshape) inserted() (all []candidate) {
	for _, h := range r.hunks {
		h.fill()
		before := -1
		for k := range h.pieces {
			p := &h.pieces[k]
			if p.kept > 0 || (p.stated || p.known) && !movesFirst || p.from != nil || (!p.freshL && !p.freshR) {
				continue
			}
			joined := before >= 0 && before == k-1 && p.freshL
			all = append(all, candidate{piece: p, text: key(p.content), blank: blank(p.content), joined: joined})
			before = k
		}
	}
	return all
}

// A run says that n deleted candidates from number d on equal the inserted ones
// from number i on. There may be millions of runs.
type run struct{ n, d, i int32 }

// inOrder compares runs of one length by what they delete, then by what they
// insert.
func inOrder(a, b run) int {
	return cmp.Or(cmp.Compare(a.d, b.d), cmp.Compare(a.i, b.i))
}

// commonRuns returns, by length, the runs of equal candidates that cannot be made
// longer at either end and have a candidate that is not blank. It returns none if
// they hold more than MaxMovePairs pairs.
func commonRuns(deleted, inserted []candidate) (byLength map[int32][]run, longest int32) {
	where := map[string][]int32{}
	for i := range inserted {
		if !inserted[i].blank {
			where[inserted[i].text] = append(where[inserted[i].text], int32(i))
		}
	}
	byLength = map[int32][]run{}
	covered := map[int32]int32{} // d-i → the end of the last run on that diagonal
	pairs := 0
	for d := range int32(len(deleted)) {
		if deleted[d].blank {
			continue
		}
		for _, i := range where[deleted[d].text] {
			if d < covered[d-i] {
				continue
			}
			r := run{1, d, i}
			for deleted[r.d].joined && inserted[r.i].joined && deleted[r.d-1].text == inserted[r.i-1].text {
				r = run{r.n + 1, r.d - 1, r.i - 1}
			}
			r.n = extend(deleted, inserted, r)
			if pairs += int(r.n); pairs > MaxMovePairs {
				return nil, 0
			}
			covered[d-i] = r.d + r.n
			byLength[r.n] = append(byLength[r.n], r)
			longest = max(longest, r.n)
		}
	}
	return byLength, longest
}

// extend returns how far r reaches to the right.
func extend(deleted, inserted []candidate, r run) int32 {
	n := r.n
	for int(r.d+n) < len(deleted) && int(r.i+n) < len(inserted) {
		d, i := &deleted[r.d+n], &inserted[r.i+n]
		if !d.joined || !i.joined || d.text != i.text {
			break
		}
		n++
	}
	return n
}

// free returns the parts of r that no chosen run uses and that are not all blank.
func (r run) free(deleted, inserted []candidate) []run {
	var out []run
	part, blank := run{}, true
	for k := int32(0); k <= r.n; k++ {
		if k < r.n && !deleted[r.d+k].used && !inserted[r.i+k].used {
			if part.n == 0 {
				part = run{0, r.d + k, r.i + k}
			}
			part.n++
			blank = blank && deleted[r.d+k].blank
			continue
		}
		if part.n > 0 && !blank {
			out = append(out, part)
		}
		part, blank = run{}, true
	}
	return out
}

func (r run) take(deleted, inserted []candidate) move {
	for k := range r.n {
		d, i := &deleted[r.d+k], &inserted[r.i+k]
		d.used, i.used = true, true
		d.old.moved, i.piece.from = i.piece, d.old
	}
	last := deleted[r.d+r.n-1].old
	return move{from: deleted[r.d].old.start, to: last.start + int(last.length), at: inserted[r.i].piece.start}
}

func key(units []uint16) string {
	b := make([]byte, 2*len(units))
	for i, u := range units {
		b[2*i], b[2*i+1] = byte(u>>8), byte(u)
	}
	return string(b)
}

func blank(units []uint16) bool {
	for _, u := range units {
		if !unicode.IsSpace(rune(u)) {
			return false
		}
	}
	return true
}
