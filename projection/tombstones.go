package projection

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"slices"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
)

// Tombstones are the text of a thread at a revision that was deleted since: where
// it would stand now, and who deleted it. They follow the thread. The text that
// was inserted since is the thread's Spans of later revisions. So both together
// are what people really did, not a guess from two texts.
//
// Text that was inserted and deleted again since is in neither. Moved text is not
// deleted, nor is one break beside each moved run: the one behind it or, if that
// stays or went with another run, the one before it. Tombstones inside a moved run
// move along.
//
// Deleted text stands where it was relative to the text around it: behind the text
// before it, and before text that was inserted in its place.
type Tombstones struct {
	t     *Thread
	since eventlog.Revision
	sites sites

	// Of the change that is being applied.
	edits   []edit
	deleted []deleted // of edits, one for one
	moves   []Move    // in order of From
	kept    []stretch // of the text before: what moves delete only to insert it elsewhere
	carried []site    // inside a moved run, at their new positions
	spans   []span
}

// deleted is the text that an edit deletes; empty if none of it stood at the
// revision.
type deleted struct {
	units []uint16
	spans []span
}

// A stretch is the units from..to of a text.
type stretch struct{ from, to int }

// A Deletion is text that was deleted since.
type Deletion struct {
	Pos      int // where it would stand now, in UTF-16 units
	Text     string
	Revision eventlog.Revision // the newest that deleted some of it
	Author   int               // of that; index into the thread's Authors
	Time     int64             // of that; Unix milliseconds
}

// ReplayTombstones folds the tombstones of a revision of a stream (since, may be 0)
// up to another (at, 0 for the head). It returns an error that wraps
// eventlog.ErrNotFound when there is no such stream or revision.
func ReplayTombstones(ctx context.Context, src Source, stream eventlog.Stream, since, at eventlog.Revision) (*Tombstones, error) {
	t := NewThread(stream)
	if since > 0 {
		var err error
		if t, err = Replay(ctx, src, stream, since); err != nil {
			return nil, err
		}
	}
	d := NewTombstones(t)
	if err := d.Advance(src.Read(ctx, stream, since), at); err != nil {
		return nil, err
	}
	if t.Revision < max(at, 1) {
		return nil, fmt.Errorf("revision %d of thread %s, which ends at %d: %w", max(at, 1), stream, t.Revision, eventlog.ErrNotFound)
	}
	return d, nil
}

// NewTombstones returns the tombstones of t at its revision: none yet. From then on,
// only Tombstones.Advance may advance t.
func NewTombstones(t *Thread) *Tombstones {
	return &Tombstones{t: t, since: t.Revision, sites: sites{length: t.Len()}}
}

// Thread returns the thread at the revision that the tombstones have reached.
func (d *Tombstones) Thread() *Thread { return d.t }

// Advance applies the records that follow up to revision at, or all if at is 0, as
// Thread.Advance does.
func (d *Tombstones) Advance(records iter.Seq2[eventlog.Record, error], at eventlog.Revision) error {
	if at != 0 && d.t.Revision >= at {
		return nil
	}
	return d.t.Fold(records, at, d.before, d.after)
}

// before notes what the next event deletes, while it is still there.
func (d *Tombstones) before(e *event.Event) {
	d.edits, d.deleted = d.edits[:0], d.deleted[:0]
	c := d.t.Change(e)
	if c == nil {
		return
	}
	if only, ok := c.Only(); ok {
		d.look(only)
		return
	}
	for ed := range c.Edits() {
		d.look(ed)
	}
}

func (d *Tombstones) look(ed edit) {
	var gone deleted
	if ed.FromA < ed.ToA {
		text := &d.t.text
		d.spans = text.appendSpans(d.spans[:0], ed.FromA, ed.ToA)
		if slices.ContainsFunc(d.spans, func(s span) bool { return s.rev <= d.since }) {
			gone.spans = slices.Clone(d.spans)
			gone.units = text.appendUnits(nil, ed.FromA, ed.ToA)
		}
	}
	d.edits, d.deleted = append(d.edits, ed), append(d.deleted, gone)
}

// after adds what the change deleted.
func (d *Tombstones) after(e *event.Event, _ *Effect) {
	if len(d.edits) == 0 {
		return
	}
	d.moves = append(d.moves[:0], d.t.effect.Moves...)
	slices.SortFunc(d.moves, func(a, b Move) int { return cmp.Compare(a.From, b.From) })
	d.carried = d.carried[:0]
	d.keep()
	for i, ed := range d.edits {
		d.sites.seek(ed.FromB)
		if i > 0 && d.edits[i-1].FromB < ed.FromB { // otherwise the edit before left the site
			d.carryHere(ed)
		}
		if ed.FromA < ed.ToA {
			d.sites.put(ed.FromB, d.gather(e, ed, d.deleted[i]))
		}
		d.sites.length += ed.ToB - ed.FromB - (ed.ToA - ed.FromA)
	}
	for _, s := range d.carried {
		d.sites.seek(s.pos)
		d.sites.put(s.pos, s.cuts)
	}
}

// gather returns what an edit leaves at its place: the sites within the text that it
// deletes, and that text between them.
func (d *Tombstones) gather(e *event.Event, ed edit, gone deleted) cuts {
	var l cuts
	done, end := 0, ed.ToA-ed.FromA
	for {
		p, ok := d.sites.next()
		p -= ed.FromB
		if !ok || p > end || p == end && len(ed.Insert) > 0 {
			break
		}
		d.cut(&l, e, ed, gone, done, p)
		done = p
		if s := d.sites.take(); !d.carry(s, ed.FromA+p) {
			l.add(s.cuts)
		}
	}
	d.cut(&l, e, ed, gone, done, end)
	return l
}

// cut adds those of the units from..to of an edit's deleted text that stood at the
// revision and did not move.
func (d *Tombstones) cut(l *cuts, e *event.Event, ed edit, gone deleted, from, to int) {
	at := 0
	for _, s := range gone.spans {
		end := at + int(s.n)
		for a := max(at, from); a < min(end, to); {
			old := s.sub(uint32(a-at), uint32(min(end, to)-a))
			n := int(old.n)
			if old.rev > d.since {
				break
			}
			if old.step > 0 { // later units of typing may be newer than the revision
				n = min(n, int(d.since-old.rev)+1)
			}
			b, skip := d.unkept(ed.FromA+a, ed.FromA+a+n)
			if b > ed.FromA+a {
				c := &cut{units: slices.Clone(gone.units[a : b-ed.FromA]), rev: e.Revision, at: e.Time, author: d.t.lastNumber}
				l.add(cuts{c, c})
			}
			a = skip - ed.FromA
		}
		at = end
	}
}

// unkept returns where the first kept stretch among the units from..to begins and
// where it ends; to and to if there is none.
func (d *Tombstones) unkept(from, to int) (end, next int) {
	i, _ := slices.BinarySearchFunc(d.kept, from, func(s stretch, from int) int { return cmp.Compare(s.to, from+1) })
	if i < len(d.kept) && d.kept[i].from < to {
		return max(from, d.kept[i].from), min(to, d.kept[i].to)
	}
	return to, to
}

// keep finds the text that moves delete only to insert it elsewhere.
func (d *Tombstones) keep() {
	d.kept = d.kept[:0]
	last := -1 // the break that went with the move before
	for _, m := range d.moves {
		switch {
		case d.deletes(m.To):
			d.kept = append(d.kept, stretch{m.From, m.To + 1})
			last = m.To
		case m.From-1 != last && d.deletes(m.From-1):
			d.kept = append(d.kept, stretch{m.From - 1, m.To})
		default:
			d.kept = append(d.kept, stretch{m.From, m.To})
		}
	}
}

func (d *Tombstones) deletes(pos int) bool {
	i, _ := slices.BinarySearchFunc(d.edits, pos, func(ed edit, pos int) int { return cmp.Compare(ed.ToA, pos+1) })
	return i < len(d.edits) && d.edits[i].FromA <= pos
}

// carry moves a site along that was at pos before, if that is inside a moved run.
func (d *Tombstones) carry(s site, pos int) bool {
	i, _ := slices.BinarySearchFunc(d.moves, pos, func(m Move, pos int) int { return cmp.Compare(m.To, pos+1) })
	if i == len(d.moves) || d.moves[i].From >= pos {
		return false
	}
	s.pos = d.moves[i].At + pos - d.moves[i].From
	d.carried = append(d.carried, s)
	return true
}

// carryHere carries the site right before an edit, which the edit before did not
// take because it inserted something in between.
func (d *Tombstones) carryHere(ed edit) {
	if s := d.sites.here(ed.FromB); s != nil && d.carry(*s, ed.FromA) {
		d.sites.left = d.sites.left[:len(d.sites.left)-1]
	}
}

// Deletions returns the deleted text, in the order in which it stood.
func (d *Tombstones) Deletions() []Deletion {
	var out []Deletion
	for _, s := range d.sites.all() {
		for c := s.first; c != nil; c = c.next {
			out = append(out, Deletion{s.pos, ot.String(c.appendTo(nil)), c.rev, int(c.author), c.at})
		}
	}
	return out
}
