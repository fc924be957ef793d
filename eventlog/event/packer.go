package event

import (
	"encoding/binary"
	"fmt"

	"parodywave/eventlog"
)

// Packer is the eventlog.Packer of this package's records. It has no state.
type Packer struct{}

const packerID = 1

// ID returns 1.
func (Packer) ID() byte { return packerID }

// Columns returns how many columns there are.
func (Packer) Columns() int { return 1 }

// Pack appends the bodies of records to columns.
func (Packer) Pack(columns [][]byte, records []eventlog.Record) {
	c := columns[0]
	for i := range records {
		for _, b := range [][]byte{records[i].Shape, records[i].Text} {
			c = binary.AppendUvarint(c, uint64(len(b)))
			c = append(c, b...)
		}
	}
	columns[0] = c
}

// Unpack sets the Shape and Text of records.
func (Packer) Unpack(columns [][]byte, records []eventlog.Record) error {
	c := columns[0]
	for i := range records {
		for _, b := range []*[]byte{&records[i].Shape, &records[i].Text} {
			n, k := binary.Uvarint(c)
			if k <= 0 || n > uint64(len(c)-k) {
				return fmt.Errorf("packed body %d of %d: %w", i, len(records), eventlog.ErrDamaged)
			}
			*b = nil
			if n > 0 {
				*b = append(*b, c[k:k+int(n)]...)
			}
			c = c[k+int(n):]
		}
	}
	return nil
}
