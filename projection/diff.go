package projection

import (
	"context"
	"fmt"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
)

// A Diff compares two revisions of a thread line by line. Its lines are those
// that people count: an empty piece behind the last break is none.
//
// Lines are the same because of what happened, not because of their text: a line
// with the same identity and text stays, unless it moved relative to other such
// lines. Between two lines that stay, lines with equal text are paired by
// linediff.Common. So equal texts have no differences, and a line that was deleted
// and typed again is none.
type Diff struct {
	Thread   *Thread // at the later revision
	From, To eventlog.Revision
	// FromTime and ToTime are the times of the two, in Unix milliseconds.
	FromTime, ToTime int64
	Lines            []DiffLine // of both, from top to bottom
}

// A DiffLine is a line of one of the two texts, or of both.
type DiffLine struct {
	Kind int    // 0: in both, -1: only in the text From, 1: only in the text To
	Old  int    // its index in the text From, -1: none
	New  int    // its index in the text To, -1: none
	Text string // without its break
	Open bool   // it has no break, since the text ends with it
	// Pair is the index, in Lines, of the same line in the other text, if it
	// changed; otherwise -1.
	Pair int
	// How is why the texts differ here: wrote, changed, moved, joined, deleted or
	// redacted; kept for a line in both. By is the record that did it. For a line of
	// the earlier text that is the record that deleted or joined it, or else the
	// first that changed it; for a line of the later text or of both, the last that
	// changed it; for a line that only moved or was redacted, the last that did so.
	How string
	By  Moment
}

// ReplayDiff compares the revisions from and to of a stream. If to is before from,
// the Diff says what would have to be done to go back. It returns an error that wraps eventlog.ErrNotFound when there is no such stream
// or revision.
func ReplayDiff(ctx context.Context, src Source, stream eventlog.Stream, from, to eventlog.Revision) (*Diff, error) {
	early, late := min(from, to), max(from, to)
	t, err := Replay(ctx, src, stream, early)
	if err != nil {
		return nil, err
	}
	c := &comparer{t: t, since: early, ended: map[LineID]done{}, moved: map[LineID]Moment{}, born: map[LineID]Moment{}, redacted: map[LineID]Moment{}, touched: map[LineID]Moment{}}
	c.old = c.sideOf()
	out := &Diff{Thread: t, From: early, To: late, FromTime: t.UpdatedAt}
	if early < late {
		if err := t.Fold(src.Read(ctx, stream, early), late, nil, c.after); err != nil {
			return nil, err
		}
	}
	if t.Revision < late {
		return nil, fmt.Errorf("revision %d of thread %s, which ends at %d: %w", late, stream, t.Revision, eventlog.ErrNotFound)
	}
	c.new = c.sideOf()
	out.ToTime, out.Lines = t.UpdatedAt, c.lines()
	if to < from {
		out.invert()
	}
	return out, nil
}

// invert exchanges the two texts.
func (c *Diff) invert() {
	c.From, c.To, c.FromTime, c.ToTime = c.To, c.From, c.ToTime, c.FromTime
	for i := range c.Lines {
		l := &c.Lines[i]
		l.Kind, l.Old, l.New = -l.Kind, l.New, l.Old
	}
	// Within a block, deleted lines come first.
	order := make([]int, len(c.Lines)) // new index of each
	var out []DiffLine
	for i := 0; i < len(c.Lines); {
		end := i
		for end < len(c.Lines) && c.Lines[end].Kind != 0 {
			end++
		}
		for _, kind := range []int{-1, 1} {
			for k := i; k < end; k++ {
				if c.Lines[k].Kind == kind {
					order[k] = len(out)
					out = append(out, c.Lines[k])
				}
			}
		}
		if end < len(c.Lines) {
			order[end] = len(out)
			out = append(out, c.Lines[end])
		}
		i = end + 1
	}
	for i := range out {
		if out[i].Pair >= 0 {
			out[i].Pair = order[out[i].Pair]
		}
	}
	c.Lines = out
}

// A comparer follows a thread from the earlier revision to the later.
type comparer struct {
	t        *Thread
	since    eventlog.Revision
	old, new []sideLine        // all pieces
	ended    map[LineID]done   // what changed or ended lines of the earlier text
	moved    map[LineID]Moment // the last move of lines
	born     map[LineID]Moment
	redacted map[LineID]Moment // the last redaction of lines
	touched  map[LineID]Moment // the last record that touched lines, although the row may be older
}

// A sideLine is a piece of one of the texts.
type sideLine struct {
	id      LineID
	text    string
	open    bool
	changed Moment
}

func (l *sideLine) same(other *sideLine) bool { return l.text == other.text && l.open == other.open }

type done struct {
	Moment
	how string
}

func (c *comparer) sideOf() (all []sideLine) {
	t := c.t
	pos := 0
	units := t.text.appendUnits(nil, 0, t.text.length)
	for _, ln := range t.lines.all {
		text := ot.String(units[pos : pos+int(ln.length)])
		all = append(all, sideLine{ln.id, text, false, Moment{ln.changed, int(ln.author), ln.at}})
		pos += int(ln.length) + 1
	}
	if n := len(all); n > 0 {
		all[n-1].open = true
	}
	return all
}

// counted returns the number of pieces that people count as lines.
func counted(all []sideLine) int {
	if n := len(all); n > 0 && all[n-1].text == "" {
		return n - 1
	}
	return len(all)
}

// after notes what an event did to the lines.
func (c *comparer) after(e *event.Event, _ *Effect) {
	t := c.t
	now := Moment{e.Revision, int(t.lastNumber), e.Time}
	if _, ok := e.Payload.(event.Redacted); ok {
		for _, i := range t.effect.Touched {
			ln, _ := t.lines.byIndex(i)
			c.redacted[ln.id] = now
		}
	}
	if changeOf(e) == nil {
		return
	}
	for _, i := range t.effect.Touched {
		ln, _ := t.lines.byIndex(i)
		c.touched[ln.id] = now
		if ln.id.Revision <= c.since && ln.changed == e.Revision {
			c.end(ln.id, now, "changed")
		}
	}
	for _, h := range t.effect.Hunks {
		for _, id := range h.New {
			if id.Revision == e.Revision {
				c.born[id] = now
			}
		}
	}
	for _, m := range t.effect.Moves {
		first, _ := t.lines.byPos(m.At)
		last, _ := t.lines.byPos(m.At + m.To - m.From)
		for i := first; i <= last; i++ {
			ln, _ := t.lines.byIndex(i)
			c.moved[ln.id] = now
		}
	}
	c.dead(now)
}

// dead notes which lines ended.
func (c *comparer) dead(now Moment) {
	if len(c.t.effect.Hunks) == 0 {
		return
	}
	alive := map[LineID]bool{}
	for _, h := range c.t.effect.Hunks {
		for _, id := range h.New {
			alive[id] = true
		}
	}
	for _, h := range c.t.effect.Hunks {
		for _, id := range h.Old {
			switch {
			case alive[id] || id.Revision > c.since:
			case c.t.Resolve(id) != id:
				c.end(id, now, "joined")
			default:
				c.end(id, now, "deleted")
			}
		}
	}
}

// end notes what changed or ended a line of the earlier text. The first record of
// a kind counts, and the last kind: a line that was changed and then deleted was
// deleted.
func (c *comparer) end(id LineID, now Moment, how string) {
	if was, ok := c.ended[id]; ok && (was.how == how || how == "changed") {
		return
	}
	c.ended[id] = done{now, how}
}

// lines returns the lines of both texts, from top to bottom.
func (c *comparer) lines() []DiffLine {
	var out []DiffLine
	o, n := 0, 0
	end := [2]int{counted(c.old), counted(c.new)}
	for _, p := range append(c.align(end), end) {
		out = c.block(out, o, p[0], n, p[1])
		if p != end {
			l := &c.new[p[1]]
			out = append(out, DiffLine{Old: p[0], New: p[1], Text: l.text, Open: l.open, Pair: -1, How: "kept", By: l.changed})
		}
		o, n = p[0]+1, p[1]+1
	}
	return out
}

// block adds the lines o..oEnd, which only the earlier text has, and n..nEnd, which
// only the later one has, and pairs lines with the same identity.
func (c *comparer) block(out []DiffLine, o, oEnd, n, nEnd int) []DiffLine {
	where := map[LineID]int{}
	for ; o < oEnd; o++ {
		l := &c.old[o]
		how := c.left(o)
		where[l.id] = len(out)
		out = append(out, DiffLine{Kind: -1, Old: o, New: -1, Text: l.text, Open: l.open, Pair: -1, How: how.how, By: how.Moment})
	}
	for ; n < nEnd; n++ {
		l := &c.new[n]
		how := c.came(n)
		line := DiffLine{Kind: 1, Old: -1, New: n, Text: l.text, Open: l.open, Pair: -1, How: how.how, By: how.Moment}
		if i, ok := where[l.id]; ok {
			line.Pair, out[i].Pair = i, len(out)
		}
		out = append(out, line)
	}
	return out
}

// left returns what became of a line of the earlier text.
func (c *comparer) left(o int) done {
	if d, ok := c.ended[c.old[o].id]; ok {
		return d
	}
	return c.aside(c.old[o].id)
}

// came returns where a line of the later text is from.
func (c *comparer) came(n int) done {
	l := &c.new[n]
	if l.changed.Revision > c.since {
		if l.id.Revision > c.since {
			return done{l.changed, "wrote"}
		}
		return done{l.changed, "changed"}
	}
	return c.aside(l.id)
}

// aside returns what happened to a line that nobody changed: it was redacted or
// moved, or the break behind it was inserted or deleted.
func (c *comparer) aside(id LineID) (d done) {
	if m, ok := c.redacted[id]; ok {
		return done{m, "redacted"}
	}
	if m, ok := c.moved[id]; ok {
		return done{m, "moved"}
	}
	newest := func(m Moment) {
		if m.Revision > d.Revision {
			d = done{m, "changed"}
		}
	}
	for _, all := range [][]sideLine{c.old, c.new} {
		for i := 1; i < len(all); i++ {
			if all[i-1].id == id {
				newest(c.born[all[i].id])
				newest(c.moved[all[i].id])
				newest(c.ended[all[i].id].Moment)
			}
		}
	}
	if d.Revision == 0 {
		newest(c.touched[id])
	}
	return d
}
