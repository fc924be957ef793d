package revert_test

import (
	"os"
	"strconv"
	"testing"

	"parodywave/eventlog/seeds"
)

// rounds returns how many of n histories a law is held against: see seeds.Rounds.
// PARODYWAVE_HISTORIES=125000 asks for that many of each law, whatever n is.
func rounds(tb testing.TB, n int) int {
	tb.Helper()
	setting := os.Getenv("PARODYWAVE_HISTORIES")
	if setting == "" {
		return seeds.Rounds(n)
	}
	n, err := strconv.Atoi(setting)
	if err != nil || n < 1 {
		tb.Fatalf("PARODYWAVE_HISTORIES is %q, want a number", setting)
	}
	return n
}
