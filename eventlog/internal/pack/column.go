package pack

import (
	"encoding/binary"
	"sync"

	"github.com/klauspost/compress/zstd"
)

// maxRaw bounds the bytes of all columns of a block without compression.
const maxRaw = 64 << 20

// A column is stored bytes, which are compressed if packed is not 0.
type column struct {
	size   int // without compression
	packed bool
	bytes  []byte
}

// newDecompressor returns the decompressor of all columns. It keeps a decoder for each
// core, starts no goroutine, and never returns more than fits into the given buffer.
var newDecompressor = sync.OnceValues(func() (*zstd.Decoder, error) {
	return zstd.NewReader(nil, zstd.WithDecoderConcurrency(0), zstd.WithDecoderMaxMemory(maxRaw), zstd.WithDecodeAllCapLimit(true))
})

// raw returns the column's bytes without compression: a part of the value, or
// decompressed bytes in buf.
func (c *column) raw(buf *[]byte) ([]byte, error) {
	if !c.packed {
		return c.bytes, nil
	}
	z, err := newDecompressor()
	if err != nil {
		return nil, err
	}
	if cap(*buf) < c.size {
		*buf = make([]byte, c.size)
	}
	out, err := z.DecodeAll(c.bytes, (*buf)[:0:c.size])
	if err != nil || len(out) != c.size {
		return nil, damaged("column of %d bytes: %d decompressed: %v", c.size, len(out), err)
	}
	return out, nil
}

// column reads a column.
func (c *cursor) column(left *int) column {
	size := c.uvarint()
	if size == 0 {
		return column{}
	}
	if size > uint64(*left) {
		c.fail()
		return column{}
	}
	*left -= int(size)
	n := c.uvarint()
	if n == 0 {
		return column{int(size), false, c.take(size)}
	}
	return column{int(size), true, c.take(n)}
}

// A columnWriter appends columns to out.
type columnWriter struct {
	strong  *zstd.Encoder
	quick   *zstd.Encoder
	scratch [2][]byte
	out     []byte
	raw     int // bytes so far, without compression
}

// worthwhile is the least size of a column that compression may make smaller.
const worthwhile = 16

func (w *columnWriter) reset() (err error) {
	w.out, w.raw = w.out[:0], 0
	if w.quick == nil {
		if w.strong, err = newCompressor(zstd.SpeedBetterCompression); err == nil {
			w.quick, err = newCompressor(zstd.SpeedFastest)
		}
	}
	return err
}

func newCompressor(level zstd.EncoderLevel) (*zstd.Encoder, error) {
	return zstd.NewWriter(nil, zstd.WithEncoderLevel(level), zstd.WithEncoderConcurrency(1),
		zstd.WithEncoderCRC(false), zstd.WithSingleSegment(true), zstd.WithAllLitEntropyCompression(true))
}

// column appends a column in the smallest of three forms: unchanged, compressed, and
// compressed without a search for repetitions, which is smaller if there are none, as
// in times.
func (w *columnWriter) column(raw []byte) {
	w.raw += len(raw)
	w.uvarint(uint64(len(raw)))
	if len(raw) == 0 {
		return
	}
	if len(raw) >= worthwhile {
		w.scratch[0] = w.strong.EncodeAll(raw, w.scratch[0][:0])
		w.scratch[1] = w.quick.EncodeAll(raw, w.scratch[1][:0])
		packed := w.scratch[0]
		if len(w.scratch[1]) < len(packed) {
			packed = w.scratch[1]
		}
		if len(packed) < len(raw) {
			w.uvarint(uint64(len(packed)))
			w.out = append(w.out, packed...)
			return
		}
	}
	w.uvarint(0)
	w.out = append(w.out, raw...)
}

func (w *columnWriter) uvarint(v uint64) { w.out = binary.AppendUvarint(w.out, v) }
