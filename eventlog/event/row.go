package event

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"unicode/utf8"

	"parodywave/eventlog"
)

// A row is a run of similar packed bodies.
type row struct {
	kind   RunKind
	n      int // records
	place      // before the first record's edit
	old    int // units that Replaced deletes
	size   int // bytes of text
	text   []byte
	insert []uint16 // the same text in units
}

// maxNumber is the largest number that typed reads in a shape.
const maxNumber = 99_999_999

// A rowReader reads rows. It yields only edits that typed accepts.
type rowReader struct {
	columns [packedColumns][]byte
	left    int // records
	place
	row row
}

func (p *rowReader) reset(columns [][]byte, records int) error {
	if len(columns) != packedColumns {
		return damaged("packed bodies have %d columns, want %d", len(columns), packedColumns)
	}
	p.columns = [packedColumns][]byte(columns)
	p.left, p.place = records, place{}
	return nil
}

// next reads a row. It is an error if none follows while records are left.
func (p *rowReader) next() error {
	rows := p.columns[rowColumn]
	if len(rows) == 0 {
		return damaged("packed bodies end %d records too early", p.left)
	}
	b := rows[0]
	p.columns[rowColumn] = rows[1:]
	r := &p.row
	r.kind, r.n, r.text, r.insert = RunKind(b&rowKind), int(b>>rowCount), nil, r.insert[:0]
	ok := true
	if r.n == 0 {
		n := p.uvarint(countColumn, &ok)
		r.n = int(min(n, 1<<40)) + maxCount + 1
	}
	if r.n > p.left {
		return damaged("packed bodies of %d records, but %d are left", r.n, p.left)
	}
	p.left -= r.n
	if r.kind == Other {
		return p.ok(ok)
	}
	r.place = place{r.kind.expected(p.at), p.length}
	if b&rowJump != 0 {
		r.at += int(p.zigzag(jumpColumn, &ok))
	}
	if b&rowLength != 0 {
		r.length += int(p.zigzag(lengthColumn, &ok))
	}
	return p.ok(ok && p.edit())
}

func (p *rowReader) ok(ok bool) error {
	if !ok {
		return damaged("packed row of kind %d, %d records before the end", p.row.kind, p.left+p.row.n)
	}
	return nil
}

// edit reads the row's edits, and moves the place after them.
func (p *rowReader) edit() (ok bool) {
	r := &p.row
	r.old, ok = 1, true
	switch last := r.n - 1; r.kind {
	case Typed:
		r.old = 0
		p.place = place{r.at + r.n, r.length + r.n}
		return r.in(r.at+last, 0) && p.typed()
	case Backspaced:
		p.place = place{r.at - last, r.length - r.n}
		return r.at >= last && r.in(r.at, 1)
	case Deleted:
		p.place = place{r.at, r.length - r.n}
		return r.length-r.at-1 >= last && r.in(r.at, 1)
	case Replaced:
		old, size := p.uvarint(sizeColumn, &ok), p.uvarint(sizeColumn, &ok)
		r.old = int(min(old, maxNumber+1))
		if !ok || r.n != 1 || old|size == 0 || !r.in(r.at, r.old) || !p.replaced(size) {
			return false
		}
		p.place = place{r.at + len(r.insert), r.length - r.old + len(r.insert)}
		return true
	}
	return false
}

// in reports whether the first edit's shape is within bounds: at units before it, old
// ones deleted, and the rest of the text after it.
func (r *row) in(at, old int) bool {
	after := r.length - r.at - old
	return r.at >= 0 && at <= maxNumber && old <= maxNumber && after >= 0 && after <= maxNumber
}

// typed reads as many code points of one unit as the row has records.
func (p *rowReader) typed() bool {
	r := &p.row
	text := p.columns[textColumn]
	if r.n > len(text) {
		return false
	}
	if cap(r.insert) < r.n {
		r.insert = make([]uint16, r.n+r.n/4)
	}
	u := r.insert[:r.n]
	at := 0
	for i := range u {
		if at >= len(text) {
			return false
		}
		c := text[at]
		if c < utf8.RuneSelf {
			if c == 0 || c == '\r' {
				return false
			}
			u[i] = uint16(c)
			at++
			continue
		}
		v, n := utf8.DecodeRune(text[at:])
		if v == utf8.RuneError && n == 1 || v > 0xffff {
			return false
		}
		u[i] = uint16(v)
		at += n
	}
	r.insert, r.text = u, text[:at]
	p.columns[textColumn] = text[at:]
	return true
}

// replaced reads a text of size bytes.
func (p *rowReader) replaced(size uint64) bool {
	r := &p.row
	text := p.columns[textColumn]
	if size > uint64(len(text)) {
		return false
	}
	r.text = text[:size]
	p.columns[textColumn] = text[size:]
	for rest, more := r.text, size > 0; more; {
		var line []byte
		var ok bool
		line, rest, more = bytes.Cut(rest, []byte{'\n'})
		if r.insert, ok = appendLine(r.insert, line); !ok {
			return false
		}
		if size += 4; more {
			size--
			r.insert = append(r.insert, '\n')
		}
	}
	return size <= maxTyped
}

// plain reads an unpacked body.
func (p *rowReader) plain() (shape, text []byte, err error) {
	ok := true
	s, t := p.uvarint(plainSizeColumn, &ok), p.uvarint(plainSizeColumn, &ok)
	shapes, texts := p.columns[plainShapeColumn], p.columns[plainTextColumn]
	if !ok || s > uint64(len(shapes)) || t > uint64(len(texts)) {
		return nil, nil, damaged("plain body of %d and %d bytes, but %d and %d are left", s, t, len(shapes), len(texts))
	}
	p.columns[plainShapeColumn], p.columns[plainTextColumn] = shapes[s:], texts[t:]
	return shapes[:s:s], texts[:t:t], nil
}

// end returns an error unless all columns were read to the end.
func (p *rowReader) end() error {
	for i, c := range p.columns {
		if len(c) > 0 {
			return damaged("packed bodies: %d bytes left over in column %d", len(c), i)
		}
	}
	return nil
}

func (p *rowReader) uvarint(column int, ok *bool) uint64 {
	v, n := binary.Uvarint(p.columns[column])
	if n <= 0 {
		*ok = false
		return 0
	}
	p.columns[column] = p.columns[column][n:]
	return v
}

// zigzag reads a difference of numbers of at most eight digits.
func (p *rowReader) zigzag(column int, ok *bool) int64 {
	u := p.uvarint(column, ok)
	v := int64(u>>1) ^ -int64(u&1)
	if v < -1<<40 || v > 1<<40 {
		*ok = false
		return 0
	}
	return v
}

func damaged(f string, args ...any) error {
	return fmt.Errorf("%s: %w", fmt.Sprintf(f, args...), eventlog.ErrDamaged)
}
