// Package revert takes back some edits of a thread, such as those of one author,
// and leaves alone what everybody else wrote. A Reversal follows the thread; its
// Plan is one change of the text as it is now. Restoring an earlier revision is
// taking back everything since.
//
// # The result
//
// In what follows, "the edits" are those to take back and "others" made all other
// edits. The change of a Plan
//
//   - deletes what the edits wrote, as far as it still stands;
//   - inserts what the edits deleted, unless the edits wrote that themselves;
//   - moves lines back that the edits moved.
//
// Text of others that still stands is there exactly once afterwards. Text of
// others that the edits deleted, and nobody else, is there again, exactly once.
// Nothing that the edits wrote is there. Taking back everything since a revision
// gives the text of that revision.
//
// If nothing moved, the result is the same as carrying each edit's inverse over every
// later entry, one by one, and over the inverses of later edits; that itself would
// take the product of their numbers. Text that comes back stands where it was in
// relation to what is left around it. Of text that others wrote at that very
// place, what they wrote later stands left of it; but whole lines (text that ends
// with a line break) come back above it.
//
// # Moves
//
// A move, as package projection defines it, neither writes nor deletes, whoever
// makes it. Lines that were cut in one change and pasted in another did not move.
//
//   - Lines that others moved stay where they are, and what is to be deleted or
//     inserted in them is deleted or inserted there. Text that the edits
//     deleted at the end of such a line, up to a break, and at its beginning, from a
//     break on, belongs to the line.
//   - Lines that the edits moved go back between the lines between which they
//     stood, with what others wrote into them, at their ends, or in their place.
//     If others moved them again they stay: the last move wins. Lines that only
//     the edits wrote do not go back, so that what others wrote into them stays.
//   - A move deletes a break beside the run that moves and writes one elsewhere.
//     If the edits had written that break and others moved the run, the new break
//     counts as the edits' and is deleted, unless that would join two lines of
//     others.
//
// A line that moves back whole is a move in the log, too, and keeps its authors; breaks
// beside it may be deleted and written again. Where a line that moves back would join two lines
// that nobody joined, because others deleted its break, a break is written; if the
// text has lost its last break in this way, it has none at its end afterwards.
//
// # Pieces
//
// A Reversal cuts the text into pieces. They are in two orders: the order of the
// text, and the original order, the order of the text as it would be without the
// edits. The terms, with ben's text "one two" and ana's edits to take back:
//
//   - A piece holds units that stand in the text. It is mine if the edits wrote
//     it. After ana's "big " the text has three pieces, and the second is mine:
//     [one ][big ][two].
//   - A tombstone is a piece that is only in the original order: text that the
//     edits deleted and that is to come back. If ana deletes "one ", the order of
//     the text is [big ][two], and the original order <one >[big ][two].
//   - A piece is displaced if the edits moved it: it is in both orders, at
//     different places. If ana moves line "a" below line "b", the text is [b↵][a↵]
//     and the original order [a↵][b↵], with "a" displaced.
//   - An anchor marks, while one change is taken in, the place in the original
//     order where the change inserts.
//   - A boundary marks a place in the original order where a break stood that
//     others wrote and others deleted, or that became the edits'. If a line is to
//     move back beside a boundary and two lines would become one that nobody
//     joined, a break is written there. A weak boundary stands beside text that
//     others wrote after something moved; it counts only if the edits wrote a
//     break in that line.
//
// # Cost
//
// A Reversal folds the thread once, event by event. An edit near the last one
// costs a few steps; one elsewhere passes the pieces between them. A Plan takes
// time in proportion to the text and the number of pieces. No value of this
// package may be used by two goroutines at once.
package revert
