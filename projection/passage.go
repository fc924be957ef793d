package projection

import (
	"slices"

	"parodywave/eventlog"
	"parodywave/eventlog/ot"
	"parodywave/projection/linediff"
)

// A Passage is what one author did to one line without a pause of more than
// PassagePause.
type Passage struct {
	Line       LineID            // of the lineage
	From, To   eventlog.Revision // of its first and last record
	Start, End int64             // of these, in Unix milliseconds
	Author     int               // index into the thread's Authors
	// Kinds has what happened, each once, in order: born, edited, split, joined,
	// moved, submitted, deleted, returned, redacted.
	Kinds []string

	before  []uint16    // the line before the passage; for a line that was split off, the line it came from
	changes []ot.Change // one after the other, the first one of before
	sealed  bool        // closed: nothing is added
}

// PassagePause is the longest time, in milliseconds, between two parts of a
// passage.
const PassagePause = 30_000

// Parts returns the diff of the line over the passage, from its changes. Text that
// was inserted and deleted again is not in it.
func (p *Passage) Parts() []linediff.Part {
	parts := []linediff.Part{}
	add := func(units []uint16, kind int) {
		if len(units) == 0 {
			return
		}
		if n := len(parts); n > 0 && parts[n-1].Kind == kind {
			parts[n-1].Text += ot.String(units)
			return
		}
		parts = append(parts, linediff.Part{Text: ot.String(units), Kind: kind})
	}
	done := 0
	if len(p.changes) > 0 {
		for ed := range composed(p.changes).Edits() {
			add(p.before[done:ed.FromA], 0)
			add(p.before[ed.FromA:ed.ToA], -1)
			add(ed.Insert, 1)
			done = ed.ToA
		}
	}
	add(p.before[done:], 0)
	return parts
}

// composed composes changes. It does so in halves, so that a long passage costs
// little more than its length.
func composed(changes []ot.Change) ot.Change {
	if len(changes) == 1 {
		return changes[0]
	}
	half := len(changes) / 2
	c, err := composed(changes[:half]).Compose(composed(changes[half:]))
	if err != nil {
		panic("projection: a line's changes do not follow one another: " + err.Error())
	}
	return c
}

// goesOn reports whether a record by an author at a time continues p.
func (p *Passage) goesOn(author int, at int64) bool {
	return p != nil && !p.sealed && p.Author == author && at-p.End <= PassagePause
}

func (p *Passage) kind(kinds ...string) {
	for _, k := range kinds {
		if !slices.Contains(p.Kinds, k) {
			p.Kinds = append(p.Kinds, k)
		}
	}
}

// within returns the change of a line that stood at old and stands at now: text
// that the edits brought from elsewhere is inserted, text that they took elsewhere
// is deleted. units returns units of the text after.
func within(edits []edit, old, now stretch, units func(from, to int) []uint16) ot.Change {
	var b ot.Builder
	a, at := old.from, now.from // done
	keep := func(from, to, shift int) {
		from, to = max(from, old.from, now.from-shift), min(to, old.to, now.to-shift)
		if from < to {
			b.Replace(from-a, units(at, from+shift))
			b.Keep(to - from)
			a, at = to, to+shift
		}
	}
	from, shift := 0, 0
	for _, ed := range edits {
		keep(from, ed.FromA, shift)
		from, shift = ed.ToA, ed.ToB-ed.ToA
	}
	keep(from, old.to, shift)
	b.Replace(old.to-a, units(at, now.to))
	return b.Change()
}
