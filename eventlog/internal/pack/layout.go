package pack

import (
	"fmt"
	"math"

	"parodywave/eventlog"
)

// The columns of times and order.
const (
	stepColumn = iota
	bitColumn
	lowColumn
	highColumn
	stretchColumn
	orderColumns
)

// laidOut has the time and position of each record, in lists ordered by part: those of
// a part begin at b.from.
type laidOut struct {
	timed     bool // times is read
	placed    bool // positions is read
	times     []int64
	positions []eventlog.Position

	inOrder []int64 // times in log order
	byPart  []int64 // memory of times
	next    []int
	padded  []byte
	order   [orderColumns][]byte
}

// openOrder returns a reader of the stretches.
func (b *Block) openOrder() (o orderReader, err error) {
	if o.low, err = b.orders[lowColumn].raw(&b.order[lowColumn]); err != nil {
		return o, err
	}
	if o.high, err = b.orders[highColumn].raw(&b.order[highColumn]); err != nil {
		return o, err
	}
	lengths, err := b.orders[stretchColumn].raw(&b.order[stretchColumn])
	if err != nil {
		return o, err
	}
	o.lengths, o.parts, o.left = cursor{b: lengths}, len(b.Parts), b.Count
	if n := len(o.high); n > 0 && n != len(o.low) {
		return o, damaged("order: indexes of %d and of %d stretches", n, len(o.low))
	}
	return o, nil
}

// readTimes reads the times of all records, once.
func (b *Block) readTimes() error {
	if b.timed {
		return nil
	}
	symbols, err := b.orders[stepColumn].raw(&b.order[stepColumn])
	if err != nil {
		return err
	}
	bits, err := b.orders[bitColumn].raw(&b.order[bitColumn])
	if err != nil {
		return err
	}
	if len(symbols) != b.records {
		return damaged("block from position %d: %d times of %d records", b.First, len(symbols), b.records)
	}
	b.padded = append(append(b.padded[:0], bits...), 0, 0, 0, 0, 0, 0, 0, 0)
	b.inOrder = room(b.inOrder, b.records)
	if err := readSteps(b.inOrder, b.base, symbols, b.padded); err != nil {
		return err
	}
	if b.times = b.inOrder; len(b.Parts) > 1 {
		if err := b.scatter(); err != nil {
			return fmt.Errorf("block from position %d: %w", b.First, err)
		}
	}
	for i := range b.Parts {
		if p := &b.Parts[i]; b.times[b.from[i+1]-1] != p.Time {
			return damaged("block from position %d: the last record of %s was not at %d", b.First, p.Stream, p.Time)
		}
	}
	b.timed = true
	return nil
}

// room returns n values, in the memory of s if they fit. They are not cleared.
func room[T any](s []T, n int) []T {
	if n > cap(s) {
		return make([]T, n)
	}
	return s[:n]
}

// scatter sorts the times by part.
func (b *Block) scatter() error {
	o, err := b.openOrder()
	if err != nil {
		return err
	}
	b.byPart = room(b.byPart, b.records)
	b.times = b.byPart
	next := append(b.next[:0], b.from...)
	b.next = next
	times, from := b.times, b.inOrder
	for {
		from = b.scatterSingles(&o, from)
		part, n := o.next()
		if n == 0 {
			break
		}
		if part == o.parts {
			continue
		}
		to := next[part]
		if n > uint64(b.from[part+1]-to) {
			return damaged("order: more records of %s than the directory says", b.Parts[part].Stream)
		}
		next[part] = to + int(n)
		if n == 1 {
			times[to] = from[0]
		} else {
			copy(times[to:], from[:n])
		}
		from = from[n:]
	}
	if len(from) > 0 {
		return damaged("order: %d records more", len(from))
	}
	return o.end()
}

// scatterSingles is scatter for stretches of one record, as most are if many people
// write at once. It stops at a longer or malformed stretch, and returns the times that
// are left.
func (b *Block) scatterSingles(o *orderReader, times []int64) []int64 {
	low, high, lengths := o.low[o.at:], o.high, o.lengths.b
	if len(high) > 0 {
		high = high[o.at:]
	}
	most := min(len(low), len(lengths), len(times), int(min(o.left, math.MaxInt)))
	next, end, to := b.next[:len(b.Parts)], b.from[1:][:len(b.Parts)], b.times
	i := 0
	for i < most && lengths[i] == 0 {
		part := int(low[i])
		if i < len(high) {
			part |= int(high[i]) << 8
		}
		if part >= len(next) || next[part] >= end[part] {
			break
		}
		to[next[part]] = times[i]
		next[part]++
		i++
	}
	o.at, o.left, o.lengths.b = o.at+i, o.left-uint64(i), lengths[i:]
	return times[i:]
}

// readPositions reads the positions of all records, once.
func (b *Block) readPositions() error {
	if b.placed {
		return nil
	}
	o, err := b.openOrder()
	if err != nil {
		return err
	}
	b.positions = room(b.positions, b.records)
	next := append(b.next[:0], b.from...)
	b.next = next
	position, left := b.First, b.records
	for {
		part, n := o.next()
		if n == 0 {
			break
		}
		if part < o.parts {
			if n > uint64(b.from[part+1]-next[part]) {
				return damaged("order: more records of %s than the directory says", b.Parts[part].Stream)
			}
			of := b.positions[next[part]:][:n]
			for i := range of {
				of[i] = position + eventlog.Position(i)
			}
			next[part] += int(n)
			left -= int(n)
		}
		position += eventlog.Position(n)
	}
	if left > 0 {
		return damaged("order: %d records more", left)
	}
	b.placed = true
	return o.end()
}
