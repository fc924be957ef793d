package projection

import (
	"fmt"
	"slices"

	"parodywave/eventlog"
)

// A LineID is a line's identity: the revision at which it was born and its
// ordinal, from 0, among the births of that change.
type LineID struct {
	Revision eventlog.Revision
	Ordinal  uint32
}

// IsZero reports whether id names no line.
func (id LineID) IsZero() bool { return id.Revision == 0 }

// String returns the id as REVISION.ORDINAL.
func (id LineID) String() string { return fmt.Sprintf("%d.%d", id.Revision, id.Ordinal) }

// A line is one piece of the text.
type line struct {
	id        LineID
	splitFrom LineID // zero: born of new text
	changed   eventlog.Revision
	at        int64  // Unix milliseconds of changed
	author    uint32 // of changed; index into Thread.authors
	length    uint32 // units, without the break
	deleted   uint32 // units ever deleted from it
	submitted bool
}

// lines is the list of a text's lines, in chunks. It remembers the line that was
// found last: the next one is likely to be near.
type lines struct {
	tree   tree[lineChunk] // its units are the units of the lines and one break each
	count  int
	k, pos int // a line in the tree's current chunk, and its position
}

const (
	lineChunkMax = 64
	lineChunkMin = 8 // a smaller one is rebuilt together with a neighbour
)

// A lineChunk has the lengths of its lines, with their breaks, once more, so that
// finding a line reads little memory.
type lineChunk struct {
	units []uint32
	lines []line
}

// byPos returns the index of the line that position pos lies in (a break
// belongs to the line before it) and the position where that line starts.
func (l *lines) byPos(pos int) (index, start int) {
	if l.tree.seek(pos) || pos-l.tree.start < l.pos-pos {
		l.k, l.pos = 0, l.tree.start
	}
	units, k, p := l.tree.chunk().units, l.k, l.pos
	for pos < p {
		k--
		p -= int(units[k])
	}
	for pos >= p+int(units[k]) {
		p += int(units[k])
		k++
	}
	l.k, l.pos = k, p
	return l.tree.index + k, p
}

// byIndex returns line i, which must exist, and the position where it starts.
// The pointer is valid until the list changes.
func (l *lines) byIndex(i int) (*line, int) {
	if l.tree.seekLine(i) || i-l.tree.index < l.tree.index+l.k-i {
		l.k, l.pos = 0, l.tree.start
	}
	c, want := l.tree.chunk(), i-l.tree.index
	for l.k > want {
		l.k--
		l.pos -= int(c.units[l.k])
	}
	for l.k < want {
		l.pos += int(c.units[l.k])
		l.k++
	}
	return &c.lines[l.k], l.pos
}

// current returns the line that was found last.
func (l *lines) current() *line { return &l.tree.chunk().lines[l.k] }

// length returns the length of the current line, in units without the break.
func (l *lines) length() int { return int(l.tree.chunk().units[l.k]) - 1 }

// resize adds n, which may be negative, to the length of the current line.
func (l *lines) resize(n int) {
	c := l.tree.chunk()
	c.units[l.k] += uint32(n)
	c.lines[l.k].length = c.units[l.k] - 1 // without reading the line, which may be far in memory
	l.tree.add(n, 0)
}

// replace replaces the lines from..to, which must exist, by in, which must not be
// empty.
func (l *lines) replace(from, to int, in []line) {
	l.byIndex(from)
	c, k, gone := l.tree.chunk(), l.k, to-from
	n := len(c.lines) + len(in) - gone
	if k+gone > len(c.lines) || n > lineChunkMax || n < lineChunkMin && !l.tree.single() {
		l.layOut(from, to, in)
		return
	}
	was := sumOf(c.lines[k : k+gone])
	c.replace(k, k+gone, in)
	is := sumOf(in)
	l.tree.add(int(is.units)-int(was.units), len(in)-gone)
	l.count += len(in) - gone
}

func (c *lineChunk) replace(from, to int, in []line) {
	c.lines = slices.Replace(c.lines, from, to, in...)
	var units [lineChunkMax]uint32
	c.units = slices.Replace(c.units, from, to, units[:len(in)]...)
	for i := range in {
		c.units[from+i] = in[i].length + 1
	}
}

// layOut is replace that rebuilds the touched chunks, and a neighbour of a small
// one.
func (l *lines) layOut(from, to int, in []line) {
	t, k, gone := &l.tree, l.k, to-from
	first, all := t.index, slices.Clone(t.chunk().lines)
	for len(all) < k+gone || len(all)+len(in)-gone < lineChunkMin {
		t.seekLine(first)
		if !t.next() {
			break
		}
		all = append(all, t.chunk().lines...)
		t.remove()
	}
	if len(all)+len(in)-gone < lineChunkMin && first > 0 {
		t.seekLine(first - 1)
		before := t.chunk().lines
		k, first, all = k+len(before), t.index, slices.Concat(before, all)
		t.next()
		t.remove()
	}
	t.seekLine(first)
	l.fill(slices.Replace(all, k, k+gone, in...))
	l.count += len(in) - gone
}

// fill replaces the current chunk by chunks of these lines.
func (l *lines) fill(all []line) {
	size := lineChunkMax
	if len(all) > size {
		size /= 2
	}
	for i := 0; i < len(all); i += size {
		part := all[i:min(i+size, len(all))]
		s := sumOf(part)
		if i > 0 {
			l.tree.insert(lineChunk{}, s)
		} else {
			was := l.tree.here()
			l.tree.add(int(s.units)-int(was.units), int(s.lines)-int(was.lines))
		}
		c := lineChunk{}
		if len(all) > size {
			c = lineChunk{make([]uint32, 0, lineChunkMax), make([]line, 0, lineChunkMax)}
		}
		c.replace(0, 0, part)
		*l.tree.chunk() = c
	}
	l.k, l.pos = 0, l.tree.start
}

func sumOf(all []line) (s sum) {
	s.lines = uint32(len(all))
	for i := range all {
		s.units += all[i].length + 1
	}
	return s
}

func (l *lines) set(all []line) {
	l.tree.plant(lineChunk{})
	l.fill(all)
	l.count = len(all)
}

// all yields index and line in order.
func (l *lines) all(yield func(int, *line) bool) {
	i := 0
	for c := range l.tree.all {
		for k := range c.lines {
			if !yield(i, &c.lines[k]) {
				return
			}
			i++
		}
	}
}
