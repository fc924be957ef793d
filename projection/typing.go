package projection

import (
	"math"
	"slices"
)

// A typing is what an author types and deletes in one place and patches do not have yet,
// so that most keys cost them nothing. As long as no content has the length of one that
// it is to be compared with, neither a line nor the text can be as before.
type typing struct {
	by       stamp // of the last key
	line     int   // index of the line
	start    int   // position of the line
	from, to int   // positions of the units that were inserted
	gone     []uint16
	left     int  // how many units may follow, inserted or gone
	on       bool // an edit went on with it

	grown     int  // by how many units the line has grown
	low, high int  // bounds of grown, themselves out of them
	same      bool // 0 is out of bounds, too
}

// typingMax is the most units of a typing.
const typingMax = 1 << 12

// typingFrom lets a typing begin at position at of the current line, number i, which
// begins at start.
func (t *Thread) typingFrom(by stamp, i, start, at int) {
	k := typing{by: by, line: i, start: start, from: at, to: at, gone: t.typing.gone[:0], left: typingMax, low: math.MinInt, high: math.MaxInt}
	t.typing = typing{gone: k.gone}
	ln := t.lines.current()
	if t.byKeystroke || ln.author != by.author || ln.submitted {
		return
	}
	if p := t.patches.find(i); p >= 0 && !k.within(t.patches.list[p], ln) {
		return
	}
	if t.stretch.on {
		p := t.stretch.find(i)
		if p < 0 || !k.within(t.stretch.list[p], ln) {
			return
		}
		k.avoid(t.stretch.length - t.text.length)
	}
	t.typing = k
}

// within limits k to what can be put at once into p, whose line it is in, and reports
// whether there is such a thing.
func (k *typing) within(p *patch, ln *line) bool {
	k.left = min(k.left, p.room())
	if p.lines == 1 && len(p.before) == 1 {
		k.avoid(p.short())
	} else {
		for i := range p.before {
			k.avoid(int(p.before[i].length) - int(ln.length))
		}
	}
	return len(p.kept) < patchKept // of more, the shortest are chosen after each edit
}

// avoid keeps the line from having n units more than now.
func (k *typing) avoid(n int) {
	switch {
	case n < 0:
		k.low = max(k.low, n)
	case n > 0:
		k.high = min(k.high, n)
	default:
		k.same = true
	}
}

// typeOn applies an edit that goes on with the typing: it inserts units at its end, or
// deletes some that end or begin there. It reports whether the edit was one of these.
func (t *Thread) typeOn(by stamp, from, to int, insert []uint16) bool {
	k := &t.typing
	n := len(insert) - (to - from)
	if grown := k.grown + n; grown <= k.low || grown >= k.high || grown == 0 && k.same {
		return false
	}
	switch {
	case from < to:
		if len(insert) > 0 || !t.strikeOn(from, to) {
			return false
		}
	case from != k.to || len(insert) > k.left || slices.Contains(insert, lineBreak):
		return false
	default:
		k.to, k.left = k.to+n, k.left-n
	}
	k.by, k.grown, k.on = by, k.grown+n, true
	ln, _ := t.lines.byIndex(k.line)
	ln.deleted += uint32(to - from)
	ln.touch(by)
	t.lines.resize(n)
	t.replace(by, from, to, insert)
	t.effect.Touched = append(t.effect.Touched, k.line)
	return true
}

// strikeOn notes that the units from..to are deleted, if they end where the typing does
// (Backspace) or begin there (Delete) and are in its line.
func (t *Thread) strikeOn(from, to int) bool {
	k := &t.typing
	switch old := k.from - from; {
	case from >= k.start && to == k.to && old <= k.left:
		k.to = from
		if old > 0 {
			t.scratch.old = t.text.peek(t.scratch.old[:0], from, k.from)
			k.gone = slices.Insert(k.gone, 0, t.scratch.old...)
			k.from, k.left = from, k.left-old
		}
	case from == k.to && to-from <= k.left:
		if ln, start := t.lines.byIndex(k.line); to > start+int(ln.length) {
			return false
		}
		k.gone = t.text.peek(k.gone, from, to)
		k.left -= to - from
	default:
		return false
	}
	return true
}

// endTyping puts the typing into the patches.
func (t *Thread) endTyping() {
	k := t.typing
	t.typing = typing{gone: k.gone[:0]}
	if !k.on {
		return
	}
	if p := t.patches.find(k.line); p >= 0 {
		t.patches.edit(t, p, k.by, k.start, k.from, k.gone, k.to-k.from)
		t.patches.keep(t, p, k.start)
		t.patches.bound()
	}
	if s := t.stretch.find(k.line); s >= 0 {
		t.stretch.edit(t, s, k.by, k.start, k.from, k.gone, k.to-k.from)
		if !t.stretch.keep(t, s, k.start) {
			t.stretch.off()
		}
		t.stretch.bounded()
	}
}
