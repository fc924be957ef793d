package player

import (
	"context"
	"slices"
	"unicode/utf16"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/projection"
)

// Scan returns every hit of a breakpoint from a revision on, ascending; at most
// one a revision. It folds the history once, for a watch twice.
func (r *History) Scan(ctx context.Context, b *Break, from eventlog.Revision, idString func(eventlog.AuthorID) string) ([]Hit, error) {
	if b.author != "" {
		who, _ := b.Authors(r, idString)
		return r.by(who, from), nil
	}
	s := &scanner{b: b, thread: projection.NewThread(r.Stream), matched: map[projection.LineID]extent{}}
	if b.IsWatch() {
		kin := projection.NewFamily()
		last := projection.NewThread(r.Stream)
		if err := r.play(ctx, last, func(_ *event.Event, effect *projection.Effect) { kin.Add(last, effect) }); err != nil {
			return nil, err
		}
		s.lines = kin.Of(last.Resolve(b.watch))
	}
	var hits []Hit
	err := r.play(ctx, s.thread, func(e *event.Event, effect *projection.Effect) {
		h, ok := s.hit(e, effect)
		if h.Revision = e.Revision; ok && e.Revision >= from {
			hits = append(hits, h)
		}
	})
	return hits, err
}

// by returns the revisions of some authors.
func (r *History) by(who []int, from eventlog.Revision) (hits []Hit) {
	for at := from; at <= r.Head(); at++ {
		if slices.Contains(who, r.Author(at)) {
			hits = append(hits, Hit{Revision: at})
		}
	}
	return hits
}

// play folds the whole history into t, and calls f after each record.
func (r *History) play(ctx context.Context, t *projection.Thread, f func(*event.Event, *projection.Effect)) error {
	var d event.Decoder
	for record := range r.after(t.Revision) {
		if record.Revision%4096 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		e, err := d.Decode(&record)
		if err != nil {
			return err
		}
		effect, err := t.Apply(*e)
		if err != nil {
			return err
		}
		f(e, effect)
	}
	return nil
}

// A scanner tells where one breakpoint stops.
type scanner struct {
	b       *Break
	thread  *projection.Thread           // after the event
	matched map[projection.LineID]extent // the lines that match, and where
	fresh   []state
	lines   projection.Lineage
}

// A state says whether a line matches after the event, and where.
type state struct {
	id    projection.LineID
	found bool
	extent
}

// An extent is the place of a match in its line, in UTF-16 units.
type extent struct{ from, to int }

func (s *scanner) hit(e *event.Event, effect *projection.Effect) (Hit, bool) {
	switch {
	case s.b.line > 0:
		return s.onLine(effect)
	case s.b.pattern != nil:
		return s.onPattern(e, effect)
	}
	return s.onWatch(e, effect)
}

// onLine: the line that has the number now was touched, or the one that had it
// is gone.
func (s *scanner) onLine(effect *projection.Effect) (Hit, bool) {
	if _, ok := slices.BinarySearch(effect.Touched, s.b.line-1); ok {
		return Hit{Line: s.b.line}, true
	}
	for _, h := range effect.Hunks {
		if k := s.b.line - 1 - h.At; k >= 0 && k < len(h.Old) && s.gone(h.Old[k], effect) {
			return Hit{Line: s.b.line, Gone: true}, true
		}
	}
	return Hit{}, false
}

// gone reports whether a line is in none of the hunks any more: it died, or was
// joined into another.
func (s *scanner) gone(id projection.LineID, effect *projection.Effect) bool {
	for _, h := range effect.Hunks {
		if slices.Contains(h.New, id) {
			return false
		}
	}
	return true
}

// onPattern: what was inserted matches, or a line that did not matches now.
func (s *scanner) onPattern(e *event.Event, effect *projection.Effect) (h Hit, ok bool) {
	c := changeOf(e)
	if c == nil {
		return h, false
	}
	for ed := range c.Edits() {
		if len(ed.Insert) == 0 {
			continue
		}
		text := string(utf16.Decode(ed.Insert))
		if at := s.b.pattern.FindStringIndex(text); at != nil {
			h, ok = Hit{Line: s.thread.LineAt(ed.FromB+unitsIn(text[:at[0]])) + 1}, true
			break
		}
	}
	s.fresh = s.fresh[:0]
	only, single := c.Only()
	single = single && len(effect.Hunks) == 0
	for _, i := range effect.Touched {
		row := s.thread.Row(i)
		if single && s.spares(row, only) {
			continue
		}
		now := s.find(row)
		if now.found && !ok && !s.didMatch(row, effect) {
			h, ok = Hit{Line: i + 1}, true
		}
		s.fresh = append(s.fresh, now)
	}
	for _, f := range s.fresh {
		if f.found {
			s.matched[f.id] = f.extent
		} else {
			delete(s.matched, f.id)
		}
	}
	return h, ok
}

// find looks for a match in a line.
func (s *scanner) find(row projection.Row) state {
	content := s.thread.Content(row)
	at := s.b.pattern.FindStringIndex(content)
	if at == nil {
		return state{id: row.ID}
	}
	from := unitsIn(content[:at[0]])
	return state{row.ID, true, extent{from, from + unitsIn(content[at[0]:at[1]])}}
}

func unitsIn(s string) (n int) {
	for _, r := range s {
		n += utf16.RuneLen(r)
	}
	return n
}

// didMatch reports whether a line, or what it was made of by the event, matched
// before.
func (s *scanner) didMatch(row projection.Row, effect *projection.Effect) bool {
	did := func(id projection.LineID) bool { _, ok := s.matched[id]; return ok }
	if did(row.ID) || row.ID.Revision == s.thread.Revision && did(row.SplitFrom) {
		return true
	}
	for _, h := range effect.Hunks {
		for _, id := range h.Old {
			if did(id) && s.thread.Resolve(id) == row.ID {
				return true
			}
		}
	}
	return false
}

// onWatch: the content of a line of the lineage changed, or such a line died or
// was joined into another.
func (s *scanner) onWatch(e *event.Event, effect *projection.Effect) (Hit, bool) {
	t := s.thread
	_, black := e.Payload.(event.Redacted) // which alters no row's revision
	var found Hit
	for _, i := range effect.Touched {
		row := t.Row(i)
		if !black && row.Revision != t.Revision || !s.lines.Has(row.ID, t.Revision) {
			continue
		}
		if found.Line == 0 || row.ID == s.b.watch { // rather itself than what is joined into it later
			found = Hit{Line: i + 1, Born: row.ID.Revision == t.Revision}
		}
	}
	if found.Line > 0 {
		return found, true
	}
	for _, h := range effect.Hunks {
		for k, id := range h.Old {
			if !s.lines.Has(id, t.Revision) || !s.gone(id, effect) {
				continue
			}
			if i := t.Find(id); i >= 0 {
				return Hit{Line: i + 1}, true
			}
			return Hit{Line: h.At + k + 1, Gone: true}, true
		}
	}
	return Hit{}, false
}

// changeOf returns what e does to the text, nil if nothing.
func changeOf(e *event.Event) *ot.Change {
	switch f := e.Payload.(type) {
	case *event.Changed:
		return &f.Change
	case event.Redacted:
		return &f.Change
	}
	return nil
}
