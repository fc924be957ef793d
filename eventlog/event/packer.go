package event

import (
	"encoding/binary"

	"parodywave/eventlog"
)

// A Packer is the eventlog.Packer of this package's records; "Packed bodies" in
// the package's documentation is its form. It has no state.
type Packer struct{}

var _ eventlog.Packer = Packer{}

const packerID = 1

// The columns of packed bodies.
const (
	rowColumn = iota
	countColumn
	jumpColumn
	lengthColumn
	sizeColumn
	textColumn
	plainSizeColumn
	plainShapeColumn
	plainTextColumn
	packedColumns
)

// A row's byte: three bits of kind, two flags, three bits of a small count.
const (
	rowKind   = 0x07
	rowJump   = 0x08
	rowLength = 0x10
	rowCount  = 5 // bits to shift
	maxCount  = 7 // that fits into the byte
)

// ID returns 1.
func (Packer) ID() byte { return packerID }

// Columns returns how many columns there are.
func (Packer) Columns() int { return packedColumns }

// Pack appends the bodies of records to columns.
func (Packer) Pack(columns [][]byte, records []eventlog.Record) {
	p := rowWriter{columns: columns}
	for i := range records {
		r := &records[i]
		if t, ok := typed(r.Shape, r.Text, p.units[:0]); ok {
			p.units = t.insert
			p.edit(&t, r.Text)
		} else {
			p.plain(r)
		}
	}
	p.flush()
}

// A rowWriter writes rows. Its row may still grow.
type rowWriter struct {
	columns [][]byte
	place
	row   row
	from  place // the place before the row's first record
	units []uint16
}

// A place is what rows are relative to: where the last edit ended, and how many
// units the text had then.
type place struct{ at, length int }

// plain adds a body unpacked.
func (p *rowWriter) plain(r *eventlog.Record) {
	p.grow(Other, 0, 0, false)
	p.uvarint(plainSizeColumn, len(r.Shape))
	p.uvarint(plainSizeColumn, len(r.Text))
	p.columns[plainShapeColumn] = append(p.columns[plainShapeColumn], r.Shape...)
	p.columns[plainTextColumn] = append(p.columns[plainTextColumn], r.Text...)
}

// edit adds a replacement whose inserted lines are text.
func (p *rowWriter) edit(t *replacement, text []byte) {
	length := t.before + t.old + t.after
	follows := length == p.length
	switch {
	case t.old == 0 && len(t.insert) == 1:
		p.grow(Typed, t.before, length, follows && t.before == p.at)
		p.at = t.before + 1
	case t.old == 1 && len(t.insert) == 0:
		p.delete(t.before, length, follows)
		p.at = t.before
	default:
		p.grow(Replaced, t.before, length, false)
		p.row.old = t.old
		p.at = t.before + len(t.insert)
	}
	p.length = length - t.old + len(t.insert)
	before := len(p.columns[textColumn])
	p.text(text)
	p.row.size += len(p.columns[textColumn]) - before
}

// delete adds the deletion of one unit. After a jump it takes the first of several
// for a backspace until the second shows that it was not.
func (p *rowWriter) delete(at, length int, follows bool) {
	w := &p.row
	switch {
	case w.n > 0 && follows && at == p.at && w.kind == Backspaced && w.n == 1:
		w.kind = Deleted
		w.n++
	case follows && at == p.at:
		p.grow(Deleted, at, length, true)
	default:
		p.grow(Backspaced, at, length, follows && at == p.at-1)
	}
}

// grow adds a record to the row if it is of its kind and continues it, and otherwise
// begins a new row.
func (p *rowWriter) grow(kind RunKind, at, length int, continues bool) {
	if w := &p.row; w.n > 0 && w.kind == kind && (continues || kind == Other) {
		w.n++
		return
	}
	p.flush()
	p.from = p.place
	p.row = row{kind: kind, n: 1, place: place{at, length}}
}

// flush writes the row.
func (p *rowWriter) flush() {
	w := &p.row
	if w.n == 0 {
		return
	}
	b := byte(w.kind)
	if w.n <= maxCount {
		b |= byte(w.n) << rowCount
	} else {
		p.uvarint(countColumn, w.n-maxCount-1)
	}
	if w.kind != Other {
		if d := w.at - w.kind.expected(p.from.at); d != 0 {
			b |= rowJump
			p.columns[jumpColumn] = binary.AppendVarint(p.columns[jumpColumn], int64(d))
		}
		if d := w.length - p.from.length; d != 0 {
			b |= rowLength
			p.columns[lengthColumn] = binary.AppendVarint(p.columns[lengthColumn], int64(d))
		}
	}
	if w.kind == Replaced {
		p.uvarint(sizeColumn, w.old)
		p.uvarint(sizeColumn, w.size)
	}
	p.columns[rowColumn] = append(p.columns[rowColumn], b)
	w.n = 0
}

// expected returns where an edit of a kind is expected if the last one ended at a
// place.
func (k RunKind) expected(at int) int {
	if k == Backspaced {
		return at - 1
	}
	return at
}

func (p *rowWriter) uvarint(column, n int) {
	p.columns[column] = binary.AppendUvarint(p.columns[column], uint64(n))
}

// text appends the lines of a record's text with breaks between them.
func (p *rowWriter) text(text []byte) {
	c := p.columns[textColumn]
	for i := 0; len(text) > 0; i++ {
		if i > 0 {
			c = append(c, '\n')
		}
		n := 4 + binary.BigEndian.Uint32(text)
		c = append(c, text[4:n]...)
		text = text[n:]
	}
	p.columns[textColumn] = c
}
