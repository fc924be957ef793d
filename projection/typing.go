package projection

import "slices"

// A typing is units that an author types in one place and that patches do not have
// yet, so that most keys cost them nothing. There are so few that neither a line nor
// the text can be as before, whatever the units are: every content from the first unit
// on is longer than the one that was compared, and shorter than the next that is to be.
type typing struct {
	by       stamp // of the last key
	line     int   // index of the line
	start    int   // position of the line
	from, to int   // positions of the units
	left     int   // how many units may follow
}

// typingMax is the most units of a typing.
const typingMax = 1 << 12

// typingFrom lets a typing begin at position at of the current line, number i, which
// begins at start.
func (t *Thread) typingFrom(by stamp, i, start, at int) {
	t.typing = typing{}
	if ln := t.lines.current(); t.byKeystroke || ln.author != by.author || ln.submitted {
		return
	}
	left := t.limit(by, i, typingMax, true) - 1
	if k := t.patches.find(i); k >= 0 {
		left = min(left, t.patches.list[k].room())
	}
	if t.stretch.on {
		k := t.stretch.find(i)
		if k < 0 {
			return
		}
		left = min(left, t.stretch.list[k].room())
	}
	t.typing = typing{by, i, start, at, at, left}
}

// typeOn applies an edit that goes on with the typing: it inserts units at the end or
// deletes some there, but not all. It reports whether the edit was one of these.
func (t *Thread) typeOn(by stamp, from, to int, insert []uint16) bool {
	k := &t.typing
	switch {
	case to != k.to:
		return false
	case from < to && len(insert) == 0 && from > k.from:
	case from == to && len(insert) > 0 && len(insert) <= k.left && !slices.Contains(insert, lineBreak):
	default:
		return false
	}
	n := len(insert) - (to - from)
	k.by, k.to, k.left = by, k.to+n, k.left-n
	ln, _ := t.lines.byIndex(k.line)
	ln.deleted += uint32(to - from)
	ln.touch(by)
	t.lines.resize(n)
	t.replace(by, from, to, insert)
	t.effect.Touched = append(t.effect.Touched, k.line)
	return true
}

// endTyping ends the typing: it puts the units into the patches.
func (t *Thread) endTyping() {
	k := t.typing
	t.typing = typing{}
	if k.from == k.to {
		return
	}
	if p := t.patches.find(k.line); p >= 0 {
		t.patches.edit(t, p, k.by, k.start, k.from, nil, k.to-k.from)
		t.patches.keep(t, p, k.start)
		t.patches.bound()
	}
	if s := t.stretch.find(k.line); s >= 0 {
		t.stretch.edit(t, s, k.by, k.start, k.from, nil, k.to-k.from)
		if !t.stretch.keep(t, s, k.start) {
			t.stretch.off()
		}
		t.stretch.bounded()
	}
}
