package pack

import (
	"encoding/binary"

	"parodywave/eventlog"
)

// plain is the eventlog.Packer of bodies that the usual one does not restore: it
// stores them unpacked.
type plain struct{}

// The columns of plain bodies.
const (
	shapeSizes = iota
	textSizes
	shapeBytes
	textBytes
	plainColumns
)

func (plain) ID() byte { return 0 }

func (plain) Columns() int { return plainColumns }

func (plain) Pack(columns [][]byte, records []eventlog.Record) {
	for i := range records {
		r := &records[i]
		columns[shapeSizes] = binary.AppendUvarint(columns[shapeSizes], uint64(len(r.Shape)))
		columns[textSizes] = binary.AppendUvarint(columns[textSizes], uint64(len(r.Text)))
		columns[shapeBytes] = append(columns[shapeBytes], r.Shape...)
		columns[textBytes] = append(columns[textBytes], r.Text...)
	}
}

func (plain) Unpack(columns [][]byte, records []eventlog.Record) error {
	shapeSize, textSize := cursor{b: columns[shapeSizes]}, cursor{b: columns[textSizes]}
	shapes := cursor{b: append([]byte(nil), columns[shapeBytes]...)}
	texts := cursor{b: append([]byte(nil), columns[textBytes]...)}
	for i := range records {
		r := &records[i]
		r.Shape, r.Text = shapes.some(shapeSize.uvarint()), texts.some(textSize.uvarint())
		if shapeSize.bad || textSize.bad || shapes.bad || texts.bad {
			return damaged("plain body %d of %d: %v", i, len(records), errShort)
		}
	}
	if n := len(shapeSize.b) + len(textSize.b) + len(shapes.b) + len(texts.b); n > 0 {
		return damaged("%d bytes of plain bodies left over", n)
	}
	return nil
}

// some is take, with nil for none.
func (c *cursor) some(n uint64) []byte {
	if n == 0 {
		return nil
	}
	return c.take(n)
}
