//go:build race

package boltlog

// fewer is how many of so many rounds of one law are run: a third of them with
// the race detector, with which each takes ten times as long.
func fewer(rounds int) int { return (rounds + 2) / 3 }
