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

// unpack makes the body of the row's record i.
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
	b := out.room(64 + 5*len(text))
	b = appendShape(b, at, r.old, length-at-r.old, text)
	to.Shape = out.keep(b)
	if to.Text = nil; len(text) > 0 {
		to.Text = out.keep(appendText(out.room(8+5*len(text)), text))
	}
}

// appendShape appends what typed reads.
func appendShape(b []byte, before, old, after int, text []byte) []byte {
	b = append(b, '[')
	if before > 0 {
		b = append(strconv.AppendInt(b, int64(before), 10), ',')
	}
	b = strconv.AppendInt(append(b, '['), int64(old), 10)
	for rest, more := text, len(text) > 0; more; {
		var line []byte
		line, rest, more = bytes.Cut(rest, []byte{'\n'})
		b = strconv.AppendInt(append(b, ','), int64(units(line)), 10)
	}
	b = append(b, ']')
	if after > 0 {
		b = strconv.AppendInt(append(b, ','), int64(after), 10)
	}
	return append(b, ']')
}

// units returns how long valid UTF-8 is in UTF-16 code units.
func units(line []byte) int {
	n := 0
	for _, c := range line {
		if c&0xc0 != 0x80 { // the first byte of a code point
			n++
		}
		if c >= 0xf0 { // of one that is a pair
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

// An arena gives small pieces of memory out of larger ones. A piece keeps the
// one that it is from, and no more.
type arena struct{ free []byte }

const arenaBytes = 16 << 10

// room returns no bytes with room for n.
func (a *arena) room(n int) []byte {
	if n > arenaBytes/4 {
		return make([]byte, 0, n)
	}
	if n > cap(a.free) {
		a.free = make([]byte, 0, arenaBytes)
	}
	return a.free
}

// keep takes what was put into the room that was given last.
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
