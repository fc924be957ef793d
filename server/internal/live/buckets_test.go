package live

import (
	"math/rand/v2"
	"testing"
	"time"

	"golang.org/x/time/rate"

	"parodywave/eventlog/seeds"
)

// TestBucketsAllowWhatALimiterAllows compares them with x/time/rate, whose
// arithmetic is in floating point, so that they may differ by a token.
func TestBucketsAllowWhatALimiterAllows(t *testing.T) {
	seed := seeds.For(t)
	rng := rand.New(rand.NewPCG(seed, 0))
	const perSecond, most = 1000, 200
	var b bucket
	limiter := rate.NewLimiter(perSecond, most)
	now, allowed, expected := time.Now(), 0, 0
	for i := range 100_000 {
		now = now.Add(time.Duration(rng.ExpFloat64() * float64(5*time.Millisecond)))
		n := 1 + rng.IntN(12)
		if b.take(now.UnixNano(), n, perSecond, most) {
			allowed += n
		}
		if limiter.AllowN(now, n) {
			expected += n
		}
		if d := allowed - expected; d > 24 || d < -24 {
			t.Fatalf("after %d requests %d tokens were given, and %d by the limiter", i+1, allowed, expected)
		}
	}
	if b.take(now.UnixNano(), most+1, perSecond, most) {
		t.Error("more was given than the bucket holds")
	}
	if now = now.Add(time.Hour); !b.take(now.UnixNano(), most, perSecond, most) || b.take(now.UnixNano(), 1, perSecond, most) {
		t.Error("a bucket that filled for an hour holds just what it holds")
	}
}
