package authority

import (
	"slices"

	"parodywave/eventlog"
	"parodywave/eventlog/ot"
	"parodywave/projection"
	"parodywave/server/internal/wire"
)

// A view is a line as a client in line mode shows it. It lies in a text of the
// view's own, of length units, in which the line begins at start and reads
// text. bridge leads from that text to the thread's. Bridges may be composed,
// because only the server computes them: nobody else has to arrive at the same
// change.
type view struct {
	line   projection.LineID
	rev    eventlog.Revision // of the client's own record that made it, or else when it was delivered
	text   []uint16
	start  int
	length int
	bridge ot.Change
	passed int // changes since the bridge was shortened
}

// viewOf returns the view of line i as it reads now.
func viewOf(t *projection.Thread, i int) *view {
	row := t.Row(i)
	return &view{
		line: row.ID, rev: t.Revision,
		text:  t.Units(row.Start, row.Start+row.Length),
		start: row.Start, length: t.Len(), bridge: ot.Keep(t.Len()),
	}
}

// pass carries the view over a change by another client.
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

// shorten removes from the bridge the edits that do not touch the line. The
// rest of the view's text only positions the line, so it may be replaced by the
// thread's. Otherwise carrying a line that a client holds open over one change
// would cost as much as all changes before.
func (v *view) shorten() {
	v.passed = 0
	end := v.start + len(v.text)
	var near []ot.Edit
	shift, after := 0, 0 // thread position minus view position, left and right of the near edits
	for e := range v.bridge.Edits() {
		switch {
		case e.ToA < v.start:
			shift = e.ToB - e.ToA
		case e.FromA <= end:
			near = append(near, e)
		}
	}
	from, to := v.start, end // the part of the view's text that stays
	after = shift
	if n := len(near); n > 0 {
		from, to = min(from, near[0].FromA), max(to, near[n-1].ToA)
		after = near[n-1].ToB - near[n-1].ToA
	}
	rest := v.bridge.NewLen() - (to + after)
	var b ot.Builder
	b.Keep(from + shift)
	for _, e := range near {
		b.Edit(e.FromA+shift, e.ToA+shift, e.Insert)
	}
	b.KeepTo(to + shift + rest)
	v.bridge = b.Change()
	v.start += shift
	v.length = v.bridge.Len()
}

// edit returns the change that turns the view's text into value, carried to the
// thread, and the client's view after it. It keeps what others did to the line.
// The line is at from..to of the thread's text now; what the client writes
// stays inside it even where another client has put a line directly before or
// after.
func (v *view) edit(value []uint16, from, to int) (ot.Change, *view) {
	prefix, suffix := ot.Common(v.text, value)
	at, end := v.start+prefix, v.start+len(v.text)-suffix
	insert := value[prefix : len(value)-suffix]

	// Deletions come first: they have no ties.
	d := ot.Replace(v.length, at, end, nil)
	c, bridge := cross(d, v.bridge)
	if len(insert) > 0 {
		from, to = c.MapPos(from, -1), c.MapPos(to, 1)
		lo, hi := bridge.MapPos(at, -1), bridge.MapPos(at, 1)
		q := min(max(min(hi, to), from), hi) // logged text comes first at one position, but within the line
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
// new text, and inserts n kept units there: text that both sides have now.
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
	for e := range rest.Edits() {
		left.Edit(a+n+e.FromA, a+n+e.ToA, e.Insert)
	}
	left.KeepTo(a + n + rest.Len())
	return left.Change()
}

// distance counts the code points deleted and inserted between the view's text
// and value after removing the common prefix, then suffix.
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

// reaches reports whether any unit of the view's line is left in row or, for an
// empty line, whether its position maps into row. It is false if the line was
// moved, which a bridge sees as a deletion and an insertion, or replaced.
func (v *view) reaches(row projection.Row) bool {
	from, to := v.start, v.start+len(v.text)
	if from == to {
		return v.bridge.MapPos(from, -1) <= row.Start+row.Length && v.bridge.MapPos(from, 1) >= row.Start
	}
	at, shift := 0, 0 // the end of the last edit, and the shift from there to the thread
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

// onto returns v if it reaches row. Otherwise it returns v with a new bridge,
// made from the difference to what row reads.
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

// viewsMax bounds the entries over which a view is carried in the authority's goroutine.
const viewsMax = 1024

// viewAt returns the view of line i as it was at a revision. identityAt has
// found the line there; before is it, if it is not in memory.
func (a *Authority) viewAt(rev eventlog.Revision, i int, before *pastLine) (*view, *wire.Error) {
	t := a.thread
	if rev == t.Revision {
		return viewOf(t, i), nil
	}
	if before != nil {
		return a.viewOn(rev, before)
	}
	entries, ok := a.recent.after(rev)
	if !ok || rev < a.recent.views {
		return nil, a.farLine(rev)
	}
	back, forth := ot.Keep(t.Len()), ot.Keep(t.Len())
	for k := len(entries) - 1; k >= 0; k-- {
		c, changed := change(entries[k].event)
		if !changed || c.IsEmpty() {
			continue
		}
		if !a.walk(2 * (forth.Sections() + c.Sections())) {
			return nil, a.farLine(rev)
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

// viewOn returns the view of a line from before the recent entries, carried on over
// those that came since it was found.
func (a *Authority) viewOn(rev eventlog.Revision, before *pastLine) (*view, *wire.Error) {
	entries, ok := a.recent.after(before.to)
	if !ok {
		return nil, a.farLine(rev)
	}
	v := *before.view
	for k := range entries {
		if c, changed := change(entries[k].event); changed {
			if !a.walk(v.bridge.Sections() + c.Sections()) {
				return nil, a.farLine(rev)
			}
			v.pass(c)
		}
	}
	return &v, nil
}

func (a *Authority) farLine(rev eventlog.Revision) *wire.Error {
	return a.stale("rev %d is too far behind: join again, then send the line as it reads now", rev)
}

func compose(a, b ot.Change) ot.Change {
	c, err := a.Compose(b)
	if err != nil {
		panic("authority: window out of step: " + err.Error())
	}
	return c
}

// nth returns line i of text and where it starts.
func nth(text []uint16, i int) (start int, piece []uint16) {
	for ; i > 0; i-- {
		start += slices.Index(text[start:], '\n') + 1
	}
	if n := slices.Index(text[start:], '\n'); n >= 0 {
		return start, slices.Clone(text[start : start+n])
	}
	return start, slices.Clone(text[start:])
}
