package hdr

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"parodywave/eventlog/seeds"
)

func TestBucketsFollowEachOther(t *testing.T) {
	last := -1
	for n := uint64(0); n <= uint64(Most/time.Microsecond); n += 1 + n/80 {
		b := bucket(n)
		if b < last || b > last+1 || b >= buckets {
			t.Fatalf("%d µs is in bucket %d after %d", n, b, last)
		}
		if bucket(top(b)) != b || bucket(top(b)+1) != b+1 {
			t.Fatalf("bucket %d ends with %d µs, which is in bucket %d", b, top(b), bucket(top(b)))
		}
		last = b
	}
	if last != buckets-1 {
		t.Errorf("the last bucket is %d of %d", last, buckets)
	}
}

func TestHistogramQuantilesAreClose(t *testing.T) {
	seed := seeds.For(t)
	r := rand.New(rand.NewPCG(seed, 0))
	var parts [3]Histogram
	var all []time.Duration
	for range 10_000 {
		d := time.Duration(r.ExpFloat64() * float64(3*time.Millisecond)).Truncate(time.Microsecond)
		parts[r.IntN(len(parts))].Add(d)
		all = append(all, d)
	}
	var h Histogram
	for i := range parts {
		h.Merge(&parts[i])
	}
	slices.Sort(all)
	for _, q := range []float64{0.01, 0.5, 0.9, 0.99, 0.999, 1} {
		want := all[int(q*float64(len(all)))-1]
		if got := h.Quantile(q); got < want || got > want+want/31+time.Microsecond {
			t.Errorf("seed %d: quantile %g is %v, want %v", seed, q, got, want)
		}
	}
	if h.Count() != uint64(len(all)) || h.Max() != all[len(all)-1] {
		t.Errorf("%d durations up to %v, want %d up to %v", h.Count(), h.Max(), len(all), all[len(all)-1])
	}
}

func TestDurationsBeyondTheEndsAreCounted(t *testing.T) {
	var h Histogram
	if h.Quantile(0.5) != 0 {
		t.Errorf("the median of nothing is %v", h.Quantile(0.5))
	}
	h.Add(-time.Second)
	h.Add(math.MaxInt64)
	if h.Quantile(0.5) != 0 || h.Quantile(1) != Most || h.Count() != 2 {
		t.Errorf("%v to %v", h.Quantile(0.5), h.Quantile(1))
	}
}
