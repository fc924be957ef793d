package revert

import (
	"slices"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
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
	Left     int               // lines that the edits moved and that stay there

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
	text := r.t.Units(0, r.t.Len())
	all := r.reading(text)
	stays := r.staying(all)
	var b builder
	for i := range all {
		b.add(&all[i], stays)
	}
	b.flush()
	out.Left = leftLines(all, stays)
	c := b.Change()
	if after, err := c.Apply(text); err != nil || slices.Equal(text, after) {
		return out
	}
	for _, u := range b.inserted {
		if u == event.Blank {
			out.Redacted++
		}
	}
	out.Change, out.Deleted, out.Restored = c, c.Deleted(), c.Inserted()
	out.Changed = r.stateLines(event.Changed{Change: c, Origins: event.JoinOrigins(b.origins)})
	return out
}

// reading returns the pieces in order, each with its units.
func (r *Reversal) reading(text []uint16) []piece {
	all, at := r.all(), 0
	for i := range all {
		if x := &all[i]; x.in {
			x.units = text[at : at+x.n]
			at += x.n
		}
	}
	return all
}

// wanted reports whether x is in the text without the edits if some moves stay.
func (x *piece) wanted(stays []bool) bool {
	return x.want == always || x.want == home && !stays[x.move] || x.want == here && stays[x.move]
}

// A builder makes the change of a Plan, from left to right.
type builder struct {
	ot.Builder
	gone, back []piece // since the last piece that stays
	inserted   []uint16
	origins    []event.Origin
}

func (b *builder) add(x *piece, stays []bool) {
	switch wanted := x.wanted(stays); {
	case x.in && wanted:
		b.flush()
		b.Keep(x.n)
	case x.in:
		b.gone = append(b.gone, *x)
	case wanted:
		b.back = append(b.back, *x)
	}
}

// flush replaces what is deleted by what comes back here, unless they are the same.
func (b *builder) flush() {
	gone, back := units(b.gone), units(b.back)
	if b.same() {
		b.Keep(len(gone))
	} else {
		b.Replace(len(gone), back)
		b.inserted = append(b.inserted, back...)
		for _, x := range b.back {
			for _, s := range x.spans {
				b.origins = append(b.origins, event.Origin{Units: s.Length, Revision: s.Revision, Author: s.Author})
			}
		}
	}
	b.gone, b.back = b.gone[:0], b.back[:0]
}

// same reports whether what is deleted is what comes back here. A move must be here with
// its home pieces and its here pieces.
func (b *builder) same() bool {
	moves := map[int]want{}
	for _, x := range slices.Concat(b.gone, b.back) {
		if x.want == home || x.want == here {
			moves[x.move] |= x.want
		}
	}
	for _, w := range moves {
		if w != home|here {
			return false
		}
	}
	return slices.Equal(units(b.gone), units(b.back))
}

func units(all []piece) (units []uint16) {
	for _, x := range all {
		units = append(units, x.units...)
	}
	return units
}

// leftLines counts the lines of moves that stay.
func leftLines(all []piece, stays []bool) (n int) {
	breaks := map[int]int{}
	for i := range all {
		if x := &all[i]; x.in && x.want == here && stays[x.move] {
			breaks[x.move] += count(x.units, lineBreak)
		}
	}
	for _, k := range breaks {
		n += max(k, 1)
	}
	return n
}

func count(units []uint16, unit uint16) (n int) {
	for _, u := range units {
		if u == unit {
			n++
		}
	}
	return n
}

// A stretch is a run of the home pieces or of the here pieces of a move, between which
// nothing is in the text without the edits.
type stretch struct {
	want        want
	move        int
	first, last uint16
	breaks      bool
	before      uint16 // the unit before it in the text without the edits
}

// fits reports whether a stretch can come back between two units, or leave from between
// them, so that no lines are joined or parted: it is lines with a break each, or a part
// of one.
func (s *stretch) fits(behind uint16) bool {
	return !s.breaks || s.last == lineBreak && s.before == lineBreak || s.first == lineBreak && behind == lineBreak
}

// singly is how many moves staying looks at one by one.
const singly = 64

// staying returns which moves stay. Where others have edited since, a move goes back only
// if its stretches fit, and others have not written into it. A move that stays alters
// what is beside the stretches of others, so they are looked at again.
func (r *Reversal) staying(all []piece) []bool {
	stays := make([]bool, len(r.moves))
	for i, m := range r.moves {
		stays[i] = m.state == left
	}
	for n := 0; ; n++ {
		f := fitting{r: r, stays: stays, parts: make([]bool, len(stays)), last: lineBreak}
		for i := range all {
			f.add(&all[i])
		}
		f.end(0, lineBreak)
		f.flush()
		if len(f.unfit) == 0 {
			return stays
		}
		if n < singly {
			f.unfit = f.unfit[:1]
		}
		for _, m := range f.unfit {
			stays[m] = true
		}
	}
}

// A fitting goes through the pieces and looks for moves that have to stay.
type fitting struct {
	builder
	r       *Reversal
	stays   []bool
	parts   []bool    // the moves with a stretch of here pieces
	pending []stretch // those whose unit behind is to come
	last    uint16    // the last unit of the text without the edits
	bad     []int     // moves that do not fit, unless all is the same here with and without the edits
	unfit   []int     // those that do not fit
}

func (f *fitting) add(x *piece) {
	m := &f.r.moves
	open := (x.want == home || x.want == here) && !f.stays[x.move] && (*m)[x.move].state == open && (*m)[x.move].rev <= f.r.met
	wanted := x.wanted(f.stays)
	k := slices.IndexFunc(f.pending, func(s stretch) bool { return open && s.want == x.want && s.move == x.move })
	if wanted {
		f.end(k+1, x.units[0])
	}
	if x.in && wanted {
		f.flush()
	} else {
		f.builder.add(x, f.stays)
	}
	if open && k < 0 {
		k = len(f.pending)
		if x.want == here && f.parts[x.move] {
			f.bad = append(f.bad, x.move)
		}
		f.parts[x.move] = f.parts[x.move] || x.want == here
		f.pending = append(f.pending, stretch{want: x.want, move: x.move, first: x.units[0], before: f.last})
	}
	if open {
		f.pending[k].last = x.units[x.n-1]
		f.pending[k].breaks = f.pending[k].breaks || slices.Contains(x.units, lineBreak)
	}
	if wanted {
		f.last = x.units[x.n-1]
	}
}

// end judges the stretches from a number on.
func (f *fitting) end(from int, behind uint16) {
	for _, s := range f.pending[min(from, len(f.pending)):] {
		if !s.fits(behind) {
			f.bad = append(f.bad, s.move)
		}
	}
	f.pending = f.pending[:min(from, len(f.pending))]
}

// flush finds out which moves do not fit where the text is not the same.
func (f *fitting) flush() {
	if len(f.bad) > 0 && !f.same() {
		f.unfit = append(f.unfit, f.bad...)
	}
	f.bad, f.gone, f.back = f.bad[:0], f.gone[:0], f.back[:0]
}
