// Package hdr has a histogram of durations with a bounded relative error. The
// server's statistics and the load generator's report use it.
//
// It is the layout of Gil Tene's HdrHistogram with five bits: below 32 µs a bucket
// is one microsecond wide; above, each power of two has 32 buckets, so that a
// bucket is at most 1/32 as wide as the durations in it.
package hdr

import (
	"math"
	"math/bits"
	"time"
)

// Most is the longest duration with a place of its own; longer ones count as Most.
const Most = (1<<32 - 1) * time.Microsecond

const (
	steps   = 32 // buckets of a power of two
	buckets = (32 - 5 + 1) * steps
)

// A Histogram counts durations. Its zero value is empty. Two goroutines must not
// use one at the same time.
type Histogram struct {
	counts [buckets]uint32
	total  uint64
	max    time.Duration
}

// Add counts a duration; a negative one counts as 0.
func (h *Histogram) Add(d time.Duration) {
	d = min(max(d, 0), Most)
	h.counts[bucket(uint64(d/time.Microsecond))]++
	h.total++
	h.max = max(h.max, d)
}

// Merge adds all durations of g.
func (h *Histogram) Merge(g *Histogram) {
	for i, n := range g.counts {
		h.counts[i] += n
	}
	h.total += g.total
	h.max = max(h.max, g.max)
}

// Count returns how many durations were added.
func (h *Histogram) Count() uint64 { return h.total }

// Max returns the longest duration, 0 if there is none.
func (h *Histogram) Max() time.Duration { return h.max }

// Quantile returns a duration that the fraction q of all durations does not
// exceed. It is at most 1/32 too long, and 0 if there is none.
func (h *Histogram) Quantile(q float64) time.Duration {
	left := uint64(math.Ceil(q * float64(h.total)))
	for b, n := range h.counts {
		if left <= uint64(n) {
			return min(time.Duration(top(b))*time.Microsecond, h.max)
		}
		left -= uint64(n)
	}
	return h.max
}

// bucket returns the bucket of n microseconds.
func bucket(n uint64) int {
	shift := max(bits.Len64(n)-6, 0)
	return shift*steps + int(n>>shift)
}

// top returns the largest number of microseconds in a bucket.
func top(b int) uint64 {
	shift := max(b/steps-1, 0)
	return uint64(b-shift*steps+1)<<shift - 1
}
