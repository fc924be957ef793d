package seeds

import (
	"os"
	"testing"
)

// Rounds returns how many of n rounds of a law a test runs: a tenth, but at least
// one, with go test -short, a third with the race detector, under which each
// takes ten times as long, and otherwise all.
func Rounds(n int) int {
	switch {
	case testing.Short():
		return (n + 9) / 10
	case raced:
		return (n + 2) / 3
	}
	return n
}

// Storm reports whether make storm runs the test: it tries every case of a law where
// make test tries some.
func Storm() bool { return os.Getenv("PARODYWAVE_SEED") == fresh }
