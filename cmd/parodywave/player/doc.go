// Package player plays the history of a thread in a terminal.
//
// A History is read into memory once and does not change. A Cursor gives a Frame
// of it: the text after a step, with the changes of the step. Breakpoints stop the
// player; History.Scan finds all their hits at once. The Model handles keys and
// draws the screen. It needs no terminal, so tests can drive it.
//
// # Steps
//
// A step is played at once: an edit (one record), a burst (edits of one author in
// a row, without a pause longer than History.Pause) or all records up to a
// submitted line. Steps cover every revision once. The player can also stop inside
// a step, at a revision that was asked for; it then shows the step up to there.
//
// # Breakpoints
//
//	line:12       a record changes, creates, submits or redacts the line that is
//	              number 12 after the record, or removes the line that was number
//	              12 before it. Inserting or deleting lines above it is no hit.
//	/regexp/      inserted text matches, or a line starts to match; with the
//	              syntax of package regexp. A line does not start to match if it was
//	              split from a line that matched, or such a line was joined into it.
//	author:NAME   a record of the author with this name or id
//	watch         (only in the player) a line changes or is removed. The line is
//	              followed as log -L does: through edits, moves and joins, back to
//	              the line it was split from, and with lines joined into it
//
// A step stops the player if any of its records hits.
//
// # Going back
//
// A projection.Thread cannot go back and cannot be copied. To go back, a Cursor
// folds the history again from the beginning to some steps before the wanted one,
// and keeps the frames from there on, so that further steps back are ready.
//
// # Concurrency
//
// Any number of goroutines may read a History. All other types are for one
// goroutine at a time.
package player
