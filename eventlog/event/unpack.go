package event

import (
	"bytes"
	"encoding/binary"
	"strconv"
	"unicode/utf8"

	"parodywave/eventlog"
)

// Unpack sets the Shape and Text of records from columns that Pack made. The
// bytes are the caller's.
func (Packer) Unpack(columns [][]byte, records []eventlog.Record) error {
	var in rowReader
	if err := in.reset(columns, len(records)); err != nil {
		return err
	}
	var out arena
	for in.left > 0 {
		if err := in.next(); err != nil {
			return err
		}
		of := records[:in.row.n]
		records = records[in.row.n:]
		for i := range of {
			if in.row.kind != Other {
				in.row.unpack(i, &of[i], &out)
				continue
			}
			shape, text, err := in.plain()
			if err != nil {
				return err
			}
			of[i].Shape, of[i].Text = out.copy(shape), out.copy(text)
		}
	}
	return in.end()
}

// unpack returns the body of the row's record i.
func (r *row) unpack(i int, to *eventlog.Record, out *arena) {
	at, length, text := r.at, r.length, []byte(nil)
	var unit [utf8.UTFMax]byte
	switch r.kind {
	case Typed:
		text = utf8.AppendRune(unit[:0], rune(r.insert[i]))
		at, length = at+i, length+i
	case Backspaced:
		at, length = at-i, length-i
	case Deleted:
		length -= i
	case Replaced:
		text = r.text
	}
	if len(text) == 1 && text[0] != '\n' { // nearly all
		to.Shape = out.keep(appendShape(out.room(shapeBytes), at, r.old, length-at-r.old, oneUnit))
		to.Text = out.keep(append(out.room(5), 0, 0, 0, 1, text[0]))
		return
	}
	var lines []byte
	to.Text = nil
	if len(text) > 0 {
		var room [32]byte
		lines = appendLengths(room[:0], text)
		to.Text = out.keep(appendText(out.room(8+5*len(text)), text))
	}
	to.Shape = out.keep(appendShape(out.room(shapeBytes+len(lines)), at, r.old, length-at-r.old, lines))
}

var oneUnit = []byte(",1")

// shapeBytes is more than a shape has without the lengths of lines.
const shapeBytes = 40

// appendShape appends a shape that typed can read.
func appendShape(b []byte, before, old, after int, lines []byte) []byte {
	b = append(b, '[')
	if before > 0 {
		b = append(appendNumber(b, before), ',')
	}
	b = appendNumber(append(b, '['), old)
	b = append(append(b, lines...), ']')
	if after > 0 {
		b = appendNumber(append(b, ','), after)
	}
	return append(b, ']')
}

// appendNumber appends a number of at most eight digits.
func appendNumber(b []byte, n int) []byte {
	var digits [8]byte
	i := len(digits) - 1
	v := uint32(n)
	for ; v >= 10; i-- {
		digits[i] = '0' + byte(v%10)
		v /= 10
	}
	digits[i] = '0' + byte(v)
	return append(b, digits[i:]...)
}

// appendLengths appends the length of each line of text.
func appendLengths(b, text []byte) []byte {
	for more := true; more; {
		var line []byte
		line, text, more = bytes.Cut(text, []byte{'\n'})
		b = strconv.AppendInt(append(b, ','), int64(units(line)), 10)
	}
	return b
}

// units returns the length of valid UTF-8 in UTF-16 code units.
func units(line []byte) int {
	n := 0
	for _, c := range line {
		if c&0xc0 != 0x80 { // the first byte of a code point
			n++
		}
		if c >= 0xf0 { // of a surrogate pair
			n++
		}
	}
	return n
}

func appendText(b, text []byte) []byte {
	for more := true; more; {
		var line []byte
		line, text, more = bytes.Cut(text, []byte{'\n'})
		b = binary.BigEndian.AppendUint32(b, uint32(len(line)))
		b = append(b, line...)
	}
	return b
}

// An arena allocates small pieces from larger chunks. A piece keeps only its chunk
// alive.
type arena struct{ free []byte }

const arenaBytes = 16 << 10

// room returns an empty slice with capacity n.
func (a *arena) room(n int) []byte {
	if n > arenaBytes/4 {
		return make([]byte, 0, n)
	}
	if n > cap(a.free) {
		a.free = make([]byte, 0, arenaBytes)
	}
	return a.free
}

// keep reserves the bytes that were put into the last room.
func (a *arena) keep(b []byte) []byte {
	if cap(b) == cap(a.free) {
		a.free = b[len(b):]
	}
	return b[:len(b):len(b)]
}

func (a *arena) copy(b []byte) []byte {
	if len(b) == 0 {
		return nil
	}
	return a.keep(append(a.room(len(b)), b...))
}
