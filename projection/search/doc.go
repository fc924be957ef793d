// Package search finds a pattern in the whole history of a thread: who wrote
// text that matches it, when, and who deleted that text, even if it is gone now.
//
// # Hits
//
// A Hit is a match from the record that completed it to the record after which
// it matched no more. It stays the same hit as long as some of its characters are
// in a match: whatever is written around them, and wherever their line is moved,
// split or joined. If a match becomes several, or several become one, the one
// that shares most characters continues. Text that one change replaces with text
// that has the same match continues, too. For example, searching for "foo":
//
//	1  ana writes "fo"
//	2  ana writes "o" at the end     a hit appears: revision 2, ana, "foo"
//	3  ben writes "a " before it     the same hit, in "a foo"
//	4  ben moves the line            the same hit
//	5  cem deletes an "o"            the hit vanishes: revision 5, cem
//
// Matches that appear in one line at one revision, and vanish at one, are one
// Hit.
//
// # Matching
//
// Patterns match within one line: as package regexp does, from left to right,
// each match beginning where the one before ended. Empty matches do not count,
// and a pattern that can only match where there is nothing, or everywhere, is
// refused. Positions are UTF-16 units; half of a surrogate pair matches no
// character.
//
// # Cost
//
// A search folds the thread once, and matches again only what an edit touched:
// as far around it as a match can reach, where the pattern has a limit; otherwise
// the run of characters that can be in a match; otherwise the whole line. Package
// regexp takes time in proportion to the length of that times the size of the
// pattern, so the worst case is a pattern like .*a.*b in a thread of one long
// line: each keystroke costs a pass over the line. The context ends a search
// between two records. The pattern is compiled once; a search uses one
// goroutine, and several may use one Pattern at a time only if each has its own.
package search
