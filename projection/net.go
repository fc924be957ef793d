package projection

import "slices"

// net is what the net law needs while one record is applied.
type net struct {
	space     *workspace // from open to close
	patched   []area     // of the patches
	stretched []area     // of the stretch
	free      []uint32
	births    uint32
	touched   []int // lines whose rows or identities the net law has changed
	joined    []joining
	became    []became
	stated    map[LineID]bool // lines that the record states
}

func (n *net) clear() {
	n.patched, n.stretched = nil, nil
	n.free, n.births, n.touched, n.joined, n.became = n.free[:0], 0, n.touched[:0], n.joined[:0], n.became[:0]
}

// ordinal returns the ordinal of one more line that the record bears.
func (n *net) ordinal() uint32 {
	if len(n.free) > 0 {
		least := slices.Min(n.free)
		n.free = slices.DeleteFunc(n.free, func(o uint32) bool { return o == least })
		return least
	}
	n.births++
	return n.births - 1
}

// open notes, before a change by edits is applied, what the lines are that it touches.
func (t *Thread) open(by stamp, edits []edit) {
	n := &t.net
	n.clear()
	if t.byKeystroke {
		return
	}
	if len(edits) > patchEdits {
		t.patches.clear()
		t.stretch.off()
		return
	}
	w := n.reserve()
	w.patched = t.areasOf(w.patched[:0], edits)
	t.openAreas(by)
}

// openAreas opens the areas in the workspace.
func (t *Thread) openAreas(by stamp) {
	n := &t.net
	w, all := n.space, n.space.patched
	n.patched = t.patches.widened(all, by.author)
	if t.stretch.on {
		w.stretched = w.stretched[:0]
		for _, a := range n.patched {
			w.stretched = next(w.stretched, a.from, a.to, a.edits, a.delta)
		}
		n.stretched = t.stretch.widened(w.stretched, by.author)
		for i := range n.stretched {
			t.gather(&t.stretch.patches, &n.stretched[i], by.author, true)
		}
	}
	for i := range n.patched {
		t.gather(&t.patches, &n.patched[i], by.author, false)
	}
}

// close settles the lines after the change.
func (t *Thread) close(by stamp) {
	n := &t.net
	defer n.release()
	if len(n.patched) == 0 {
		return
	}
	t.countBirths(by)
	t.closeFamily(&t.patches, n.patched, by, false)
	t.alias()
	if t.stretch.on {
		t.closeFamily(&t.stretch.patches, n.stretched, by, true)
		if t.stretch.lost {
			t.stretch.off()
		}
	}
	t.amend(n.patched)
	t.patches.bound()
	if t.stretch.bounded() {
		t.goBack()
		t.amend(nil)
	}
}

func (t *Thread) countBirths(by stamp) {
	t.eachPatched(func(_ int, ln *line) {
		if ln.id.Revision == by.rev {
			t.net.births = max(t.net.births, ln.id.Ordinal+1)
		}
	})
}

// closeFamily settles the areas of a family, the last one first, so that the places
// of patches above are still those from before the change.
func (t *Thread) closeFamily(f *patches, all []area, by stamp, every bool) {
	shift := 0
	for i := range all {
		shift += all[i].delta
	}
	var flying []placed
	var was map[*patch]LineID // the lines that they fly with
	for i := len(all) - 1; i >= 0; i-- {
		a := &all[i]
		shift -= a.delta
		out := t.closeArea(f, a, a.from+shift, by, every)
		if flying = append(flying, out...); len(out) > 0 && was == nil {
			was = map[*patch]LineID{}
		}
		for _, m := range out {
			ln, _ := t.lines.byIndex(m.at)
			was[m.p] = ln.id
		}
	}
	flying = slices.DeleteFunc(flying, func(m placed) bool { // settled there as another line
		ln, _ := t.lines.byIndex(m.at)
		return ln.id != was[m.p]
	})
	inPlace(flying)
	for _, m := range flying {
		k := f.behind(m.at)
		for k > 0 && int(f.at[k-1]) == m.at && f.list[k-1].lines > 0 {
			k--
		}
		for k > 0 && int(f.at[k-1])+f.list[k-1].lines > m.at { // it is between lines of another one
			k--
			f.end(k)
		}
		for k < len(f.at) && m.at+m.p.lines > int(f.at[k]) {
			f.end(k)
		}
		f.replace(k, k, []int32{int32(m.at)}, []*patch{m.p})
	}
}

// closeArea settles one area, whose first line is now number first. It returns the
// patches that a move took along.
func (t *Thread) closeArea(f *patches, a *area, first int, by stamp, every bool) (flying []placed) {
	k0, k1 := f.touching(a.from, a.to)
	s := t.net.space.settle(t, by, every, a, first)
	var stay []placed
	for k := k0; k < k1; k++ {
		p, at := f.list[k], int(f.at[k])
		switch own := p.author == by.author && f.touches(k, a.from, a.to); {
		case own && a.idle:
		case own && !every && p.lines == 1 && len(t.effect.Moves) > 0:
			if m, _, ok := t.carry(a, p, at, first); ok {
				flying = append(flying, m)
			}
		case own:
		case at+p.lines <= a.from: // above
			stay = append(stay, placed{at, p})
		case at >= a.to:
			stay = append(stay, placed{at + a.delta, p})
		case p.lines == 0:
			if to, ok := t.carryNone(a, at, first); ok {
				stay = append(stay, placed{to - first + a.from, p})
			}
		default:
			for _, m := range t.carryOther(a, p, at, first) {
				if m.moved {
					flying = append(flying, m.placed)
				} else {
					stay = append(stay, placed{m.at - first + a.from, m.p})
				}
			}
		}
	}
	if a.idle && every {
		s.t.stretch.lost = true
	}
	if !a.idle {
		s.flying = flying
		s.settle()
		flying = slices.DeleteFunc(flying, s.renamed)
		stay = slices.DeleteFunc(stay, func(m placed) bool { return s.renamed(placed{m.at - a.from + first, m.p}) })
		for _, c := range s.cut() {
			if !slices.ContainsFunc(stay, func(m placed) bool { // by a move, around what others are at
				at := m.at - a.from + first
				return at < c.at+c.p.lines && at+m.p.lines > c.at
			}) {
				stay = append(stay, placed{c.at - first + a.from, c.p})
			}
		}
	}
	f.put(k0, k1, stay)
	for _, o := range a.own {
		if !slices.ContainsFunc(flying, func(m placed) bool { return m.p == o.patch }) {
			f.free(o.patch)
		}
	}
	f.shift(k0+len(stay), a.delta)
	return flying
}

// renamed reports whether patch m is at a piece that has been settled as another line.
func (s *settling) renamed(m placed) bool {
	for j := max(m.at-s.first, 0); j < min(m.at-s.first+m.p.lines, len(s.pieces)); j++ {
		if s.pieces[j].id != s.pieces[j].was {
			return true
		}
	}
	return false
}

// carryNone returns where a patch without lines is after the change that lay before line
// at, between two lines of the area: behind the upper one, or before the lower one.
func (t *Thread) carryNone(a *area, at, first int) (int, bool) {
	if to, moved, ok := t.carry(a, &patch{lines: 1}, at-1, first); ok && !moved {
		return to.at + 1, true
	}
	to, moved, ok := t.carry(a, &patch{lines: 1}, at, first)
	return to.at, ok && !moved
}

// A carried patch is at its place after the change.
type carriedPatch struct {
	placed
	moved bool
}

// eachPatched calls f with the lines of the areas after the change.
func (t *Thread) eachPatched(f func(i int, ln *line)) {
	first := 0
	for i := range t.net.patched {
		a := &t.net.patched[i]
		for j := a.from + first; j < a.to+first+a.delta; j++ {
			ln, _ := t.lines.byIndex(j)
			f(j, ln)
		}
		first += a.delta
	}
}

// isStated reports whether the record that is being applied states line ln.
func (t *Thread) isStated(ln *line) bool { return t.net.stated != nil && t.net.stated[ln.id] }
