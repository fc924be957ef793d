package revert

import (
	"slices"

	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/projection"
)

// A section is an edit of the change that is being applied, together with those
// that touch it: what is deleted stands before what is inserted there.
type section struct {
	ot.Edit
	old dead // what it deletes, if that may come back
}

// before notes what the next event does, while what it deletes is still there.
func (r *Reversal) before(e *event.Event) {
	r.sections = r.sections[:0]
	c := r.t.Change(e)
	if c == nil {
		return
	}
	if r.ours = r.mine(e); r.ours {
		r.edits++
		if !r.started {
			r.started = true
			r.push(piece{n: r.t.Len(), rank: 1})
		}
	}
	if !r.started || r.then == 0 {
		r.then = e.Time
	}
	if !r.started {
		return
	}
	r.command, r.origins = e.Seq == 0, slices.Clone(stated(e))
	if r.ours {
		r.own = append(r.own, e.Revision)
	}
	r.looks, r.states = maxLooks, len(r.origins) > 0
	for ed := range c.Edits() {
		r.section(ed)
	}
	r.keepLines()
	r.met = r.met || !r.ours && len(r.sections) > 0
}

func (r *Reversal) section(ed ot.Edit) {
	var old dead
	if ed.FromA < ed.ToA && (r.ours || r.returned || r.states) {
		old = dead{r.t.AppendUnits(nil, ed.FromA, ed.ToA), slices.Collect(r.t.Spans(ed.FromA, ed.ToA))}
	}
	if n := len(r.sections); n > 0 {
		if last := &r.sections[n-1]; last.FromA < last.ToA && last.ToA == ed.FromA {
			last.ToA, last.ToB = ed.ToA, ed.ToB
			last.Insert = slices.Concat(last.Insert, ed.Insert)
			last.old = dead{append(last.old.units, old.units...), append(last.old.spans, old.spans...)}
			return
		}
	}
	r.sections = append(r.sections, section{ed, old})
}

// after does to the pieces what the change did to the text. Where lines move, it
// deletes everything first, since a move may go to a place before the one it came
// from.
func (r *Reversal) after(_ *event.Event, effect *projection.Effect) {
	if len(r.sections) == 0 {
		return
	}
	if r.ours && (r.states || len(effect.Moves) > 0) {
		r.rank()
	}
	if r.findHops(effect.Moves); len(r.hops) == 0 {
		for i := range r.sections {
			s := &r.sections[i]
			if r.ours && slices.Equal(s.old.units, s.Insert) {
				r.skip(len(s.Insert))
				continue
			}
			r.turn(s)
			r.delete(s, s.FromB)
			r.insert(s.Insert)
		}
		r.dropTemporary()
		return
	}
	shift := 0
	for i := range r.sections {
		s := &r.sections[i]
		r.delete(s, s.FromA-shift)
		r.push(piece{kind: anchor})
		shift += s.ToA - s.FromA
	}
	done := 0 // up to here the text is as it is now
	for i := range r.sections {
		s := &r.sections[i]
		r.seek(s.FromB)
		for x := r.pop(); x.kind != anchor; x = r.pop() {
			r.push(x)
		}
		done = r.arrive(s, max(done, s.FromB))
	}
	r.dropTemporary()
}

// turn makes s, by which the edits delete a break of others and what is behind it up to
// another, delete the other: whole lines come back more easily than the ends of two.
func (r *Reversal) turn(s *section) {
	if !r.ours || len(s.Insert) > 0 || s.old.units[0] != lineBreak || s.FromB == r.t.Len() || r.t.Unit(s.FromB) != lineBreak {
		return
	}
	if r.seek(s.FromB); r.right[len(r.right)-1-ghosts(r.right)].kind == kept {
		first := s.old.take(1)
		s.old = dead{append(slices.Clip(s.old.units), first.units...), append(s.old.spans, first.spans...)}
		s.FromA, s.ToA, s.FromB, s.ToB = s.FromA+1, s.ToA+1, s.FromB+1, s.ToB+1
	}
}

// delete takes what s deletes out at a position, and puts the gap where s inserts.
func (r *Reversal) delete(s *section, pos int) {
	if r.seek(pos); s.FromA == s.ToA {
		r.place()
		return
	}
	for at := s.FromA; at < s.ToA; {
		h, end := r.hopAt(at)
		x := r.pop()
		if !x.inText() {
			if h != nil && h.from < at {
				r.lift(h, x)
			} else {
				r.push(x)
			}
			continue
		}
		if k := min(end, s.ToA) - at; x.n > k {
			r.right = append(r.right, x.split(k))
		}
		var old dead
		if len(s.old.units) > 0 {
			old = s.old.take(x.n)
		}
		if h == nil {
			r.bury(x, old)
		} else {
			r.liftBefore(h, at)
			r.lift(h, x)
		}
		if at += x.n; h != nil {
			r.liftBehind(h, at)
		}
	}
	if a, b := absent(r.left), absent(r.right); len(s.Insert) == 0 && a != nil && b != nil && b.n < ghostMax && a.joins(b) {
		*b = r.unpush()
	}
}

// ghostMax is how many units a ghost may have to be copied for what is deleted
// before it.
const ghostMax = 64

// place puts the gap behind the ghosts at its place if they end with a break, and
// before them otherwise: whole lines come back above what is written where they
// stood, words behind it.
func (r *Reversal) place() {
	n := ghosts(r.right)
	if n == 0 {
		return
	}
	if u := r.right[len(r.right)-n].units; len(u) > 0 && u[len(u)-1] == lineBreak {
		for range n {
			r.push(r.pop())
		}
	}
}

// bury deletes x, which was in the text with the units old. It becomes a ghost if the
// edits delete what others wrote, and if a command deletes all that came back there:
// that takes the coming back back.
func (r *Reversal) bury(x piece, old dead) {
	switch {
	case x.kind == mine && !r.ours:
		r.lost += x.n
	case x.kind == kept && (r.ours || r.command && x.back == x.n || r.states):
		temporary := !r.ours && !(r.command && x.back == x.n)
		r.push(piece{kind: ghost, n: x.n, rank: x.rank, moved: x.moved, ahead: x.ahead, line: x.line, temporary: temporary, dead: old})
	}
}

// insert writes units at the gap.
func (r *Reversal) insert(units []uint16) {
	if r.states {
		r.insertStated(units)
	} else if len(units) > 0 && !r.comeBack(units) {
		r.write(units)
	}
}

// write writes new units at the gap.
func (r *Reversal) write(units []uint16) {
	x := piece{kind: mine, n: len(units)}
	if !r.ours {
		x.kind = kept
		x.ahead, x.line = r.sticks(units)
	}
	r.push(x)
}

// sticks reports whether what others write at the gap belongs to the line behind it, or
// is lines of its own.
func (r *Reversal) sticks(units []uint16) (ahead, line bool) {
	n := len(r.left)
	begins := r.pos == 0 || r.t.Unit(r.pos-1) == lineBreak || n > 0 && r.left[n-1].ahead
	breaks := slices.Contains(units, lineBreak)
	return begins && !breaks, begins && breaks
}

// comeBack makes the ghosts at the gap text again if they have just these units, and
// reports whether they have.
func (r *Reversal) comeBack(units []uint16) bool {
	a, b := ghosts(r.left), ghosts(r.right)
	run := slices.Clone(r.right[len(r.right)-b:])
	slices.Reverse(run)
	var all []uint16
	for _, x := range slices.Concat(r.left[len(r.left)-a:], run) {
		if all = append(all, x.units...); x.kind == anchor {
			return false
		}
	}
	if !slices.Equal(all, units) {
		return false
	}
	for range a {
		r.right = append(r.right, r.unpush())
	}
	var x piece
	for i := range a + b {
		y := r.pop()
		y = piece{kind: kept, n: y.n, rank: y.rank, moved: y.moved, ahead: y.ahead, line: y.line}
		if r.ours {
			r.push(y)
		} else if i == 0 {
			x = y
		} else if !x.joins(&y) {
			x = piece{kind: kept, n: x.n + y.n}
		}
	}
	if !r.ours {
		x.back, r.returned = x.n, true
		r.push(x)
	}
	return true
}
