package pack

import (
	"encoding/binary"
	"math/bits"
)

// Times are stored as steps: a symbol, which is a step or the beginning of a range of
// steps, and the bits of the offset in the range.
const (
	exactSteps  = 64  // 0 to 63 ms: symbols of their own
	fineOctave  = 6   // 2^6 to 2^13-1 ms: sixteen symbols an octave
	coarse      = 13  // from 2^13 ms: a symbol an octave
	coarseStep  = 176 // the first such symbol
	endStep     = coarseStep + 63 - coarse
	backStep    = 240 // one millisecond back; each following symbol one more
	anyStep     = 255 // the step is in 64 bits
	fineSymbols = 16
)

// steps has the beginning of each symbol's range and its number of bits.
var steps = func() (t [256]struct {
	from int64
	mask uint64
	bits uint8
	bad  bool // not a symbol
	rare bool // bad, or more bits than one read has
}) {
	for s := range t {
		v := &t[s]
		switch {
		case s < exactSteps:
			v.from = int64(s)
		case s < coarseStep:
			octave := fineOctave + (s-exactSteps)/fineSymbols
			v.bits = uint8(octave - 4)
			v.from = 1<<octave + int64((s-exactSteps)%fineSymbols)<<v.bits
		case s < endStep:
			v.bits = uint8(coarse + s - coarseStep)
			v.from = 1 << v.bits
		case s == anyStep:
			v.bits = 64
		case s >= backStep:
			v.from = int64(backStep - s - 1)
		default:
			v.bad = true
		}
		v.mask = 1<<v.bits - 1
		v.rare = v.bad || v.bits > 56
	}
	return t
}()

// A stepWriter writes steps.
type stepWriter struct {
	symbols []byte
	bits    []byte
	word    uint64
	used    uint // number of bits in word
}

func (w *stepWriter) reset() {
	*w = stepWriter{symbols: w.symbols[:0], bits: w.bits[:0]}
}

func (w *stepWriter) add(step int64) {
	s := anyStep
	switch {
	case step < 0:
		if step > backStep-anyStep-1 {
			s = backStep - 1 - int(step)
		}
	case step < exactSteps:
		s = int(step)
	default:
		octave := bits.Len64(uint64(step)) - 1
		if octave < coarse {
			s = exactSteps + (octave-fineOctave)*fineSymbols + int(step>>(octave-4))&(fineSymbols-1)
		} else {
			s = coarseStep + octave - coarse
		}
	}
	w.symbols = append(w.symbols, byte(s))
	rest, n := uint64(step-steps[s].from), uint(steps[s].bits)
	if n > 32 {
		w.put(rest&(1<<32-1), 32)
		rest, n = rest>>32, n-32
	}
	w.put(rest, n)
}

// put writes n bits, at most 32, the lowest first.
func (w *stepWriter) put(v uint64, n uint) {
	w.word |= v << w.used
	if w.used += n; w.used >= 32 {
		w.bits = binary.LittleEndian.AppendUint32(w.bits, uint32(w.word))
		w.word >>= 32
		w.used -= 32
	}
}

// flush writes the bits in word.
func (w *stepWriter) flush() {
	for ; w.used > 0; w.used -= min(w.used, 8) {
		w.bits = append(w.bits, byte(w.word))
		w.word >>= 8
	}
}

// readSteps sets times from base and as many symbols. The bits are padded by eight
// bytes.
func readSteps(times []int64, base int64, symbols, padded []byte) error {
	at, end := uint(0), uint(8*(len(padded)-8))
	for i, s := range symbols[:len(times)] {
		t := &steps[s]
		v := binary.LittleEndian.Uint64(padded[at/8:]) >> (at % 8)
		if t.rare {
			if t.bad || at+uint(t.bits) > end {
				return damaged("times: step %d of %d", s, len(times))
			}
			if over := uint(t.bits) + at%8; over > 64 {
				v |= uint64(padded[at/8+8]) << (64 - at%8)
			}
		}
		base += t.from + int64(v&t.mask)
		times[i] = base
		if at += uint(t.bits); at > end {
			return damaged("times: bits end at %d of %d", i, len(times))
		}
	}
	if (at+7)/8 != end/8 {
		return damaged("times: %d bits of %d", at, end)
	}
	return nil
}
