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
// reasons as text's.
type lines struct {
	chunks [][]line
	units  []int // of each chunk: lengths and one break a line
	counts []int // lines in each chunk
	count  int

	at, index, start int // a chunk, its first line's index, that line's position
}

const lineChunkMax = 256

// byPos returns the index of the line that position pos lies in (a break
// belongs to the line before it) and the position where that line starts.
func (l *lines) byPos(pos int) (index, start int) {
	for pos < l.start {
		l.back()
	}
	for l.at < len(l.chunks)-1 && pos >= l.start+l.units[l.at] {
		l.forth()
	}
	index, start = l.index, l.start
	for i := range l.chunks[l.at] {
		n := int(l.chunks[l.at][i].length)
		if pos <= start+n {
			break
		}
		start += n + 1
		index++
	}
	return index, start
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
	c, start := l.chunks[l.at], l.start
	for k := range c[:i-l.index] {
		start += int(c[k].length) + 1
	}
	return &c[i-l.index], start
}

func (l *lines) back() {
	l.at--
	l.index -= l.counts[l.at]
	l.start -= l.units[l.at]
}

func (l *lines) forth() {
	l.index += l.counts[l.at]
	l.start += l.units[l.at]
	l.at++
}

// resize adds n, which may be negative, to the length of line i.
func (l *lines) resize(i, n int) {
	ln, _ := l.byIndex(i)
	ln.length = uint32(int(ln.length) + n)
	l.units[l.at] += n
}

// replace puts in for the lines from..to. The list may have been empty; it is
// not to become empty.
func (l *lines) replace(from, to int, in []line) {
	if l.count == 0 {
		l.set(in)
		return
	}
	// Take whole chunks that are touched, and lay them out anew.
	l.byIndex(from)
	first, index, start := l.at, l.index, l.start
	last := first
	if to > from {
		l.byIndex(to - 1)
		last = l.at
	}
	end := l.index + l.counts[last] // index after the last touched chunk
	var all []line
	all = append(all, l.chunks[first][:from-index]...)
	all = append(all, in...)
	all = append(all, l.chunks[last][len(l.chunks[last])-(end-to):]...)
	chunks, units, counts := layout(all)
	l.chunks = slices.Replace(l.chunks, first, last+1, chunks...)
	l.units = slices.Replace(l.units, first, last+1, units...)
	l.counts = slices.Replace(l.counts, first, last+1, counts...)
	l.count += len(in) - (to - from)
	l.at, l.index, l.start = first, index, start
	if l.at >= len(l.chunks) {
		l.back()
	}
}

func (l *lines) set(all []line) {
	l.chunks, l.units, l.counts = layout(all)
	l.count, l.at, l.index, l.start = len(all), 0, 0, 0
}

// layout cuts lines into chunks that have room to grow.
func layout(all []line) (chunks [][]line, units, counts []int) {
	size := lineChunkMax
	if len(all) > size {
		size = lineChunkMax / 2
	}
	for part := range slices.Chunk(all, size) {
		sum := 0
		for i := range part {
			sum += int(part[i].length) + 1
		}
		chunks = append(chunks, slices.Clone(part))
		units, counts = append(units, sum), append(counts, len(part))
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
