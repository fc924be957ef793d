package revert

import (
	"cmp"
	"iter"
	"slices"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/projection"
)

// A Plan says how some edits of a thread are taken back.
type Plan struct {
	Revision eventlog.Revision // the change is made for its text
	Change   ot.Change         // empty if it would leave the text as it is
	Changed  event.Changed     // Change, with what it states of text and lines that come back
	Edits    int               // how many edits are taken back
	Deleted  int               // UTF-16 units that the change deletes
	Restored int               // UTF-16 units that it inserts; what moves back counts in both
	Lost     int               // UTF-16 units that the edits wrote and others deleted already
	Redacted int               // UTF-16 units that come back as blanks, since they were redacted

	// Then is when the text last changed before the first of the edits; if that is
	// the first change of all, when that was. Unix milliseconds.
	Then int64
}

// Plan returns how the edits are taken back from the text as it is now.
func (r *Reversal) Plan() Plan {
	out := Plan{Revision: r.t.Revision, Edits: r.edits, Lost: r.lost, Then: r.then, Change: ot.Keep(r.t.Len())}
	if out.Changed.Change = out.Change; !r.started {
		return out
	}
	b := builder{r: r, all: r.all()}
	groups := grouped(b.all)
	next := 0 // the first group of the text that is not done
	for _, g := range ordered(groups) {
		if g.stays {
			for ; next < g.index; next++ {
				b.delete(groups[next])
			}
			next++
		}
		b.write(g)
	}
	for ; next < len(groups); next++ {
		b.delete(groups[next])
	}
	b.flush(0)
	if c := b.Change(); r.alters(c) {
		out.Change, out.Redacted = c, b.redacted
		out.Changed = r.stateLines(event.Changed{Change: c, Origins: event.JoinOrigins(b.origins)})
		out.Deleted, out.Restored = c.Deleted(), c.Inserted()
	}
	return out
}

// alters reports whether c changes the text: it may insert before something what
// it deletes behind it.
func (r *Reversal) alters(c ot.Change) bool {
	if c.Deleted() != c.Inserted() {
		return true
	}
	before := r.t.Units(0, r.t.Len())
	after, err := c.Apply(before)
	return err != nil || !slices.Equal(before, after)
}

// A group is pieces that stay together: one with a rank and those without that follow.
type group struct {
	index, from, to int // of the pieces
	pos             int // of the first in the text
	rank            int
	moved, stays    bool
	follows         bool // it stays behind the piece before it
}

// grouped returns the groups of all pieces, in the order of the text.
func grouped(all []piece) (groups []group) {
	pos := 0
	var standing, g group // standing is the last group that is in the text
	for i := range all {
		x, n := &all[i], len(groups)
		if n == 0 || x.rank > 0 || g.moved && (x.ahead || x.line || all[g.from].kind == ghost) {
			if g = standing; x.rank > 0 {
				g = group{rank: x.rank, moved: x.moved}
			} else if x.ahead || x.line || !standing.moved {
				g = group{follows: true}
			}
			g.from, g.to, g.pos = i, i, pos
			for x.rank > 0 && (x.inText() || !x.moved) && n > 0 && g.from > groups[n-1].from && all[g.from-1].rank == 0 && (all[g.from-1].ahead || all[g.from-1].kind == mine) {
				g.from--
				if groups[n-1].to--; all[g.from].inText() {
					g.pos -= all[g.from].n
				}
			}
			if n > 0 && g.from == groups[n-1].from {
				groups = groups[:n-1]
			}
			if g.index = len(groups); x.inText() {
				standing = g
			}
			groups = append(groups, g)
		}
		if groups[len(groups)-1].to++; x.inText() {
			pos += x.n
		}
	}
	return groups
}

// ordered returns the groups in order of rank, and says which stay where they are.
func ordered(groups []group) []group {
	next := make([]int, len(groups)+1) // the rank of the first group from there on that did not move
	next[len(groups)] = int(^uint(0) >> 1)
	for i := range slices.Backward(groups) {
		if next[i] = next[i+1]; !groups[i].moved && !groups[i].follows {
			next[i] = groups[i].rank
		}
	}
	last := -1
	for i := range groups {
		g := &groups[i]
		if g.follows {
			g.rank = max(last, 0)
		}
		if g.stays = !g.moved || g.rank > last && g.rank < next[i]; g.stays {
			last = g.rank
		}
	}
	groups = slices.Clone(groups)
	slices.SortStableFunc(groups, func(a, b group) int { return cmp.Compare(a.rank, b.rank) })
	return groups
}

// rank gives all pieces of others a rank, in the order without the edits.
func (r *Reversal) rank() {
	all := r.all()
	if !slices.ContainsFunc(all, func(x piece) bool { return x.rank == 0 && x.kind != mine }) {
		return
	}
	next := 1
	for _, g := range ordered(grouped(all)) {
		for i := g.from; i < g.to; i++ {
			if x := &all[i]; x.kind != mine {
				x.rank, x.ahead, x.line, x.moved = next, false, false, !g.stays
				next += x.n
			}
		}
	}
	r.left, r.right, r.pos = all, nil, 0
	for _, x := range all {
		if x.inText() {
			r.pos += x.n
		}
	}
}

// A builder makes the change of a Plan, from left to right.
type builder struct {
	ot.Builder
	r        *Reversal
	all      []piece
	at       int // up to here the text is done, but for:
	kept     int // units before that the Builder does not know of yet
	deleted  int // units behind
	back     []uint16
	moves    bool // some of these, or of the deleted ones, move
	origins  []event.Origin
	stated   int // of these, how many are of units before back
	redacted int
	last     end // of the text so far
}

// An end is the unit at an end of a run.
type end struct {
	some        bool
	unit        uint16
	pos         int // in the text; -1: it comes back
	rank, group int
}

// write leaves a group where it stands or brings it there.
func (b *builder) write(g group) {
	pos := g.pos
	for i := g.from; i < g.to; i++ {
		x := &b.all[i]
		switch {
		case x.kind == mine && g.stays:
			b.deleted += x.n
		case x.kind == mine:
		case x.kind == ghost:
			b.enter(x, -1, g)
			b.bring(x.units, slices.Values(x.spans))
			for _, u := range x.units {
				if u == event.Blank {
					b.redacted++
				}
			}
		case g.stays:
			b.enter(x, pos, g)
			b.flush(x.n)
		default:
			b.enter(x, pos, g)
			b.bring(b.r.t.Units(pos, pos+x.n), fresh(x.n))
			b.moves = true
		}
		if x.inText() {
			pos += x.n
		}
	}
}

// delete deletes what of a group is in the text.
func (b *builder) delete(g group) {
	for _, x := range b.all[g.from:g.to] {
		if x.inText() {
			b.deleted += x.n
			b.moves = true
		}
	}
}

// bring inserts units that come from where the spans say; fresh says that they come from
// nowhere, or move: a projection finds that by itself.
func (b *builder) bring(units []uint16, from iter.Seq[projection.Span]) {
	b.back = append(b.back, units...)
	for s := range from {
		b.origins = append(b.origins, event.Origin{Units: s.Length, Revision: s.Revision, Author: s.Author})
	}
}

func fresh(n int) iter.Seq[projection.Span] { return slices.Values([]projection.Span{{Length: n}}) }

// flush makes a section of what is deleted and inserted here, and keeps n units.
func (b *builder) flush(n int) {
	if b.deleted > 0 || len(b.back) > 0 {
		if b.moves {
			n -= b.addBreak(n)
		}
		b.Keep(b.kept)
		b.Replace(b.deleted, b.back)
		b.at += b.deleted
		b.kept, b.deleted, b.back, b.moves, b.stated = 0, 0, b.back[:0], false, len(b.origins)
	}
	b.at += n
	if b.kept += n; n == 0 {
		b.Keep(b.kept)
		b.kept = 0
	}
}

// addBreak deletes and inserts the break behind, or else before, a line that comes or goes,
// and returns how many of the n units to be kept that is. Without it, the change would be
// within a line, and no line would move.
func (b *builder) addBreak(n int) int {
	t, end := b.r.t, b.at+b.deleted
	oneLine := func(line []uint16) bool { return len(line) > 0 && !slices.Contains(line, lineBreak) }
	switch {
	case !oneLine(t.Units(b.at, end)) && !oneLine(b.back):
	case n > 0 && t.Unit(end) == lineBreak:
		b.deleted++
		b.bring([]uint16{lineBreak}, fresh(1))
		return 1
	case b.kept > 0 && t.Unit(b.at-1) == lineBreak:
		b.at, b.kept, b.deleted = b.at-1, b.kept-1, b.deleted+1
		b.back = slices.Insert(b.back, 0, lineBreak)
		b.origins = slices.Insert(b.origins, b.stated, event.Origin{Units: 1})
	}
	return 0
}

// enter goes on to a piece. Where groups meet that did not, it writes a break between
// two lines that others have left without one.
func (b *builder) enter(x *piece, pos int, g group) {
	first, next := end{true, 0, pos, x.rank, g.index}, end{true, 0, pos, x.rank + x.n - 1, g.index}
	if x.rank == 0 {
		next.rank = 0
	}
	if next.pos += x.n - 1; pos < 0 {
		next.pos = -1
		first.unit, next.unit = x.units[0], x.units[x.n-1]
	} else {
		first.unit, next.unit = b.r.t.Unit(pos), b.r.t.Unit(next.pos)
	}
	if b.r.met && b.last.some && b.last.group+1 != g.index && b.last.group != g.index && b.parts(b.last, first) {
		b.bring([]uint16{lineBreak}, fresh(1))
	}
	b.last = next
}

// parts reports whether two units are to be in different lines.
func (b *builder) parts(left, right end) bool {
	switch {
	case left.unit == lineBreak || right.unit == lineBreak || left.rank > 0 && left.rank+1 == right.rank:
		return false
	case left.pos < 0 || right.pos < 0:
		return true
	}
	return left.pos > right.pos || b.r.t.LineAt(left.pos) != b.r.t.LineAt(right.pos)
}
