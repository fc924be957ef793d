// Package claims finds out what text that comes back may state: an author's undo or
// paste claims that it brings back what earlier records deleted.
//
// A Memory has what the newest records deleted: units, who wrote them, and the lines
// that they lay in, with their rows. For an undo it makes the change that undoes the
// records, as an editor does, with a mark for each part of a deletion (compose.go), so
// that the parts are in the order of the text. Eight Backspaces in "three" after "two\n"
// are eight deletions of one unit, all in all "wo\nthree". The claim holds if the change
// inserts just that. Then the record states the first author of each unit (claim.go),
// and which lines come back (statedlines.go):
//
//   - A piece of the text after that has only units which come back is the line that
//     they were deleted from, unless another line has that identity. It has the row
//     from before.
//   - A piece that kept units is the line that it was. If an undo makes it read as
//     before, it has the row from before; if somebody else has changed it since, it
//     keeps that row. A paste changes such a line like any other text.
//
// The memory is part of neither the thread nor a snapshot, and empty after a restart.
//
// No value of this package may be used by two goroutines at once.
package claims
