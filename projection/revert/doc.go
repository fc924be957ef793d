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
//   - Taking the taking back back gives the text of before.
//
// # Pieces
//
// A Reversal cuts the text into pieces, each in the text or not, and each wanted in the
// text without the edits or not. Below, a piece that is not in the text stands in <>, and
// ben's text is "one two":
//
//   - always: [one ][two] is in both. If ana deletes "one ", the pieces are <one >[two].
//   - never: after ana's "big " the text is [one ][big ][two], and "big " is never wanted.
//   - home and here: if ana moves the line "one↵" below "two↵", the text is
//     <one↵>[two↵][one↵]. The first is the home of the move and the last is here, where the
//     text is. A Plan puts either back home, or leaves the move and wants what is here.
//
// Text that comes back stands where it was in relation to the text around it. Of text that
// others write at that very place, the newest stands left of it; but whole lines (text that
// ends with a line break) come back above it. If ana deletes a line together with the break
// before it, the break behind it counts as deleted.
//
// # Text that came back already
//
// A record that states origins inserts no new units: it brings pieces back, or moves them.
// So does text of others that is just all that may come back at a place. If ana deletes
// "one ", and ben undoes that or types "one ", the piece is in the text again, and nothing is
// left to take back. Where a command deletes all of that again, it takes that back: it is
// <one >[two] again.
//
// An origin names a revision and not a place in its text. Pieces at the place come first, and
// those elsewhere must have just the units. Where one revision wrote the same twice, one may
// still be mistaken for the other, and come back once more or not at all: in about 1 of 500
// random histories of people who take back in turn.
//
// # Moves
//
// A move, as package projection defines it, takes one of the breaks beside it along. Text
// that the edits state to come from elsewhere is a move, too. Lines that others move take their
// pieces along. A move of the edits is left where it is
//
//   - if others have moved or deleted some of it since, or written into it,
//   - if lines would be joined or parted: others have written "!" before "one↵" where it is
//     now, or have deleted the break before <one↵>.
//
// A Plan counts the lines that it leaves and others have not moved.
//
// A Plan states the origins of the text that comes back, and which lines are again what
// they were when the edits first touched them, so that they keep their authors.
//
// # Cost
//
// A Reversal folds the thread once, event by event. An edit near the last one
// costs a few steps; one elsewhere passes the pieces between them. A Plan takes
// time in proportion to the text and the number of pieces, times the moves that it leaves.
// No value of this package may be used by two goroutines at once.
package revert
