//go:build !race

package boltlog

// fewer is how many of so many rounds of one law are run: all of them without the
// race detector, as make storm does.
func fewer(rounds int) int { return rounds }
