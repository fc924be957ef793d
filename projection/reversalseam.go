package projection

import "slices"

// A seam is where at home a break stood that others wrote and others deleted, or
// that they wrote and the edits took for theirs; a weak one is beside what others
// wrote when something had moved, and parts no line that the edits broke. What
// it parts at home may be lines that nobody joined: then a break is written
// there, when what moves back would make one line of two. While others have
// taken no break away, whoever wrote it, nothing is parted.

// seamed makes x, which others deleted and which was units, a seam, and reports
// whether it is one.
func (r *Reversal) seamed(x *tract, units []uint16) bool {
	if r.ours || x.mine || !r.shifted || !slices.Contains(units, lineBreak) {
		return false
	}
	*x = tract{seam: true, prev: x.prev, next: x.next}
	for y := x.next; y.seam || y.mark; y = y.next { // what is written in its place stands before the last
		y.weak = false
	}
	for _, y := range []*tract{x.prev, x.next} {
		if y.seam {
			y.weak = false
			r.row.drop(x)
			break
		}
	}
	return true
}

// seamBefore puts a seam before x, at home.
func (r *Reversal) seamBefore(x *tract) {
	if x.prev.seam {
		x.prev.weak = false
		return
	}
	seam := r.row.fresh()
	seam.seam = true
	seam.linkBefore(x)
}

// loosen puts a weak seam on each side of the mark where others write.
func (r *Reversal) loosen(mark *tract) {
	if r.ours || !r.shifted {
		return
	}
	for _, at := range []*tract{mark, mark.next} {
		if !at.seam && !at.prev.seam {
			r.seamBefore(at)
			at.prev.weak = true
		}
	}
}

// A stitching is a line of the text to come: its seams, and the text that is to
// stay and would be joined to what is to stand before it, though it is in no
// line with that now.
type stitching struct {
	all        []*tract
	last       int // the unit in the text that stays, in this line; -1 for none
	seam, goes bool
}

// rips returns the text before which breaks are to be written, in the order at
// home. The row is settled.
func (r *Reversal) rips() (all []*tract) {
	if !r.joined {
		return nil
	}
	text, home, line := &r.t.text, &r.row.home, stitching{last: -1}
	for x := home.next; x != home; x = x.next {
		switch {
		case x.seam:
			line.all, line.seam = append(line.all, x), line.seam || !x.weak
		case x.n == 0:
			if slices.Contains(x.ghost, lineBreak) {
				all, line = line.rip(all), stitching{last: -1}
			}
		case x.mine:
			line.goes = line.goes || r.lineAt(x.pos) != r.lineAt(x.pos+x.n)
		default:
			if line.last >= 0 && text.unit(x.pos) != lineBreak && (line.seam || !line.goes) && !r.inLine(line.last, x.pos) {
				line.all = append(line.all, x)
			}
			line.last, line.seam, line.goes = x.pos+x.n-1, false, false
			if r.lineAt(x.pos) != r.lineAt(x.pos+x.n) {
				if all, line.all = line.rip(all), nil; text.unit(line.last) == lineBreak {
					line.last = -1
				}
			}
		}
	}
	return line.rip(all)
}

// rip adds, for each seam of the line, the text nearest to it that would be joined.
func (line *stitching) rip(all []*tract) []*tract {
	torn := make([]bool, len(line.all))
	for i, x := range line.all {
		best := -1
		for k, y := range line.all {
			if x.seam && !y.seam && !torn[k] && (best < 0 || max(k-i, i-k) <= max(best-i, i-best)) {
				best = k
			}
		}
		if best >= 0 {
			torn[best] = true
		}
	}
	for k, x := range line.all {
		if torn[k] {
			all = append(all, x)
		}
	}
	return all
}

// inLine reports whether a position stands before another in one line.
func (r *Reversal) inLine(a, b int) bool { return a < b && r.lineAt(a) == r.lineAt(b) }

// lineAt returns the index of the line of a position.
func (r *Reversal) lineAt(pos int) int {
	i, _ := r.t.lines.byPos(pos)
	return i
}

// surplus returns the text at the end whose last break is one too many where the
// text has none at its end now, and one is written elsewhere: a line that goes
// from the end goes with the break before it. It is nil if there is none.
func (r *Reversal) surplus() *tract {
	if n := r.t.text.length; n == 0 || r.t.text.unit(n-1) == lineBreak {
		return nil
	}
	x := r.row.home.prev
	for x.seam || x.n > 0 && x.mine {
		x = x.prev
	}
	if x.n == 0 || r.t.text.unit(x.pos+x.n-1) != lineBreak {
		return nil
	}
	return x
}
