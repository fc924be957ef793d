// Package revert takes back some edits of a thread, such as those of one author,
// and leaves alone what everybody else wrote. A Reversal follows the thread; its
// Plan is one change of the text as it is now. Restoring an earlier revision is
// taking back everything since.
//
// # The result
//
// In what follows, "the edits" are those to take back and "others" made all other
// edits. A unit of the text has two lives: one in the text, and one in the text
// without the edits. Others' edits concern both. Text that the edits insert is never in
// the text without them, and text that they delete stays in it. The change of a Plan makes
// the text what it is without the edits. So:
//
//   - Text of others that still stands is there exactly once afterwards. Text of others
//     that the edits deleted, and nobody else, is there again, exactly once. Nothing that
//     the edits wrote is there.
//   - Taking back everything since a revision gives the text of that revision.
//   - Taking the same edits back again takes back only what is new.
//
// # Pieces
//
// A Reversal cuts the text into pieces. With ben's text "one two" and ana's edits to take
// back:
//
//   - A piece is kept if it is in both texts, and mine if it is only in the text. After
//     ana's "big " the text is [one ][big ][two], and the second piece is mine.
//   - A piece is a ghost if it is only in the text without the edits. If ana deletes
//     "one ", the pieces are <one >[two].
//   - A ghost is kept again when somebody brings its text back: a record states its
//     origin, or writes just the text of all ghosts at a place there. Where a command then
//     deletes all of that again, it takes the bringing back back: it is a ghost again.
//
// Text that comes back stands where it was in relation to the text around it. Of text that
// others wrote at that very place, the newest stands left of it; but whole lines (text that ends with a line break) come back above it. If ana deletes a line
// together with the break before it, the break behind it counts as deleted.
//
// A Plan states the origins of the text that comes back, and which lines are again what
// they were when the edits first touched them, so that they keep their authors.
//
// # Moves
//
// A move, as package projection defines it, neither writes nor deletes. The break that is
// deleted and inserted beside a line moves with it. Pieces have ranks: their order in the
// text without the edits.
//
//   - Lines that the edits move keep their ranks. If ana moves line "a" below line "b", the
//     text is [b↵][a↵], of ranks 3 and 1, and a goes back up.
//   - Lines that others move stay where they are, wherever the edits had moved them: the
//     last move wins. They lose their rank, and belong to what is before them, but not to
//     a line that the edits moved.
//   - Text that others write has no rank. Within a line it belongs to that line, and goes back
//     with it. Before the edits move such text, all pieces get new ranks.
//   - If others have deleted the break between two lines that are neighbours again, and they
//     stand in different lines now, a break is written between them.
//
// Known limit: a Plan does not state the origins of lines that move back. If the same
// edits are taken back again, text that came back in or beside such lines may come back
// once more.
//
// A line that moves back whole is a move in the log, too, and keeps its authors; breaks
// beside it may be deleted and written again.
//
// # Cost
//
// A Reversal folds the thread once, event by event. An edit near the last one
// costs a few steps; one elsewhere passes the pieces between them. A Plan takes
// time in proportion to the text and the number of pieces. No value of this
// package may be used by two goroutines at once.
package revert
