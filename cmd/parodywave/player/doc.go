// Package player plays the history of a thread in a terminal.
//
// A History is the history, read into memory once and never changed after that. A
// Cursor gives a Frame of it: the text after a step, with what the step did
// to it. Breaks stop the play; Scan finds where, over the whole history at
// once. The Model is the player: keys in, a screen out, and no terminal of its
// own, so that it is tested without one.
//
// # Steps
//
// A step is what is played at once: an edit (one record), a burst (edits of one
// author, nobody else's between them, without a pause of more than the History's
// Pause) or what led up to a submitted line. Steps cover every revision once.
// The player may stand within a step, at a revision that was asked for; then it
// shows the part of the step up to there.
//
// # Breakpoints
//
//	line:12       a record touches the line whose number is 12 at that moment,
//	              after the record: the line changes, is born, submitted or
//	              redacted; or the line that had the number before is taken
//	              away. That lines above it come or go is no touch.
//	/regexp/      text is inserted that matches, or a line begins to match; the
//	              syntax is that of package regexp. A line that was split from
//	              one that matched, or that one was joined into, does not begin
//	              to match by that.
//	author:NAME   a record of that author: a name or an id
//	watch         (only in the player) the content of a line changes, or the line
//	              goes; the line is followed as log -L does: through edits, moves
//	              and joins, back through what it was split from, and with what
//	              was joined into it
//
// A step stops the play if any record of it hits.
//
// # Going back
//
// A projection.Thread cannot be run backward or copied. To go back it is folded
// again from the beginning up to some steps before the one that is wanted, and
// the frames on the way are kept: the next steps back are there already.
//
// # Concurrency
//
// A History may be read by any number of goroutines; everything else belongs to
// one at a time.
package player
