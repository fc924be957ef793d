// Package linediff compares two texts. Its three functions answer what two
// lists of strings have in common (Common), what changed in a line, word by word
// (Words), and which change makes one text of another (Diff). It knows nothing
// of who wrote what: a diff of two revisions of a thread, with authors, is made by
// package projection.
//
// # What is the same
//
// Common is a patience diff (Bram Cohen): equal strings at both ends are the
// same; of what is left, so are the strings that either side has once, as many
// of them as come in the same order on both sides; and so on between any two of
// those. A long insertion does not mislead it, and neither do the blank lines
// and brackets that occur everywhere. Where either side has no string once, it
// compares by package lcs of go-udiff, which stops at 100 differences and
// then finds fewer strings in common than there are.
//
// # Lines that changed
//
// Diff pairs the lines between two that stay. Two lines are similar if they share
// about half the bigrams (pairs of adjacent characters) of the shorter one and a
// quarter of the longer one's; the pairing has the greatest sum of shared
// bigrams. A line that stands unchanged elsewhere is in no pair: it is deleted
// and inserted whole, with a break, which a thread recognizes as a move.
//
// # Cost
//
// Common takes time and memory in proportion to the texts, times at most 16
// levels of patience. Pairing compares at most 4 Mi bigrams in a gap between
// lines that stay, and 16 Mi in all; beyond that, the first line becomes the first. Words
// copies nothing: its parts are pieces of the two lines. The functions are pure and may be called concurrently.
package linediff
