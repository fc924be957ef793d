package projection

import (
	"unicode/utf16"
	"unicode/utf8"

	"parodywave/eventlog/ot"
)

const (
	// LastMax is the most characters (code points) in Summary.Last.
	LastMax = 120
	// lastLook is how many lines to search for one that is not empty.
	lastLook = 16
)

// recall notes the last line that a change touched or, if it deleted whole lines
// and touched none, the line at its end. Only another change moves lines, so the
// index is valid until then.
func (t *Thread) recall(c *ot.Change) {
	end := -1
	if len(t.effect.Touched) == 0 { // nearly never
		for ed := range c.Edits() {
			end = ed.ToB
		}
	}
	t.recallAt(end)
}

// recallAt is recall for a change that ends at a position, -1 for nowhere.
func (t *Thread) recallAt(end int) {
	if n := len(t.effect.Touched); n > 0 {
		t.recent = t.effect.Touched[n-1]
	} else if end >= 0 && end <= t.text.length && t.lines.count > 0 {
		t.recent, _ = t.lines.byPos(end)
	}
}

// lastLine returns Summary.Last.
func (t *Thread) lastLine() string {
	if t.lines.count == 0 {
		return ""
	}
	i := min(t.recent, t.lines.count-1)
	for end := max(i-lastLook, -1); i > end; i-- {
		ln, start := t.lines.byIndex(i)
		if ln.length == 0 {
			continue
		}
		units := t.text.peek(t.scratch.old[:0], start, start+min(int(ln.length), 2*LastMax))
		t.scratch.old = units
		return beginning(units)
	}
	return ""
}

// beginning returns the first LastMax characters of units; units must not end
// within one of them.
func beginning(units []uint16) string {
	var text [LastMax * utf8.UTFMax]byte
	out := text[:0]
	for n := 0; n < LastMax && len(units) > 0; n++ {
		r, size := rune(units[0]), 1
		if utf16.IsSurrogate(r) && len(units) > 1 {
			r, size = utf16.DecodeRune(r, rune(units[1])), 2
		}
		out = utf8.AppendRune(out, r)
		units = units[size:]
	}
	return string(out)
}

// peek is appendUnits without lifting the pen: the text may be read after every
// keystroke, and the next keystroke continues there.
func (t *text) peek(dst []uint16, from, to int) []uint16 {
	p := &t.pen
	if !p.down {
		return t.appendUnits(dst, from, to)
	}
	p.down = false // the chunks are read as they lie
	end := p.at + len(p.units)
	dst = t.appendUnits(dst, from, min(to, p.at))
	if a, b := max(from, p.at), min(to, end); a < b {
		dst = append(dst, p.units[a-p.at:b-p.at]...)
	}
	shift := p.gone - len(p.units)
	dst = t.appendUnits(dst, max(from, end)+shift, to+shift)
	p.down = true
	return dst
}
