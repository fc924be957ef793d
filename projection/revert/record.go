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
	r.sections, r.origins = r.sections[:0], nil
	c := r.t.Change(e)
	if c == nil {
		return
	}
	if r.ours = r.mine(e); r.ours {
		r.edits++
		r.own = append(r.own, e.Revision)
		if !r.started {
			r.started = true
			r.push(piece{tag: tag{in: true}, n: r.t.Len()})
		}
	}
	if !r.started || r.then == 0 {
		r.then = e.Time
	}
	if !r.started {
		return
	}
	switch f := e.Payload.(type) {
	case event.Changed:
		r.origins = slices.Clone(f.Origins)
	case *event.Changed:
		r.origins = slices.Clone(f.Origins)
	}
	r.command, r.looks, r.states, r.stays = e.Seq == 0 || e.Seq >= event.KeyedSeq, maxLooks, len(r.origins) > 0, nil
	if r.states && r.command && !r.ours {
		r.stays = r.staying(r.reading(r.t.Units(0, r.t.Len())))
	}
	for ed := range c.Edits() {
		r.section(ed)
	}
	r.keepLines()
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

// after does to the pieces what the change did to the text. Where text moves or comes
// back, it deletes everything first: that may go to a place before the one it came from.
func (r *Reversal) after(_ *event.Event, effect *projection.Effect) {
	if len(r.sections) == 0 {
		return
	}
	moves := effect.Moves
	if r.states { // its origins say where text comes from
		moves = nil
	}
	r.findHops(moves)
	first, shift := len(r.hops) > 0 || r.states, 0
	for i := range r.sections {
		s := &r.sections[i]
		if first {
			r.delete(s, s.FromA-shift)
			r.push(piece{tag: tag{want: anchor}})
			shift += s.ToA - s.FromA
		} else if !r.ours || !slices.Equal(s.old.units, s.Insert) {
			r.turn(s)
			r.delete(s, s.FromB)
			r.insert(s.Insert)
		}
	}
	r.adopt()
	done := 0 // up to here the text is as it is now
	for i := 0; first && i < len(r.sections); i++ {
		s := &r.sections[i]
		r.seek(s.FromB)
		for x := r.pop(); x.want != anchor; x = r.pop() {
			r.push(x)
		}
		done = r.arrive(s, max(done, s.FromB))
	}
	r.settle()
	if r.hurt, r.passing = r.hurt[:0], nil; !r.ours {
		r.met = r.t.Revision
	}
}

// settle decides about moves whose text the record has altered. If others have brought
// back a part of it, the rest stays away: some of it may be in the text as new.
func (r *Reversal) settle() {
	for _, m := range r.hurt {
		if r.moves[m].state != open {
			continue
		}
		rest := func(x piece) bool { return x.want == home && x.move == m }
		part := r.moves[m].part
		if r.moves[m].state = left; part && !slices.ContainsFunc(r.left, rest) && !slices.ContainsFunc(r.right, rest) {
			r.moves[m].state = back
		} else if part {
			rest = func(x piece) bool { return !x.in && (x.want == home || x.want == here) && x.move == m }
			r.left, r.right = slices.DeleteFunc(r.left, rest), slices.DeleteFunc(r.right, rest)
		}
	}
}

// turn makes s, by which the edits delete a break of others and what is behind it up to
// another, delete the other: whole lines come back more easily than the ends of two.
func (r *Reversal) turn(s *section) {
	if !r.ours || len(s.Insert) > 0 || s.old.units[0] != lineBreak || s.FromB == r.t.Len() || r.t.Unit(s.FromB) != lineBreak {
		return
	}
	r.seek(s.FromB)
	if x := &r.right[len(r.right)-1-absent(r.right)]; x.want == always {
		first := s.old.take(1)
		s.old = dead{append(slices.Clip(s.old.units), lineBreak), append(s.old.spans, first.spans...)}
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
		if !x.in {
			if r.states && x.want == always {
				x.back = -1
			}
			if h != nil && h.from < at {
				r.lift(h, x, dead{})
			} else {
				r.push(x)
			}
			continue
		}
		if k := min(end, s.ToA) - at; x.n > k {
			r.right = append(r.right, x.split(k))
		}
		old := s.old.take(x.n)
		if h == nil {
			r.bury(x, old)
		} else {
			r.liftBefore(h, at)
			r.lift(h, x, old)
		}
		if at += x.n; h != nil {
			r.liftBehind(h, at)
		}
	}
	if absent(r.right) > 0 && absent(r.left) > 0 && len(s.Insert) == 0 {
		r.push(r.pop())
	}
}

// place puts the gap behind the pieces at its place that are not in the text if they end
// with a break, and before them otherwise: whole lines come back above what is written
// where they stood, words behind it.
func (r *Reversal) place() {
	n := absent(r.right)
	if n == 0 {
		return
	}
	if u := r.right[len(r.right)-n].units; len(u) > 0 && u[len(u)-1] == lineBreak {
		for range n {
			r.push(r.pop())
		}
	}
}

// bury deletes x, which stood in the text as old. That can come back if the edits delete
// it, and if a command deletes all that came back there: that takes the coming back back.
func (r *Reversal) bury(x piece, old dead) {
	switch {
	case r.ours && x.want != never, x.want == always && r.command && x.back == x.n:
		x.in, x.back, x.dead = false, -min(x.back, 1), old
		r.push(x)
	case r.ours:
	case x.want == here:
		r.hurt = append(r.hurt, x.move)
	default:
		if x.want == never {
			r.lost += x.n
		}
		if x.in, x.back, x.dead = false, 0, old; r.states {
			r.passing = append(r.passing, x)
		}
	}
}

// insert writes units at the gap, which come from where the record states.
func (r *Reversal) insert(units []uint16) {
	if !r.states && (len(units) == 0 || r.comeBack(units)) {
		return
	}
	for len(units) > 0 {
		rev, n := r.origin(len(units))
		if rev > 0 {
			r.revive(units[:n], rev)
		} else {
			r.write(n)
		}
		units = units[n:]
	}
}

// write writes n new units at the gap.
func (r *Reversal) write(n int) {
	x := piece{tag: tag{in: true}, n: n}
	if r.ours {
		x.want = never
	}
	r.push(x)
}

// comeBack makes the pieces at the gap text again if they have just these units, and
// reports whether they have.
func (r *Reversal) comeBack(units []uint16) bool {
	a, b := zone(r.left), zone(r.right)
	rest := units
	for _, y := range slices.Concat(r.left[len(r.left)-a:], reversed(r.right[len(r.right)-b:])) {
		if r.lies(&y) {
			continue
		}
		if y.want != always || len(rest) < y.n || !slices.Equal(y.units, rest[:y.n]) {
			return false
		}
		rest = rest[y.n:]
	}
	if len(rest) > 0 || a+b == 0 {
		return false
	}
	r.left, r.right = r.left[:len(r.left)-a], r.right[:len(r.right)-b]
	r.comesBack(len(units))
	return true
}

func reversed(all []piece) []piece {
	all = slices.Clone(all)
	slices.Reverse(all)
	return all
}

// comesBack puts n units that come back at the gap.
func (r *Reversal) comesBack(n int) {
	x := piece{tag: tag{in: true}, n: n}
	if !r.ours {
		x.back, r.returned = n, true
	}
	r.push(x)
}
