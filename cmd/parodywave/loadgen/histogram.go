package loadgen

import (
	"math"
	"math/bits"
	"time"
)

// A histogram counts durations in buckets 1/32 wide of what they hold, from a
// microsecond on.
type histogram struct {
	counts [64 * 32]uint32
	total  uint64
	max    time.Duration
}

// bucket returns the number of the bucket of n microseconds.
func bucket(n uint64) int {
	if n < 32 {
		return int(n)
	}
	shift := bits.Len64(n) - 6
	return (shift+1)*32 + int(n>>shift) - 32
}

// top returns the largest number of microseconds in a bucket.
func top(b int) uint64 {
	if b < 64 {
		return uint64(b)
	}
	shift := b/32 - 1
	return uint64(b%32+32+1)<<shift - 1
}

func (h *histogram) add(d time.Duration) {
	d = max(d, 0)
	h.counts[bucket(uint64(d/time.Microsecond))]++
	h.total++
	h.max = max(h.max, d)
}

func (h *histogram) merge(g *histogram) {
	for i, n := range g.counts {
		h.counts[i] += n
	}
	h.total += g.total
	h.max = max(h.max, g.max)
}

// quantile returns a duration that the fraction q of all is not above; it is
// at most 1/32 too long.
func (h *histogram) quantile(q float64) time.Duration {
	left := uint64(math.Ceil(q * float64(h.total)))
	for b, n := range h.counts {
		if left <= uint64(n) {
			return min(time.Duration(top(b))*time.Microsecond, h.max)
		}
		left -= uint64(n)
	}
	return h.max
}

// Quantiles are of durations, in milliseconds.
type Quantiles struct {
	Count uint64  `json:"count"`
	P50   float64 `json:"p50"`
	P90   float64 `json:"p90"`
	P99   float64 `json:"p99"`
	Max   float64 `json:"max"`
}

func (h *histogram) quantiles() Quantiles {
	if h.total == 0 {
		return Quantiles{}
	}
	ms := func(d time.Duration) float64 { return math.Round(float64(d.Microseconds())/10) / 100 }
	return Quantiles{h.total, ms(h.quantile(0.5)), ms(h.quantile(0.9)), ms(h.quantile(0.99)), ms(h.max)}
}
