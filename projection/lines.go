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

// A line is what is known of one piece of the text.
type line struct {
	id        LineID
	splitFrom LineID // zero: born of new text
	changed   eventlog.Revision
	at        int64  // Unix milliseconds of changed
	author    uint32 // of changed; index into Thread.authors
	length    uint32 // units, without the break
	deleted   uint32 // units that were ever deleted from it
	submitted bool
}

// lines is the list of a text's lines, in chunks with their sums, for the same
// reasons as text's. It remembers the line that was last looked for: the next
// is likely to be near.
type lines struct {
	chunks [][]line
	units  []int // of each chunk: lengths and one break a line
	counts []int // lines in each chunk
	count  int

	at, index, start int // a chunk, its first line's index, that line's position
	k, pos           int // a line in that chunk, and its position
}

const (
	lineChunkMax = 256
	lineChunkMin = 32 // a smaller one is laid out together with a neighbour
)

// byPos returns the index of the line that position pos lies in (a break
// belongs to the line before it) and the position where that line starts.
func (l *lines) byPos(pos int) (index, start int) {
	for pos < l.start {
		l.back()
	}
	for l.at < len(l.chunks)-1 && pos >= l.start+l.units[l.at] {
		l.forth()
	}
	c := l.chunks[l.at]
	if pos-l.start < l.pos-pos {
		l.k, l.pos = 0, l.start
	}
	k, p := l.k, l.pos
	for pos < p {
		k--
		p -= int(c[k].length) + 1
	}
	for pos > p+int(c[k].length) {
		p += int(c[k].length) + 1
		k++
	}
	l.k, l.pos = k, p
	return l.index + k, p
}

// byIndex returns line i, which must exist, and the position where it starts.
// The pointer is good until the list changes.
func (l *lines) byIndex(i int) (*line, int) {
	for i < l.index {
		l.back()
	}
	for i >= l.index+l.counts[l.at] {
		l.forth()
	}
	c, want := l.chunks[l.at], i-l.index
	if want < l.k-want {
		l.k, l.pos = 0, l.start
	}
	for l.k > want {
		l.k--
		l.pos -= int(c[l.k].length) + 1
	}
	for l.k < want {
		l.pos += int(c[l.k].length) + 1
		l.k++
	}
	return &c[l.k], l.pos
}

func (l *lines) back() {
	l.at--
	l.index -= l.counts[l.at]
	l.start -= l.units[l.at]
	l.k, l.pos = 0, l.start
}

func (l *lines) forth() {
	l.index += l.counts[l.at]
	l.start += l.units[l.at]
	l.at++
	l.k, l.pos = 0, l.start
}

// current returns the line that was last looked for.
func (l *lines) current() *line { return &l.chunks[l.at][l.k] }

// resize adds n, which may be negative, to the length of the current line.
func (l *lines) resize(n int) {
	ln := l.current()
	ln.length = uint32(int(ln.length) + n)
	l.units[l.at] += n
}

// replace puts in, which is not empty, for the lines from..to, which exist.
func (l *lines) replace(from, to int, in []line) {
	l.byIndex(from)
	c, k := &l.chunks[l.at], l.k
	n := len(*c) + len(in) - (to - from)
	if k+to-from > len(*c) || n > lineChunkMax || n < lineChunkMin && len(l.chunks) > 1 {
		l.layOut(from, to, in)
		return
	}
	l.units[l.at] += unitsOf(in) - unitsOf((*c)[k:k+to-from])
	*c = slices.Replace(*c, k, k+to-from, in...)
	l.counts[l.at] = n
	l.count += len(in) - (to - from)
}

// layOut is replace with the chunks that are touched, and a neighbour of a
// small one, made anew.
func (l *lines) layOut(from, to int, in []line) {
	first, index, start := l.at, l.index, l.start
	l.byIndex(to - 1)
	last := l.at
	all := slices.Concat(l.chunks[first][:from-index], in, l.chunks[last][to-l.index:])
	switch small := len(all) < lineChunkMin; {
	case small && last < len(l.chunks)-1:
		last++
		all = append(all, l.chunks[last]...)
	case small && first > 0:
		first--
		all = slices.Concat(l.chunks[first], all)
		index -= l.counts[first]
		start -= l.units[first]
	}
	chunks, units, counts := layout(all)
	l.chunks = slices.Replace(l.chunks, first, last+1, chunks...)
	l.units = slices.Replace(l.units, first, last+1, units...)
	l.counts = slices.Replace(l.counts, first, last+1, counts...)
	l.count += len(in) - (to - from)
	l.at, l.index, l.start = first, index, start
	l.k, l.pos = 0, start
}

func unitsOf(all []line) (n int) {
	for i := range all {
		n += int(all[i].length) + 1
	}
	return n
}

func (l *lines) set(all []line) {
	l.chunks, l.units, l.counts = layout(all)
	l.count, l.at, l.index, l.start, l.k, l.pos = len(all), 0, 0, 0, 0, 0
}

// layout cuts lines into chunks that have room to grow.
func layout(all []line) (chunks [][]line, units, counts []int) {
	size := lineChunkMax
	if len(all) > size {
		size = lineChunkMax / 2
	}
	for part := range slices.Chunk(all, size) {
		chunks = append(chunks, slices.Clone(part))
		units, counts = append(units, unitsOf(part)), append(counts, len(part))
	}
	return chunks, units, counts
}

// all yields index and line in order.
func (l *lines) all(yield func(int, *line) bool) {
	i := 0
	for _, c := range l.chunks {
		for k := range c {
			if !yield(i, &c[k]) {
				return
			}
			i++
		}
	}
}
