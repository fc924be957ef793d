package pack

import "encoding/binary"

// A stretch is consecutive positions of one stream's records, or of holes.
type stretch struct {
	part int // len(Parts) for holes
	n    uint64
}

// An orderWriter writes the order of streams as stretches.
type orderWriter struct {
	low, high, lengths []byte
	last               stretch
}

func (w *orderWriter) reset() {
	*w = orderWriter{low: w.low[:0], high: w.high[:0], lengths: w.lengths[:0]}
}

func (w *orderWriter) add(part int, n uint64) {
	if n == 0 {
		return
	}
	if w.last.part != part {
		w.flush()
	}
	w.last = stretch{part, w.last.n + n}
}

func (w *orderWriter) flush() {
	if w.last.n == 0 {
		return
	}
	w.low = append(w.low, byte(w.last.part))
	w.high = append(w.high, byte(w.last.part>>8))
	w.lengths = binary.AppendUvarint(w.lengths, w.last.n-1)
	w.last.n = 0
}

// An orderReader reads stretches.
type orderReader struct {
	low, high []byte // of the indexes; high may be empty
	lengths   cursor
	at        int
	parts     int
	left      uint64 // positions not read yet
}

// next returns the next stretch. At the end, and if the columns are malformed, n is 0:
// see end.
func (o *orderReader) next() (part int, n uint64) {
	if o.at >= len(o.low) {
		return 0, 0
	}
	part = int(o.low[o.at])
	if len(o.high) > 0 {
		part |= int(o.high[o.at]) << 8
	}
	if c := &o.lengths; len(c.b) > 0 && c.b[0] < 0x80 {
		n = uint64(c.b[0])
		c.b = c.b[1:]
	} else {
		n = c.uvarint()
	}
	if o.lengths.bad || n >= o.left || part > o.parts {
		return 0, 0
	}
	o.left -= n + 1
	o.at++
	return part, n + 1
}

// end returns an error unless the stretches have exactly the block's positions.
func (o *orderReader) end() error {
	if o.left > 0 || o.at < len(o.low) || len(o.lengths.b) > 0 {
		return damaged("order: stretch %d of %d, and %d positions left", o.at, len(o.low), o.left)
	}
	return nil
}
