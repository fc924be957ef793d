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

// Scan returns the hits of a breakpoint from a revision on, ascending, at most one
// for each revision. It folds the history once, for a watch twice.
func (h *History) Scan(ctx context.Context, b *Break, from eventlog.Revision) ([]Hit, error) {
	if b.author != "" {
		who, _ := b.Authors(h)
		return h.by(who, from), nil
	}
	s := &scanner{b: b, thread: projection.NewThread(h.Stream), matched: map[projection.LineID]extent{}, contents: map[projection.LineID]string{}}
	if b.IsWatch() {
		kin := projection.NewFamily()
		last := projection.NewThread(h.Stream)
		if err := h.play(ctx, last, func(_ *event.Event, effect *projection.Effect) { kin.Add(last, effect) }); err != nil {
			return nil, err
		}
		s.lines = kin.Of(last.Resolve(b.watch))
	}
	var hits []Hit
	err := h.play(ctx, s.thread, func(e *event.Event, effect *projection.Effect) {
		hit, ok := s.hit(e, effect)
		if hit.Revision = e.Revision; ok && e.Revision >= from {
			hits = append(hits, hit)
		}
	})
	return hits, err
}

// by returns a hit for each revision of some authors.
func (h *History) by(who []int, from eventlog.Revision) (hits []Hit) {
	for at := from; at <= h.Head(); at++ {
		if slices.Contains(who, h.Author(at)) {
			hits = append(hits, Hit{Revision: at})
		}
	}
	return hits
}

// play folds the whole history into t, and calls f after each record.
func (h *History) play(ctx context.Context, t *projection.Thread, f func(*event.Event, *projection.Effect)) error {
	var d event.Decoder
	for record := range h.after(t.Revision) {
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

// A scanner finds the hits of one breakpoint.
type scanner struct {
	b       *Break
	thread  *projection.Thread           // after the event
	matched map[projection.LineID]extent // the first match of each line that matches
	fresh   []state                      // of the lines that the event changed
	lines   projection.Lineage
	// contents has the lines of the lineage that are in the text after the event.
	contents map[projection.LineID]string
}

// A state is the first match of a line after the event, if it matches.
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

// onLine hits if the line with the number now was changed, or the line that had the
// number before is gone.
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

// gone reports whether the event removed a line or joined it into another.
func (s *scanner) gone(id projection.LineID, effect *projection.Effect) bool {
	for _, h := range effect.Hunks {
		if slices.Contains(h.New, id) {
			return false
		}
	}
	return true
}

// onPattern hits if inserted text matches, or a line starts to match.
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

// find returns the first match in a line.
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

// didMatch reports whether a line matched before the event, or a line that the
// event split or joined to make it.
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

// onWatch hits if the content of a line of the lineage changed, or a line was born,
// came back, was removed, or was joined into another. A row's revision does not
// show this: an author who takes back a slip changes the line, and its row stays the same.
func (s *scanner) onWatch(e *event.Event, effect *projection.Effect) (Hit, bool) {
	t := s.thread
	_, black := e.Payload.(event.Redacted) // the text before is redacted in the log, too
	var found Hit
	for _, i := range effect.Lines() {
		row := t.Row(i)
		if !s.lines.Has(row.ID, t.Revision) {
			continue
		}
		was, lived := s.contents[row.ID]
		now := t.Content(row)
		if s.contents[row.ID] = now; lived && was == now && !black {
			continue
		}
		if found.Line == 0 || row.ID == s.b.watch { // prefer the line itself to its relatives
			found = Hit{Line: i + 1, Born: row.ID.Revision == t.Revision}
		}
	}
	for _, h := range effect.Hunks {
		for k, id := range h.Old {
			if !s.lines.Has(id, t.Revision) || !s.gone(id, effect) {
				continue
			}
			delete(s.contents, id)
			switch i := t.Find(id); {
			case found.Line > 0:
			case i >= 0:
				found = Hit{Line: i + 1}
			default:
				found = Hit{Line: h.At + k + 1, Gone: true}
			}
		}
	}
	return found, found.Line > 0
}

// changeOf returns the change that e makes to the text, nil if it makes none.
func changeOf(e *event.Event) *ot.Change {
	switch f := e.Payload.(type) {
	case *event.Changed:
		return &f.Change
	case event.Redacted:
		return &f.Change
	}
	return nil
}
