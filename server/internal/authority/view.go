package authority

import (
	"context"
	"slices"

	"parodywave/eventlog"
	"parodywave/eventlog/ot"
	"parodywave/projection"
	"parodywave/server/internal/wire"
)

// A view is a line as a line-mode client has it before its eyes: in a text of
// its own, of length units, the line begins at start and reads text. bridge
// leads from that text to the thread's. Only the server computes it, so it may
// be composed: nobody else has to arrive at the same change.
type view struct {
	line   projection.LineID
	rev    eventlog.Revision // of the record that made it, if its client did; else when it was seen
	text   []uint16
	start  int
	length int
	bridge ot.Change
	passed int // changes since the bridge was cut short
}

// look returns the view of line i as it reads now.
func look(t *projection.Thread, i int) *view {
	row := t.Row(i)
	return &view{
		line: row.ID, rev: t.Revision,
		text:  t.Units(row.Start, row.Start+row.Length),
		start: row.Start, length: t.Len(), bridge: ot.Keep(t.Len()),
	}
}

// pass carries the view over a change to the thread that is not its client's.
func (v *view) pass(c ot.Change) {
	b, err := v.bridge.Compose(c)
	if err != nil {
		panic("authority: view out of step: " + err.Error())
	}
	v.bridge = b
	if v.passed++; v.passed >= shortenAfter {
		v.shorten()
	}
}

// shortenAfter is how many changes a view is carried over before it is
// shortened.
const shortenAfter = 16

// shorten takes out of the bridge what does not touch the line: the rest of the
// view's text is only there to count by, so it may as well be the thread's.
// Without that a line held open would be carried over each change at the cost
// of all changes before.
func (v *view) shorten() {
	v.passed = 0
	end := v.start + len(v.text)
	var near []ot.Edit
	shift, after := 0, 0 // thread minus view, left of the near edits and right of them
	for e := range v.bridge.Edits() {
		switch {
		case e.ToA < v.start:
			shift = e.ToB - e.ToA
		case e.FromA <= end:
			near = append(near, e)
		}
	}
	from, to := v.start, end // what of the view's text stays
	after = shift
	if n := len(near); n > 0 {
		from, to = min(from, near[0].FromA), max(to, near[n-1].ToA)
		after = near[n-1].ToB - near[n-1].ToA
	}
	rest := v.bridge.NewLen() - (to + after)
	var b ot.Builder
	b.Keep(from + shift)
	at := from
	for _, e := range near {
		b.Keep(e.FromA - at)
		b.Replace(e.ToA-e.FromA, e.Insert)
		at = e.ToA
	}
	b.Keep(to - at + rest)
	v.bridge = b.Change()
	v.start += shift
	v.length = v.bridge.Len()
}

// edit returns the change that turns the view's text into value, carried to
// the thread, and the view that the client has then. The rest of what others
// did stays. The line is at from..to of the thread's text now: what the client
// writes stays in it, also where somebody has put a line right before or after.
func (v *view) edit(value []uint16, from, to int) (ot.Change, *view) {
	prefix, suffix := ot.Common(v.text, value)
	at, end := v.start+prefix, v.start+len(v.text)-suffix
	insert := value[prefix : len(value)-suffix]

	// Deletions first: they have no ties.
	d := ot.Replace(v.length, at, end, nil)
	c, bridge := cross(d, v.bridge)
	if len(insert) > 0 {
		from, to = c.MapPos(from, -1), c.MapPos(to, 1)
		lo, hi := bridge.MapPos(at, -1), bridge.MapPos(at, 1)
		q := min(max(min(hi, to), from), hi) // logged text stays first, but within the line
		q = max(q, lo)
		c = compose(c, ot.Replace(c.NewLen(), q, q, insert))
		bridge = part(bridge, at, q, len(insert))
	}
	next := &view{line: v.line, text: value, start: v.start, length: v.length - len(v.text) + len(value), bridge: bridge}
	return c, next
}

// cross carries a change and a bridge over each other.
func cross(d, bridge ot.Change) (ot.Change, ot.Change) {
	c, err := d.Transform(bridge, false)
	if err == nil {
		if bridge, err = bridge.Transform(d, true); err == nil {
			return c, bridge
		}
	}
	panic("authority: view out of step: " + err.Error())
}

// part opens bridge where position a of its old text meets position b of its
// new one, and puts n kept units there: text that both sides have now.
func part(bridge ot.Change, a, b, n int) ot.Change {
	var left, right ot.Builder
	posA, posB := 0, 0
	section := func(toA, toB int, insert []uint16, keep bool) {
		nA, nB := min(max(a-posA, 0), toA-posA), min(max(b-posB, 0), toB-posB)
		if keep {
			left.Keep(nA)
			right.Keep(toA - posA - nA)
		} else {
			left.Replace(nA, insert[:nB])
			right.Replace(toA-posA-nA, insert[nB:])
		}
		posA, posB = toA, toB
	}
	for e := range bridge.Edits() {
		section(e.FromA, e.FromB, nil, true)
		section(e.ToA, e.ToB, e.Insert, false)
	}
	section(bridge.Len(), bridge.NewLen(), nil, true)
	left.Keep(n)
	rest := right.Change()
	at := 0
	for e := range rest.Edits() {
		left.Keep(e.FromA - at)
		left.Replace(e.ToA-e.FromA, e.Insert)
		at = e.ToA
	}
	left.Keep(rest.Len() - at)
	return left.Change()
}

// distance counts the code points that lie between the view's text and value:
// deleted and inserted ones after the common prefix, then suffix, are removed.
func (v *view) distance(value []uint16) int {
	prefix, suffix := ot.Common(v.text, value)
	return points(v.text[prefix:len(v.text)-suffix]) + points(value[prefix:len(value)-suffix])
}

func high(u uint16) bool { return u >= 0xd800 && u < 0xdc00 }
func low(u uint16) bool  { return u >= 0xdc00 && u < 0xe000 }

func points(units []uint16) int {
	n := 0
	for _, u := range units {
		if !low(u) {
			n++
		}
	}
	return n
}

// reaches reports whether any of the view's line is left in row, or, where it
// is empty, whether it leads there. That is not so when the line was moved,
// which to a bridge is deleting and inserting, or written anew.
func (v *view) reaches(row projection.Row) bool {
	from, to := v.start, v.start+len(v.text)
	if from == to {
		return v.bridge.MapPos(from, -1) <= row.Start+row.Length && v.bridge.MapPos(from, 1) >= row.Start
	}
	at, shift := 0, 0 // behind the last edit, and from there to the thread
	kept := func(end int) bool {
		return max(at, from, row.Start-shift) < min(end, to, row.Start+row.Length-shift)
	}
	for e := range v.bridge.Edits() {
		if kept(e.FromA) {
			return true
		}
		at, shift = e.ToA, e.ToB-e.ToA
	}
	return kept(v.bridge.Len())
}

// onto returns v, or, if it does not reach row, v with a bridge that does, made
// from the difference to what stands there.
func (v *view) onto(t *projection.Thread, row projection.Row) *view {
	if v.reaches(row) {
		return v
	}
	now := t.Units(row.Start, row.Start+row.Length)
	prefix, suffix := ot.Common(v.text, now)
	w := *v
	w.start, w.length = row.Start, t.Len()-row.Length+len(v.text)
	w.bridge = ot.Replace(w.length, w.start+prefix, w.start+len(v.text)-suffix, now[prefix:len(now)-suffix])
	return &w
}

// viewAt returns the view of line i as it stood at a revision; identityAt
// found it there.
func (a *Authority) viewAt(rev eventlog.Revision, i int) (*view, *wire.Error) {
	t := a.thread
	if rev == t.Revision {
		return look(t, i), nil
	}
	entries, ok := a.window.after(rev)
	if !ok {
		return a.viewFromLog(rev, i)
	}
	back, forth := ot.Keep(t.Len()), ot.Keep(t.Len())
	for k := len(entries) - 1; k >= 0; k-- {
		c, changed := change(entries[k].event)
		if !changed || c.IsEmpty() {
			continue
		}
		if l := entries[k].lines; l == nil || l.inverse == nil { // made while nobody was in line mode, or redacted
			return a.viewFromLog(rev, i)
		}
		back = compose(back, *entries[k].lines.inverse)
		forth = compose(c, forth)
	}
	text, err := back.Apply(t.Units(0, t.Len()))
	if err != nil {
		panic("authority: window out of step: " + err.Error())
	}
	v := &view{rev: rev, length: len(text), bridge: forth}
	v.start, v.text = nth(text, i)
	return v, nil
}

// viewFromLog is viewAt for a revision that is older than the window.
func (a *Authority) viewFromLog(rev eventlog.Revision, i int) (*view, *wire.Error) {
	old, err := projection.Replay(context.Background(), a.cfg.Log, a.cfg.Stream, rev)
	if err != nil {
		return nil, wire.Errorf(wire.Unavailable, "revision %d cannot be read: %v", rev, err)
	}
	events, err := a.since(rev)
	if err != nil {
		return nil, wire.Errorf(wire.Unavailable, "the entries since revision %d cannot be read: %v", rev, err)
	}
	v := look(old, i)
	for _, e := range events {
		if c, ok := change(e); ok {
			v.pass(c)
		}
	}
	return v, nil
}

func compose(a, b ot.Change) ot.Change {
	c, err := a.Compose(b)
	if err != nil {
		panic("authority: window out of step: " + err.Error())
	}
	return c
}

// nth returns piece i of text and where it starts.
func nth(text []uint16, i int) (start int, piece []uint16) {
	for ; i > 0; i-- {
		start += slices.Index(text[start:], '\n') + 1
	}
	if n := slices.Index(text[start:], '\n'); n >= 0 {
		return start, slices.Clone(text[start : start+n])
	}
	return start, slices.Clone(text[start:])
}
