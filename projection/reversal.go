package projection

import (
	"context"
	"fmt"
	"slices"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
)

// A Reversal follows a thread and knows what takes some of its edits back now:
// it deletes what they wrote, as far as that still stands, and puts back what
// they deleted, unless they wrote that themselves. Whatever other edits wrote and
// is there stays.
//
// It is what comes out when each edit's inverse is carried over every later
// entry, one by one, and over the inverses of later ones, which by itself would
// take the product of their numbers. Text that comes back stands where it was in
// relation to what is left around it. Of what others wrote just at that place,
// in the log alone, the later stands left of it; but whole lines, text that
// ends with a line break, come back above what was written there. What moved
// lines is an edit like others: its deletion and its insertion are taken back.
type Reversal struct {
	t    *Thread
	mine func(*event.Event) bool

	edits   int
	started bool
	tracts  tracts
	lost    int
	moved   eventlog.Revision
}

// A Reversion says how some edits of a thread are taken back.
type Reversion struct {
	Revision eventlog.Revision // for whose text the change is made
	Change   ot.Change         // empty if there is nothing left of the edits
	Edits    int               // how many edits are taken back
	Deleted  int               // UTF-16 units that they wrote and that are taken out
	Restored int               // units that they deleted and that come back
	Lost     int               // units that they wrote and others deleted already
	Black    int               // units that come back black, since they were redacted

	// Moved is the newest revision since the first of the edits that moved whole
	// lines, 0 where none did. The inverse of a move, or of an edit carried over
	// one, goes to where the lines were: text that others wrote may then be there
	// twice, and text that was to go may stay. Where every edit since a revision
	// is taken back it does no harm.
	Moved eventlog.Revision
}

// ReplayReversal folds what takes those edits of a stream back for which mine
// is true; it must keep nothing of what it is given. It returns an error that
// wraps eventlog.ErrNotFound when there is no such stream.
func ReplayReversal(ctx context.Context, log eventlog.Log, stream eventlog.Stream, mine func(*event.Event) bool) (*Reversal, error) {
	r := &Reversal{t: NewThread(stream), mine: mine}
	if err := r.t.advance(log.Read(ctx, stream, 0), 0, r.before, r.after); err != nil {
		return nil, err
	}
	if r.t.Revision == 0 {
		return nil, fmt.Errorf("thread %s: %w", stream, eventlog.ErrNotFound)
	}
	return r, nil
}

// Thread returns the thread as it is by now.
func (r *Reversal) Thread() *Thread { return r.t }

// after notes where lines were moved.
func (r *Reversal) after(e *event.Event) {
	if r.started && len(r.t.effect.Moves) > 0 {
		r.moved = e.Revision
	}
}

// before takes in what a change does, while what it deletes is still there.
func (r *Reversal) before(e *event.Event) {
	c := changeOf(e)
	if c == nil || c.Len() != r.t.text.length { // which Apply refuses
		return
	}
	mine := r.mine(e)
	if mine {
		r.edits++
		if !r.started {
			r.started = true
			r.tracts.pushLeft(tract{n: r.t.text.length})
		}
	}
	if !r.started {
		return
	}
	if only, ok := c.Only(); ok {
		r.edit(only, mine)
		return
	}
	var last edit // with what touches it: what is deleted stands before what is put there
	for ed := range c.Edits() {
		if last.FromA < last.ToA && last.ToA == ed.FromA {
			last.ToA, last.ToB = ed.ToA, ed.ToB
			last.Insert = slices.Concat(last.Insert, ed.Insert)
			continue
		}
		r.edit(last, mine)
		last = ed
	}
	r.edit(last, mine)
}

func (r *Reversal) edit(ed edit, mine bool) {
	if ed.FromA == ed.ToA && len(ed.Insert) == 0 {
		return
	}
	p := &r.tracts
	p.seek(ed.FromB)
	ghost := p.takeGhost()
	for at := ed.FromA; at < ed.ToA; {
		gone := p.take(ed.ToA - at)
		switch {
		case gone.n == 0:
			ghost = append(ghost, gone.ghost...)
		case mine && !gone.mine:
			ghost = r.t.text.appendUnits(ghost, at, at+gone.n)
		case !mine && gone.mine:
			r.lost += gone.n
		}
		at += gone.n
	}
	written := tract{n: len(ed.Insert), mine: mine}
	if ed.FromA == ed.ToA && !endsLine(ghost) {
		p.pushLeft(written)
		p.pushRight(tract{ghost: ghost})
		return
	}
	if written.n == 0 {
		p.pushRight(tract{ghost: ghost})
		return
	}
	p.pushLeft(tract{ghost: ghost})
	p.pushLeft(written)
}

func endsLine(units []uint16) bool { return len(units) > 0 && units[len(units)-1] == lineBreak }

// Reversion returns how the edits are taken back from the text as it is now.
func (r *Reversal) Reversion() Reversion {
	out := Reversion{Revision: r.t.Revision, Edits: r.edits, Lost: r.lost, Moved: r.moved}
	var b ot.Builder
	if !r.started {
		b.Keep(r.t.Len())
		out.Change = b.Change()
		return out
	}
	at, from := 0, 0 // the units from..at are to go
	var back []uint16
	flush := func() {
		head, tail := shared(r.t.Units(from, at), back)
		b.Keep(head)
		del, ins := at-from-head-tail, back[head:len(back)-tail]
		b.Replace(del, ins)
		b.Keep(tail)
		out.Deleted, out.Restored = out.Deleted+del, out.Restored+len(ins)
		for _, u := range ins {
			if u == event.Blank {
				out.Black++
			}
		}
		back = back[:0]
	}
	for p := range r.tracts.all() {
		switch {
		case p.n == 0:
			back = append(back, p.ghost...)
		case p.mine:
			at += p.n
		default:
			flush()
			b.Keep(p.n)
			at += p.n
			from = at
		}
	}
	flush()
	out.Change = b.Change()
	return out
}

// shared returns how many units two texts have in common at their beginnings,
// and how many of the rest at their ends, on whole code points: what is to go
// and comes back may as well stay.
func shared(a, b []uint16) (head, tail int) {
	for head < len(a) && head < len(b) && a[head] == b[head] {
		head++
	}
	if head > 0 && !ot.Boundary(a, head) || head > 0 && !ot.Boundary(b, head) {
		head--
	}
	a, b = a[head:], b[head:]
	for tail < len(a) && tail < len(b) && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	if tail > 0 && (!ot.Boundary(a, len(a)-tail) || !ot.Boundary(b, len(b)-tail)) {
		tail--
	}
	return head, tail
}

// A tract is a run of units of the text that are to stay, or to go since the
// edits in question wrote them; or, with n = 0, text that is to come back.
type tract struct {
	n     int
	mine  bool
	ghost []uint16
}

// tracts is a row of tracts with a gap, which wanders to where the text is
// edited: people write on where they wrote, so the ways are short. Neighbours
// of one kind are one tract.
type tracts struct {
	left, right []tract // before and after the gap; right begins at its end
	pos         int     // of the gap: the units in left
}

// seek brings the gap to pos, before the ghost that is there.
func (p *tracts) seek(pos int) {
	for p.pos < pos {
		x := p.take(pos - p.pos)
		p.pushLeft(x)
	}
	for n := len(p.left); n > 0 && (p.pos > pos || p.left[n-1].n == 0); n = len(p.left) {
		x := p.left[n-1]
		p.left = p.left[:n-1]
		p.pos -= x.n
		if k := pos - p.pos; k > 0 {
			p.pushLeft(tract{n: k, mine: x.mine})
			x.n -= k
		}
		p.pushRight(x)
	}
}

// take takes the tract behind the gap out, at most n units of it.
func (p *tracts) take(n int) tract {
	last := &p.right[len(p.right)-1]
	if last.n > n {
		last.n -= n
		return tract{n: n, mine: last.mine}
	}
	x := *last
	p.right = p.right[:len(p.right)-1]
	return x
}

// takeGhost takes the text out that is to come back at the gap. It may be
// appended to.
func (p *tracts) takeGhost() []uint16 {
	if n := len(p.right); n > 0 && p.right[n-1].n == 0 {
		return p.take(0).ghost
	}
	return nil
}

func (p *tracts) pushLeft(x tract) {
	if x.n == 0 && len(x.ghost) == 0 {
		return
	}
	p.pos += x.n
	if n := len(p.left); n > 0 {
		switch last := &p.left[n-1]; {
		case x.n > 0 && last.n > 0 && x.mine == last.mine:
			last.n += x.n
			return
		case x.n == 0 && last.n == 0:
			last.ghost = slices.Concat(last.ghost, x.ghost)
			return
		}
	}
	p.left = append(p.left, x)
}

func (p *tracts) pushRight(x tract) {
	if x.n == 0 && len(x.ghost) == 0 {
		return
	}
	if n := len(p.right); n > 0 {
		switch last := &p.right[n-1]; {
		case x.n > 0 && last.n > 0 && x.mine == last.mine:
			last.n += x.n
			return
		case x.n == 0 && last.n == 0:
			last.ghost = slices.Concat(x.ghost, last.ghost)
			return
		}
	}
	p.right = append(p.right, x)
}

// all yields the tracts from left to right.
func (p *tracts) all() func(func(tract) bool) {
	return func(yield func(tract) bool) {
		for _, x := range p.left {
			if !yield(x) {
				return
			}
		}
		for _, x := range slices.Backward(p.right) {
			if !yield(x) {
				return
			}
		}
	}
}
