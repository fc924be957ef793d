// Package claims finds out what text that comes back may state: an author's undo or
// paste claims that it brings back what earlier records deleted.
//
// A Memory has what the newest records deleted: units, who wrote them, and the lines
// that they lay in, with their rows. For an undo it makes the change that undoes the
// records, as an editor does, with a mark for each part of a deletion (compose.go), so
// that the parts are in the order of the text. Eight Backspaces in "three" after "two\n"
// are eight deletions of one unit, all in all "wo\nthree". The claim holds if the change
// inserts just that. Then the record states the first author of each unit (claim.go),
// and which lines come back (statedlines.go).
//
// A piece is a line of the text after the change that it touches. It may be one of the
// lines that its units, or the breaks beside it, were deleted from, or that its kept
// units are in:
//
//   - It is the one that reads like it did before an undone record, or else the one that
//     most of its units are from. A break counts only where no unit does.
//   - A piece whose units all come back is a line only if these are most of the units
//     that the line had: the rest may come back elsewhere.
//   - An identity lives once. A piece that reads like the line has it before others. A
//     line that the change does not touch keeps it, and so does one that leaves most of
//     its units in a piece for which nothing is stated.
//   - If the piece reads as before all that is undone, it has the row from before,
//     submitted if it was since; if somebody else has changed the line since, it has that
//     row. A paste changes a line with kept units like any other text.
//
// The memory is part of neither the thread nor a snapshot, and empty after a restart.
//
// No value of this package may be used by two goroutines at once.
package claims
