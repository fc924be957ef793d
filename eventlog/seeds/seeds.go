// Package seeds gives random tests their seeds and numbers of rounds. Every test has
// its own seed, the same at every run, so that a test that has passed passes again.
// PARODYWAVE_SEED=fresh, which make storm sets, gives every run new seeds, and
// PARODYWAVE_SEED=123 repeats a seed that a failure has printed.
//
// For tests only; nothing here is linked into the program.
package seeds

import (
	"hash/fnv"
	"os"
	"strconv"
	"testing"
	"time"
)

// For returns the seed of a test, below 2^32, and logs the command that repeats the
// test with it. It fails the test if PARODYWAVE_SEED is neither a number below 2^32
// nor "fresh".
func For(t testing.TB) uint64 {
	t.Helper()
	seed, err := choose(t.Name(), os.Getenv("PARODYWAVE_SEED"), time.Now)
	if err != nil {
		t.Fatalf("PARODYWAVE_SEED is %q, want a number below 2^32, or fresh", os.Getenv("PARODYWAVE_SEED"))
	}
	t.Logf("again: PARODYWAVE_SEED=%d go test -run '^%s$'", seed, t.Name())
	return seed
}

// fresh is the setting of make storm.
const fresh = "fresh"

func choose(test, setting string, now func() time.Time) (uint64, error) {
	switch setting {
	case "":
		h := fnv.New32a()
		h.Write([]byte(test))
		return uint64(h.Sum32()), nil
	case fresh:
		return uint64(now().UnixNano()) & 0xffffffff, nil
	}
	return strconv.ParseUint(setting, 10, 32)
}
