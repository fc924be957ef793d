package projection

import (
	"iter"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"parodywave/eventlog"
)

// A Row is one line of a thread and its last change.
type Row struct {
	Line      int // index, from 0
	ID        LineID
	SplitFrom LineID            // zero: born of new text
	Revision  eventlog.Revision // at which its content last changed
	Author    eventlog.AuthorID // of that change
	Time      int64             // of that change; Unix milliseconds
	Submitted bool              // finished, and unchanged since
	Start     int               // position, in UTF-16 units
	Length    int               // UTF-16 units, without the break
	Deleted   int               // UTF-16 units ever deleted, not moved, from it and from lines joined into it
}

// A Span is a run of units that one revision inserted.
type Span struct {
	Length   int // UTF-16 units, line breaks counting 1
	Revision eventlog.Revision
	Author   int // index into Authors
}

// Len returns the length of the text in UTF-16 units.
func (t *Thread) Len() int { return t.text.length }

// LineCount returns the number of lines: 0 before the first change, then one
// for each piece, including an empty last one.
func (t *Thread) LineCount() int { return t.lines.count }

// CountedLines returns the number of lines as people and git count them: an empty piece
// behind the last break is none.
func (t *Thread) CountedLines() int {
	n, end := t.lines.count, t.text.length
	if n > 0 && end > 0 {
		t.scratch.old = t.text.peek(t.scratch.old[:0], end-1, end)
	}
	if n > 0 && (end == 0 || t.scratch.old[0] == '\n') {
		n--
	}
	return n
}

// Text returns the whole text.
func (t *Thread) Text() string { return decoded(t.Units(0, t.text.length)) }

// Units returns a copy of the UTF-16 units from..to.
func (t *Thread) Units(from, to int) []uint16 {
	return t.text.appendUnits(nil, from, to)
}

// AppendUnits appends the UTF-16 units from..to to dst. A loop that calls it after
// each keystroke does not slow down the next.
func (t *Thread) AppendUnits(dst []uint16, from, to int) []uint16 {
	return t.text.peek(dst, from, to)
}

// Unit returns the UTF-16 unit at pos, from 0 to Len()-1.
func (t *Thread) Unit(pos int) uint16 { return t.text.unit(pos) }

// Row returns line i, from 0 to LineCount()-1.
func (t *Thread) Row(i int) Row {
	ln, start := t.lines.byIndex(i)
	return t.row(i, start, ln)
}

// RowAt returns the line that pos lies in; a break belongs to the line before it.
// There must be lines.
func (t *Thread) RowAt(pos int) Row {
	i, start := t.lines.byPos(pos)
	return t.row(i, start, t.lines.current())
}

func (t *Thread) row(i, start int, ln *line) Row {
	return Row{
		Line: i, ID: ln.id, SplitFrom: ln.splitFrom,
		Revision: ln.changed, Author: t.authors[ln.author], Time: ln.at,
		Submitted: ln.submitted, Start: start, Length: int(ln.length), Deleted: int(ln.deleted),
	}
}

// Rows yields all lines in order.
func (t *Thread) Rows() iter.Seq[Row] {
	return func(yield func(Row) bool) {
		start := 0
		for i, ln := range t.lines.all {
			if !yield(t.row(i, start, ln)) {
				return
			}
			start += int(ln.length) + 1
		}
	}
}

// Content returns the text of a row, without its break.
func (t *Thread) Content(r Row) string {
	return decoded(t.Units(r.Start, r.Start+r.Length))
}

// decoded is string(utf16.Decode(units)) without a slice of runes in between.
func decoded(units []uint16) string {
	var b strings.Builder
	b.Grow(len(units) + len(units)/16)
	for i := 0; i < len(units); i++ {
		u := units[i]
		if u < utf8.RuneSelf {
			b.WriteByte(byte(u))
			continue
		}
		r := rune(u)
		if utf16.IsSurrogate(r) && i+1 < len(units) {
			if pair := utf16.DecodeRune(r, rune(units[i+1])); pair != utf8.RuneError {
				r = pair
				i++
			}
		}
		b.WriteRune(r) // half a surrogate pair is U+FFFD
	}
	return b.String()
}

// LineAt returns the index of the line that pos lies in. There must be lines.
func (t *Thread) LineAt(pos int) int {
	i, _ := t.lines.byPos(pos)
	return i
}

// Resolve returns the line in which id lives on: id itself, or the line that it
// was joined into. That line may be dead.
func (t *Thread) Resolve(id LineID) LineID {
	for {
		to, ok := t.aliases[id]
		if !ok {
			return id
		}
		id = to
	}
}

// joins notes that the line was is now a part of the line to, which is there. A line
// that is there has no alias, so aliases never lead in a circle.
func (t *Thread) joins(was, to LineID) {
	if was != to {
		delete(t.aliases, to)
		t.aliases[was] = to
	}
}

// Find returns the index of the line in which id lives on, -1 if it is dead. It
// looks through all lines.
func (t *Thread) Find(id LineID) int {
	id = t.Resolve(id)
	for i, ln := range t.lines.all {
		if ln.id == id {
			return i
		}
	}
	return -1
}

// Spans yields the authors and revisions that inserted the units from..to, in
// order. Adjacent spans differ in revision. A revision has one author.
func (t *Thread) Spans(from, to int) iter.Seq[Span] {
	return func(yield func(Span) bool) {
		var last Span
		for _, s := range t.text.appendSpans(nil, from, to) {
			next := Span{Revision: s.rev, Author: int(s.author)}
			for left := int(s.n); left > 0; left -= next.Length {
				next.Length = left
				if s.step == 1 {
					next.Length = 1
				}
				if last.Revision == next.Revision { // none has revision 0
					last.Length += next.Length
				} else {
					if last.Length > 0 && !yield(last) {
						return
					}
					last = next
				}
				next.Revision++
			}
		}
		if last.Length > 0 {
			yield(last)
		}
	}
}

// A Stretch is a run of units by one author: all inserted by one revision or, if
// it was typed, each unit by the revision after the one of the unit before.
type Stretch struct {
	Revision eventlog.Revision // of the first unit
	Length   int               // UTF-16 units, line breaks counting 1
	Author   int               // index into Authors
	Typed    bool
}

// Stretches returns the authors and revisions that inserted the whole text, in
// order. Typed text has far fewer of them than Spans. Adjacent ones may be of one
// revision.
func (t *Thread) Stretches() []Stretch {
	if t.text.pen.down {
		t.text.lift()
	}
	n := 0
	for c := range t.text.tree.all {
		n += len(c.spans)
	}
	out := make([]Stretch, 0, n)
	for c := range t.text.tree.all {
		for _, s := range c.spans {
			out = append(out, Stretch{s.rev, int(s.n), int(s.author), s.step == 1})
		}
	}
	return out
}
