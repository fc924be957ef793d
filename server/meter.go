package server

import "math/bits"

// window is how many seconds the meters look back.
const window = 10

// each calls f with the slot of every second after last up to second: those
// that are to begin anew.
func each(last, second int64, f func(slot int)) {
	for s := max(last+1, second-window+1); s <= second; s++ {
		f(int(s % window))
	}
}

// A meter counts over the last ten seconds. Seconds ascend.
type meter struct {
	second int64
	counts [window]uint32
}

func (m *meter) add(second int64, n int) {
	m.roll(second)
	m.counts[second%window] += uint32(n)
}

func (m *meter) sum(second int64) (n uint64) {
	m.roll(second)
	for _, c := range m.counts {
		n += uint64(c)
	}
	return n
}

func (m *meter) roll(second int64) {
	if second > m.second {
		each(m.second, second, func(slot int) { m.counts[slot] = 0 })
		m.second = second
	}
}

// latencies is a histogram of durations over the last ten seconds. Buckets are
// linear within each power of two, sixteen of them, so that a duration is off
// by a sixteenth at most: the layout of Gil Tene's HdrHistogram, with four bits.
type latencies struct {
	second int64
	slots  [window][latencyBuckets]uint32
}

const (
	latencyBits    = 4
	latencyMax     = 1<<26 - 1 // microseconds, a minute; longer ones count as that
	latencyBuckets = (26 - latencyBits + 1) << latencyBits
)

// bucketOf returns the bucket of a duration in microseconds.
func bucketOf(micros int64) int {
	v := uint64(min(max(micros, 0), latencyMax))
	shift := max(bits.Len64(v)-1-latencyBits, 0)
	return shift<<latencyBits + int(v>>shift)
}

// middleOf returns the middle of a bucket, in microseconds.
func middleOf(bucket int) int64 {
	shift := max(bucket>>latencyBits-1, 0)
	low := int64(bucket-shift<<latencyBits) << shift
	return low + (1<<shift-1)/2
}

func (l *latencies) add(second, micros int64) {
	l.roll(second)
	l.slots[second%window][bucketOf(micros)]++
}

// quantiles returns the durations, in microseconds, below which those shares
// of all lie, and how many durations there are; 0 of none.
func (l *latencies) quantiles(second int64, shares ...float64) ([]int64, uint64) {
	l.roll(second)
	var sums [latencyBuckets]uint64
	var n uint64
	for i := range l.slots {
		for b, c := range l.slots[i] {
			sums[b] += uint64(c)
			n += uint64(c)
		}
	}
	out := make([]int64, len(shares))
	for i, share := range shares {
		left := share * float64(n)
		for b, c := range sums {
			if left -= float64(c); c > 0 && left <= 0 {
				out[i] = middleOf(b)
				break
			}
		}
	}
	return out, n
}

func (l *latencies) roll(second int64) {
	if second > l.second {
		each(l.second, second, func(slot int) { clear(l.slots[slot][:]) })
		l.second = second
	}
}
