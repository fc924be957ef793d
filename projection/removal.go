package projection

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
)

// A Removal is text that one author deleted at one place, without a pause of more
// than PassagePause and without anybody writing there meanwhile. Moved text is not
// deleted, as in Tombstones.
type Removal struct {
	From, To   eventlog.Revision // of the first and the last deletion
	Start, End int64             // of these, in Unix milliseconds
	Position   eventlog.Position // of the last
	Author     int               // index into the thread's Authors
	Edits      int               // how many records
	Line       int               // index, after the last deletion, of the line where it was; LineCount behind the end
	Parts      []RemovedPart     // in order

	pos   int // where it was, in the text
	open  bool
	moved bool // into another
	parts []removed
}

// A RemovedPart is deleted text that one author had written.
type RemovedPart struct {
	Text     string
	Length   int               // of Text, in UTF-16 units
	Author   int               // index into the thread's Authors
	From, To eventlog.Revision // the first and the last that wrote some of it
}

type removed struct {
	units    []uint16
	author   uint32
	from, to eventlog.Revision
}

const (
	// removalUnits is the length at which nothing more is added to a Removal: adding
	// at its beginning takes time in proportion to it.
	removalUnits = 4096
	// openRemovals is at how many places a Removal may be added to.
	openRemovals = 64
)

// A RemovalQuery selects deletions.
type RemovalQuery struct {
	At   eventlog.Revision // the last revision; 0: the head
	Line LineID            // only from its lineage, without the breaks; zero: all
	Each bool              // one Removal for each deletion
}

// ReplayRemovals returns what was deleted in a thread, sorted by the last deletion
// of each, the newest first, and the thread at the last revision. It returns an error
// that wraps eventlog.ErrNotFound when there is no such stream, revision or
// line.
func ReplayRemovals(ctx context.Context, log eventlog.Log, stream eventlog.Stream, q RemovalQuery) (*Thread, []*Removal, error) {
	r := &remover{t: NewThread(stream), each: q.Each}
	if !q.Line.IsZero() {
		t, kin := NewThread(stream), NewFamily()
		if err := t.Fold(log.Read(ctx, stream, 0), q.At, nil, func(_ *event.Event, effect *Effect) { kin.Add(t, effect) }); err != nil {
			return nil, nil, err
		}
		if !kin.Knows(q.Line) {
			return nil, nil, fmt.Errorf("line %s of thread %s at revision %d: %w", q.Line, stream, t.Revision, eventlog.ErrNotFound)
		}
		r.lines = kin.Of(t.Resolve(q.Line))
	}
	if err := r.t.Fold(log.Read(ctx, stream, 0), q.At, r.before, r.after); err != nil {
		return nil, nil, err
	}
	if r.t.Revision < max(q.At, 1) {
		return nil, nil, fmt.Errorf("revision %d of thread %s, which ends at %d: %w", max(q.At, 1), stream, r.t.Revision, eventlog.ErrNotFound)
	}
	return r.t, r.removals(), nil
}

// A remover follows a thread and collects what is deleted.
type remover struct {
	t     *Thread
	lines Lineage // nil: all
	each  bool
	all   []*Removal
	open  []*Removal

	// Of the event that is being applied.
	edits []edit
	gone  []loss
	moves Tombstones // for unkept
}

// A loss is a stretch that the event deletes, as it was.
type loss struct {
	stretch
	edit  int
	units []uint16
	spans []span
}

// before notes what the next event deletes.
func (r *remover) before(e *event.Event) {
	r.edits, r.gone = r.edits[:0], r.gone[:0]
	c := r.t.Change(e)
	if c == nil {
		return
	}
	for ed := range c.Edits() {
		r.edits = append(r.edits, ed)
		if ed.FromA == ed.ToA {
			continue
		}
		if r.lines == nil {
			r.lose(stretch{ed.FromA, ed.ToA})
			continue
		}
		first, _ := r.t.lines.byPos(ed.FromA)
		last, _ := r.t.lines.byPos(ed.ToA)
		for i := first; i <= last; i++ {
			if ln, start := r.t.lines.byIndex(i); r.lines.Has(ln.id, e.Revision) {
				r.lose(stretch{max(ed.FromA, start), min(ed.ToA, start+int(ln.length))})
			}
		}
	}
}

func (r *remover) lose(s stretch) {
	if s.from >= s.to {
		return
	}
	l := loss{stretch: s, edit: len(r.edits) - 1}
	l.units, l.spans = r.t.text.appendUnits(nil, s.from, s.to), r.t.text.appendSpans(nil, s.from, s.to)
	r.gone = append(r.gone, l)
}

// after adds what the event deleted.
func (r *remover) after(e *event.Event, _ *Effect) {
	if len(r.edits) == 0 {
		return
	}
	r.moves.edits, r.moves.moves = r.edits, slices.Clone(r.t.effect.Moves)
	slices.SortFunc(r.moves.moves, func(a, b Move) int { return cmp.Compare(a.From, b.From) })
	r.moves.keep()
	var fresh []*Removal
	for i := range r.gone {
		l := &r.gone[i]
		for at := l.from; at < l.to; {
			end, next := r.moves.unkept(at, l.to)
			if end > at {
				fresh = append(fresh, r.remove(e, l, at, end))
			}
			at = next
		}
	}
	r.shift(e)
	for _, m := range fresh {
		m.Line = r.line(m)
		if m.open {
			r.open = append(r.open, m)
		}
	}
	if n := len(r.open) - openRemovals; n > 0 {
		r.open = slices.Delete(r.open, 0, n)
	}
}

// line returns the line where a removal was: text that begins with the break behind
// a line was below that line.
func (r *remover) line(m *Removal) int {
	i, start := r.t.lines.byPos(m.pos)
	ln, _ := r.t.lines.byIndex(i)
	if m.pos == start+int(ln.length) && m.pos > start && len(m.parts) > 0 && m.parts[0].units[0] == lineBreak {
		i++
	}
	return i
}

// remove adds the units from..to of a loss as a removal, together with the open
// removals of the author there.
func (r *remover) remove(e *event.Event, l *loss, from, to int) *Removal {
	ed := r.edits[l.edit]
	m := &Removal{From: e.Revision, Start: e.Time, Author: int(r.t.lastNumber), pos: ed.FromB}
	at, units := from, 0
	if !r.each {
		for _, old := range r.touching(e, from, to) {
			m.parts = l.append(m.parts, at, old.pos)
			m.parts = appendRemoved(m.parts, old.parts...)
			at, old.moved, old.open = old.pos, true, false
			m.Edits += old.Edits
			if old.From < m.From {
				m.From, m.Start = old.From, old.Start
			}
		}
	}
	m.parts = l.append(m.parts, at, to)
	for _, p := range m.parts {
		units += len(p.units)
	}
	m.To, m.End, m.Position, m.Edits = e.Revision, e.Time, e.Position, m.Edits+1
	m.open = !r.each && len(ed.Insert) == 0 && units < removalUnits
	r.all = append(r.all, m)
	return m
}

// touching returns the open removals of the event's author at from..to, in order.
func (r *remover) touching(e *event.Event, from, to int) (all []*Removal) {
	for _, m := range r.open {
		if m.open && m.pos >= from && m.pos <= to && m.Author == int(r.t.lastNumber) && e.Time-m.End <= PassagePause {
			all = append(all, m)
		}
	}
	slices.SortStableFunc(all, func(a, b *Removal) int { return cmp.Compare(a.pos, b.pos) })
	return all
}

// shift sets the positions of the open removals after the event, and closes those
// where it inserts.
func (r *remover) shift(e *event.Event) {
	r.open = slices.DeleteFunc(r.open, func(m *Removal) bool { return !m.open || e.Time-m.End > PassagePause })
	for _, m := range r.open {
		k, _ := slices.BinarySearchFunc(r.edits, m.pos, func(ed edit, at int) int { return cmp.Compare(ed.ToA, at) })
		switch {
		case k < len(r.edits) && r.edits[k].FromA <= m.pos:
			m.open = len(r.edits[k].Insert) == 0
			m.pos = r.edits[k].FromB
		case k > 0:
			m.pos += r.edits[k-1].ToB - r.edits[k-1].ToA
		}
	}
}

// append appends the units from..to of l, one part for each author in a row.
func (l *loss) append(dst []removed, from, to int) []removed {
	at := l.from
	for _, s := range l.spans {
		if a, b := max(from, at), min(to, at+int(s.n)); a < b {
			part := s.sub(uint32(a-at), uint32(b-a))
			last := part.rev
			if part.step > 0 {
				last += eventlog.Revision(part.n - 1)
			}
			dst = appendRemoved(dst, removed{l.units[a-l.from : b-l.from], s.author, part.rev, last})
		}
		at += int(s.n)
	}
	return dst
}

func appendRemoved(dst []removed, more ...removed) []removed {
	for _, p := range more {
		if n := len(dst); n > 0 && dst[n-1].author == p.author {
			last := &dst[n-1]
			last.units = append(slices.Clip(last.units), p.units...)
			last.from, last.to = min(last.from, p.from), max(last.to, p.to)
			continue
		}
		dst = append(dst, p)
	}
	return dst
}

func (r *remover) removals() []*Removal {
	all := slices.DeleteFunc(r.all, func(m *Removal) bool { return m.moved })
	for _, m := range all {
		for _, p := range m.parts {
			m.Parts = append(m.Parts, RemovedPart{ot.String(p.units), len(p.units), int(p.author), p.from, p.to})
		}
	}
	slices.Reverse(all)
	slices.SortStableFunc(all, func(a, b *Removal) int {
		return cmp.Or(cmp.Compare(b.To, a.To), cmp.Compare(a.Line, b.Line), cmp.Compare(a.pos, b.pos))
	})
	return all
}
