package projection

import (
	"slices"

	"parodywave/eventlog"
)

// The bounds of patches are part of the meaning of a log: changing one changes
// blame.
const (
	patchDirty = 64 << 10 // units between the first and the last difference of a patch
	patchLines = 10_000   // lines before, in all patches of a thread
	patchUnits = 1 << 20  // deleted units that patches still know, in all of a thread
	patchKept  = 64       // kept runs of a patch
	patchEdits = 1_000    // edits of a change that has patches; a change of more ends all
)

// A patch is what one author has made of neighbouring lines: the lines before, with
// their rows and identities, and how many lines they are now. There may be none of
// either. A unit before that is still there is in a kept run; gone has the others.
type patch struct {
	author uint32
	rev    eventlog.Revision // the last record that worked on it
	before []line
	lines  int      // now
	units  int      // now, with the breaks between the lines
	kept   []kept   // ascending in a and in b; none has a break
	gone   []uint16 // the units before outside of kept, breaks between lines among them
}

// A kept run says that n units of the text before, from a on, are the units from b on
// of the text now.
type kept struct{ a, b, n int }

// appendKept appends k, which follows the last one.
func appendKept(all []kept, k kept) []kept {
	if k.n == 0 {
		return all
	}
	if n := len(all); n > 0 && all[n-1].a+all[n-1].n == k.a && all[n-1].b+all[n-1].n == k.b {
		all[n-1].n += k.n
		return all
	}
	return append(all, k)
}

// edit notes that the units old, at position at of the patch, became ins units.
func (p *patch) edit(at int, old []uint16, ins int) {
	end, a, g := at+len(old), 0, 0
	var few [8]kept
	out := few[:0]
	for _, k := range p.kept {
		g += k.a - a
		a = k.a + k.n
		switch {
		case k.b+k.n <= at:
			out = appendKept(out, k)
		case k.b >= end:
			k.b += ins - len(old)
			out = appendKept(out, k)
		default:
			left, right := max(0, at-k.b), max(0, k.b+k.n-end)
			out = appendKept(out, kept{k.a, k.b, left})
			if n := k.n - left - right; n > 0 {
				from := k.b + left - at
				p.gone = slices.Insert(p.gone, g, old[from:from+n]...)
				g += n
			}
			out = appendKept(out, kept{k.a + k.n - right, at + ins, right})
		}
	}
	p.kept = append(p.kept[:0], out...)
	p.units += ins - len(old)
}

// short is how many units more the lines before had.
func (p *patch) short() int {
	n := p.units
	for _, k := range p.kept {
		n -= k.n
	}
	return len(p.gone) - n
}

// dirty returns the bounds of the differences: the numbers of units at the
// beginning and at the end that are as before.
func (p *patch) dirty() (head, tail int) {
	if n := len(p.kept); n > 0 {
		first, last := p.kept[0], p.kept[n-1]
		if first.a == 0 && first.b == 0 {
			head = first.n
		}
		if last.b+last.n == p.units && last.a+last.n == p.units+p.short() && (n > 1 || head == 0) {
			tail = last.n
		}
	}
	return head, tail
}

// room is how many units more the differences may have.
func (p *patch) room() int {
	head, tail := p.dirty()
	return patchDirty - (p.units + max(0, p.short()) - head - tail)
}

// wide reports whether the differences are more than a patch may have.
func (p *patch) wide() bool { return p.room() < 0 }

// same reports whether the text of the patch, which begins at start, is as before.
func (p *patch) same(t *Thread, start int) bool {
	return p.short() == 0 && p.lines == len(p.before) && p.begins(t, start)
}

// begins reports whether the text from start on, where the patch begins, begins with
// the text before.
func (p *patch) begins(t *Thread, start int) bool {
	gone, a := p.gone, 0
	for _, k := range p.kept {
		n := k.a - a
		if !t.reads(start+a, gone[:n]) {
			return false
		}
		gone, a = gone[n:], k.a+k.n
	}
	return t.reads(start+a, gone) && !slices.ContainsFunc(p.kept, func(k kept) bool {
		return k.a != k.b && !t.repeats(start+k.a, start+k.b, k.n)
	})
}

// compareAtOnce is how many units are compared at once: the first ones tell most texts
// apart.
const compareAtOnce = 256

// reads reports whether the text from pos on begins with units.
func (t *Thread) reads(pos int, units []uint16) bool {
	if pos+len(units) > t.text.length {
		return false
	}
	for part := range slices.Chunk(units, compareAtOnce) {
		t.scratch.now = t.text.peek(t.scratch.now[:0], pos, pos+len(part))
		if len(part) == compareAtOnce { // arrays are compared as memory
			if *(*[compareAtOnce]uint16)(t.scratch.now) != *(*[compareAtOnce]uint16)(part) {
				return false
			}
		} else if !slices.Equal(t.scratch.now, part) {
			return false
		}
		pos += len(part)
	}
	return true
}

// repeats reports whether the n units from pos on are those from other on.
func (t *Thread) repeats(pos, other, n int) bool {
	for ; n > 0; n -= compareAtOnce {
		t.scratch.old = t.text.peek(t.scratch.old[:0], other, other+min(n, compareAtOnce))
		if !t.reads(pos, t.scratch.old) {
			return false
		}
		pos, other = pos+compareAtOnce, other+compareAtOnce
	}
	return true
}

// appendBefore appends the text before to dst. The text now begins at start.
func (p *patch) appendBefore(dst []uint16, t *Thread, start int) []uint16 {
	gone, a := p.gone, 0
	for _, k := range p.kept {
		n := k.a - a
		dst = append(dst, gone[:n]...)
		dst = t.text.peek(dst, start+k.b, start+k.b+k.n)
		gone, a = gone[n:], k.a+k.n
	}
	return append(dst, gone...)
}

// shorten takes the shortest kept runs for gone, until there are no more than
// patchKept.
func (p *patch) shorten(t *Thread, start int) {
	for len(p.kept) > patchKept {
		least := 0
		for i := range p.kept {
			if p.kept[i].n < p.kept[least].n {
				least = i
			}
		}
		k, g, a := p.kept[least], 0, 0
		for _, before := range p.kept[:least+1] {
			g += before.a - a
			a = before.a + before.n
		}
		p.gone = slices.Insert(p.gone, g, t.text.peek(nil, start+k.b, start+k.b+k.n)...)
		p.kept = slices.Delete(p.kept, least, least+1)
	}
}
