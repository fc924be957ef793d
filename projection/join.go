package projection

import "slices"

// A remnant is the part of a line that an edit leaves at one of its ends.
type remnant struct {
	line      // as it was
	start int // its position then
	kept  int // units that are left
}

// lives reports whether the line can live on: an empty one can by its kept break.
func (r *remnant) lives() bool { return r.kept > 0 || r.length == 0 }

func (r *remnant) lost() uint32 { return r.length - uint32(r.kept) }

// join applies an edit that deletes breaks and inserts none; the first one ends the
// current line, number i. Of the lines at its two ends that can live on, the
// one that keeps more units (a tie: the first) is the resulting line; the other is
// joined into it.
func (t *Thread) join(by stamp, i, start, from, to int, insert []uint16) {
	t.openOne(by, from, to, insert)
	t.lines.byIndex(i)
	above := remnant{*t.lines.current(), start, from - start}
	j, at := t.lines.byPos(to)
	below := remnant{*t.lines.current(), at, 0}
	below.kept = at + int(below.length) - to

	keeper, other := &above, &below
	if !above.lives() || below.lives() && below.kept > above.kept {
		keeper, other = other, keeper
	}
	length := uint32(above.kept + len(insert) + below.kept)
	ln := by.born(0, length)
	if keeper.lives() {
		ln = keeper.line
		ln.length = length
		ln.deleted += keeper.lost()
		if length != keeper.length || keeper.lost() > 0 && t.differs(keeper, &above, insert, &below) {
			ln.touch(by)
		}
		if other.lives() {
			t.joins(other.id, ln.id)
			ln.deleted += other.deleted + other.lost()
		}
	}
	old := t.ids(i, j+1)
	t.scratch.lines = append(t.scratch.lines[:0], ln)
	t.lines.replace(i, j+1, t.scratch.lines)
	t.replace(by, from, to, insert)
	t.report(by, i, 0, old, t.scratch.lines)
	t.close(by)
}

// differs reports whether the content of keeper differs from the remnant above,
// insert, and the remnant below, one after the other.
func (t *Thread) differs(keeper, above *remnant, insert []uint16, below *remnant) bool {
	end := below.start + int(below.length)
	now := t.text.appendUnits(nil, above.start, above.start+above.kept)
	now = append(now, insert...)
	now = t.text.appendUnits(now, end-below.kept, end)
	return !slices.Equal(t.before(keeper.start, keeper.start+int(keeper.length)), now)
}
