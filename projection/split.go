package projection

import "slices"

// begin applies the first change of a thread, which inserts a text.
func (t *Thread) begin(by stamp, insert []uint16) {
	t.Written = true
	all := t.pieces(insert)
	for k := range all {
		all[k] = by.born(uint32(k), all[k].length)
	}
	t.lines.set(all)
	t.replace(by, 0, 0, insert)
	t.report(by, 0, 0, nil, all)
}

// pieces returns lines with the lengths of the lines of units; they are valid until
// its next call.
func (t *Thread) pieces(units []uint16) []line {
	n := 1
	for _, u := range units {
		if u == lineBreak {
			n++
		}
	}
	all := slices.Grow(t.scratch.lines[:0], n)
	if n <= lineChunkMax {
		t.scratch.lines = all
	}
	all = append(all, line{})
	length := uint32(0)
	for _, u := range units {
		if u != lineBreak {
			length++
			continue
		}
		all[len(all)-1].length = length
		all, length = append(all, line{}), 0
	}
	all[len(all)-1].length = length
	return all
}

// born returns the line that is birth number ordinal of the change.
func (by stamp) born(ordinal, length uint32) line {
	ln := line{id: LineID{by.rev, ordinal}, length: length}
	ln.touch(by)
	return ln
}

// split applies an edit that splits the current line, number i, as Enter does. The
// line lives on at the end that keeps more of it (a tie: the first); a line born
// at the other end, if that keeps any units, is split from it.
func (t *Thread) split(by stamp, i, start, from, to int, insert []uint16) {
	t.openOne(by, from, to, insert)
	t.lines.byIndex(i)
	was := *t.lines.current()
	end := start + int(was.length)
	all := t.pieces(insert)
	last := len(all) - 1
	head, tail := all[0].length, all[last].length
	before, behind := from-start, end-to
	all[0].length += uint32(before)
	all[last].length += uint32(behind)

	stays, other, left := 0, last, behind
	changed := all[0].length != was.length || !slices.Equal(t.before(from, end), insert[:head])
	if before < behind {
		stays, other, left = last, 0, before
		changed = all[last].length != was.length || !slices.Equal(t.before(start, to), insert[len(insert)-int(tail):])
	}
	births := uint32(0)
	for k := range all {
		if k != stays {
			all[k] = by.born(births, all[k].length)
			births++
		}
	}
	if left > 0 {
		all[other].splitFrom = was.id
	}
	was.length = all[stays].length
	was.deleted += uint32(to - from)
	if changed {
		was.touch(by)
	}
	all[stays] = was

	old := t.ids(i, i+1)
	t.lines.replace(i, i+1, all)
	t.replace(by, from, to, insert)
	t.report(by, i, 0, old, all)
	t.close(by)
}
