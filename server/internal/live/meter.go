package live

import (
	"time"

	"parodywave/server/hdr"
)

// window is how many seconds meters look back.
const window = 10

// each calls f with the slot of every second after last up to second, which f
// must clear.
func each(last, second int64, f func(slot int)) {
	for s := max(last+1, second-window+1); s <= second; s++ {
		f(int(s % window))
	}
}

// A meter counts over the last ten seconds. The seconds given to it never decrease.
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

// latencies is a histogram of durations over the last ten seconds.
type latencies struct {
	second int64
	slots  [window]hdr.Histogram
}

func (l *latencies) add(second, micros int64) {
	l.roll(second)
	l.slots[second%window].Add(time.Duration(min(micros, hdr.Most.Microseconds())) * time.Microsecond)
}

// quantiles returns the durations, in microseconds, which those shares of all
// durations do not exceed, and how many durations there are; 0 of none.
func (l *latencies) quantiles(second int64, shares ...float64) ([]int64, uint64) {
	l.roll(second)
	var all hdr.Histogram
	for i := range l.slots {
		all.Merge(&l.slots[i])
	}
	out := make([]int64, len(shares))
	for i, share := range shares {
		out[i] = all.Quantile(share).Microseconds()
	}
	return out, all.Count()
}

func (l *latencies) roll(second int64) {
	if second > l.second {
		each(l.second, second, func(slot int) { l.slots[slot] = hdr.Histogram{} })
		l.second = second
	}
}
