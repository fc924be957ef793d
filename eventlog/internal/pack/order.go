package pack

import (
	"encoding/binary"
	"math"

	"parodywave/eventlog"
)

// A stretch is consecutive positions of one stream's records, or of holes.
type stretch struct {
	part int // len(Parts) for holes
	n    uint64
}

// An orderWriter tells which stream comes when.
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

// laidOut is where each record is in log and time.
type laidOut struct {
	stretches []stretch
	times     []int64             // those of one part after those of the part before
	positions []eventlog.Position // likewise
	inOrder   []int64             // times in log order
	byPart    []int64             // memory of times
	next      []int
	padded    []byte
}

// layout reads times and positions of all records, once.
func (b *Block) layout() error {
	if b.laid {
		return nil
	}
	var raw [4][]byte
	for i := range raw {
		var err error
		if raw[i], err = b.order[i].raw(&b.buffers[i]); err != nil {
			return err
		}
	}
	symbols := raw[0]
	if len(symbols) != b.records {
		return damaged("block from position %d: %d times of %d records", b.First, len(symbols), b.records)
	}
	b.padded = append(append(b.padded[:0], raw[1]...), 0, 0, 0, 0, 0, 0, 0, 0)
	b.inOrder = sized(b.inOrder, b.records)
	if err := readSteps(b.inOrder, b.base, symbols, b.padded); err != nil {
		return err
	}
	if err := b.readOrder(raw[2], raw[3]); err != nil {
		return err
	}
	if err := b.scatter(); err != nil {
		return err
	}
	b.laid = true
	return nil
}

// scatter puts times and positions where b.from says that those of a part are.
func (b *Block) scatter() error {
	b.times, b.positions = b.inOrder, sized(b.positions, b.records)
	if len(b.Parts) > 1 {
		b.times = sized(b.byPart, b.records)
		b.byPart = b.times
	}
	next := append(b.next[:0], b.from...)
	b.next = next
	at, position := 0, b.First
	for _, s := range b.stretches {
		if s.part < len(b.Parts) {
			to := next[s.part]
			n := int(min(s.n, uint64(b.records)))
			if to+n > b.from[s.part+1] {
				return damaged("block from position %d: more records of %s than the directory says", b.First, b.Parts[s.part].Stream)
			}
			if len(b.Parts) > 1 {
				copy(b.times[to:to+n], b.inOrder[at:])
			}
			for i := range n {
				b.positions[to+i] = position + eventlog.Position(i)
			}
			next[s.part] += n
			at += n
		}
		position += eventlog.Position(s.n)
	}
	for i := range b.Parts {
		p := &b.Parts[i]
		if last := b.from[i+1] - 1; next[i] != b.from[i+1] || b.times[last] != p.Time {
			return damaged("block from position %d: %d records of %s, directory says %d, the last at %d",
				b.First, next[i]-b.from[i], p.Stream, p.Count, p.Time)
		}
	}
	return nil
}

// readOrder reads the stretches.
func (b *Block) readOrder(indexes, lengths []byte) error {
	b.stretches = b.stretches[:0]
	planes := 1
	if len(b.Parts) > math.MaxUint8 {
		planes = 2
	}
	if len(indexes)%planes != 0 {
		return damaged("block from position %d: order ends within a stretch", b.First)
	}
	n, left := len(indexes)/planes, b.Count
	c := cursor{b: lengths}
	for i := range n {
		s := stretch{int(indexes[i]), c.uvarint()}
		if planes == 2 {
			s.part |= int(indexes[n+i]) << 8
		}
		if c.bad || s.part > len(b.Parts) || s.n >= left {
			return damaged("block from position %d: stretch %d of stream %d does not fit", b.First, i, s.part)
		}
		s.n++
		left -= s.n
		b.stretches = append(b.stretches, s)
	}
	if left > 0 || len(c.b) > 0 {
		return damaged("block from position %d: order leaves %d positions and %d bytes over", b.First, left, len(c.b))
	}
	return nil
}
