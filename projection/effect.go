package projection

import "slices"

// An Effect says which lines an Apply touched. Touched is valid until the next
// Apply.
type Effect struct {
	// Touched lists, ascending, the indices (as they are now) of the lines whose
	// content, author or submitted flag may have changed.
	Touched []int
	// Hunks lists where lines came, went or moved, from top to bottom. The caller
	// may keep them.
	Hunks []Hunk
	// Moves lists the runs of lines that moved, in the order in which they stand
	// now. The caller may keep them.
	Moves []Move

	quiet bool // Hunks and Moves are not wanted
}

// A Move says that the units From to To of the text before, which are whole lines
// without the breaks around them, now stand at position At.
type Move struct{ From, To, At int }

// A Hunk says that the lines Old, which began at index At before the change,
// are now the lines New, which begin at NewAt.
type Hunk struct {
	At, NewAt int
	Old, New  []LineID
}

func (e *Effect) clear() { e.Touched, e.Hunks, e.Moves = e.Touched[:0], nil, nil }

// Lines returns, ascending, the indices (as they are now) of the lines that the Apply
// touched, moved or brought.
func (e *Effect) Lines() []int {
	if len(e.Hunks) == 0 { // nearly always
		return e.Touched
	}
	all := slices.Clone(e.Touched)
	for _, h := range e.Hunks {
		for i := range h.New {
			all = append(all, h.NewAt+i)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// report adds to the effect that the lines from index at on, which were old, are
// in now. shift is how many lines the text has more above them.
func (t *Thread) report(by stamp, at, shift int, old []LineID, in []line) {
	eff := &t.effect
	for k := range in {
		if in[k].changed == by.rev || t.isStated(&in[k]) {
			eff.Touched = append(eff.Touched, at+k)
		}
	}
	if eff.quiet {
		return
	}
	ids := make([]LineID, len(in))
	for k := range in {
		ids[k] = in[k].id
	}
	if !slices.Equal(old, ids) {
		eff.Hunks = append(eff.Hunks, Hunk{at - shift, at, old, ids})
	}
}

// ids returns the identities of the lines from..to, for report.
func (t *Thread) ids(from, to int) []LineID {
	if t.effect.quiet {
		return nil
	}
	ids := make([]LineID, to-from)
	for k := range ids {
		ln, _ := t.lines.byIndex(from + k)
		ids[k] = ln.id
	}
	return ids
}

// StretchesOf returns the authors and revisions that inserted the units from..to, in
// order: of an edit, before it is applied, those of the text that it deletes.
func (t *Thread) StretchesOf(from, to int) []Stretch {
	spans := t.text.appendSpans(nil, from, to)
	out := make([]Stretch, len(spans))
	for i, s := range spans {
		out[i] = Stretch{s.rev, int(s.n), int(s.author), s.step == 1}
	}
	return out
}
