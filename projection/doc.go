// Package projection folds the log's events into answers: the text of a thread
// with its lines and authors (Thread), the list of threads (Directory), the
// connections (Connections) and the names of authors (Authors). It also answers
// questions about a thread's past: what two revisions differ in (Diff), what was
// deleted (Tombstones, Removal), what happened to a line (LineHistory), and what
// happened in a thread (Accounts, Timeline).
//
// A projection is a function of the log and of nothing else: no clock, no
// randomness, no order but the log's. The live thread and the one rebuilt at
// startup go through the same Apply. Any projection may be thrown away and folded
// again.
//
// # The line
//
// A text has pieces: it is split at its line breaks. A line's identity is the
// revision at which it was born and its ordinal among the births of that
// change. The first piece is born with the first change, even an empty one;
// before it there is no line. A line that a change does not touch keeps its
// identity. Within one change:
//
//   - Each old line picks the new piece that holds most of its surviving
//     UTF-16 units (a tie: the first).
//   - Each piece keeps, of the lines that picked it, the one that gives most (a
//     tie: the upper). The others are joined into that one: their identities
//     become aliases of it.
//   - A piece that no line picked is born. It is split from the old line that most
//     of its kept units come from (a tie: the upper), if there are any.
//   - A line that was not empty and of whose units none survives lives on, empty,
//     only if the breaks on both its sides stay (the ends of the
//     text count as breaks that stay). An empty line lives on unless the breaks
//     on both its sides are deleted. Such a line picks the piece at its kept
//     break (both kept: the first). Otherwise it is dead.
//   - A move: a deleted run of whole lines, at least one unit of it not blank,
//     that equals an inserted run of whole lines carries identity, spans and
//     submitted flags along. A deleted line is whole when all its units and the
//     break on at least one of its sides are deleted; an inserted one when all
//     its units and the break on at least one side are inserted (the ends of
//     the text are no breaks here); within a run all breaks are deleted, or
//     inserted. These breaks move along, the ones around a run do not. Blank units
//     are white space by Unicode. The longest runs (in lines) are
//     paired first, then in order of the deleted, then of the inserted. A line
//     that was moved keeps the piece it was moved to, whatever else picks that
//     piece. If the runs to choose from, none a part of another, hold more than
//     MaxMovePairs pairs of lines, the change has no moves.
//
// # The net law
//
// People judge an edit by what it leaves, not by each key. So a line's row (the
// revision, author and time of its last change, and whether it is submitted)
// follows from patches.
//
// A patch is what one author has made of neighbouring lines since others left them:
// the lines before, and the lines now. For example, Ben types "x" in Ada's line: the
// patch has her line, with her row. His Backspace makes the line what it was before;
// it has her row again and leaves the patch.
//
//   - A change unites the lines that it touches with its author's patches of them. A
//     line that the author was the last to change, and that is not submitted, begins
//     no patch on its own.
//   - It takes from others' patches the lines of before that have units in lines
//     which it alters or parts. Lines that it only moves stay in theirs, unless its
//     author's patches then make them other lines. A submitted line leaves its patch
//     likewise; redacted ends all patches. A pause ends none.
//   - Within a patch, identities follow the rule for one change, from the lines
//     before to the lines now, in this order: the whole is as before; a move, which
//     leaves the line's other parts behind and takes part in nothing below; most
//     units (a tie: equal content, then the older identity); without units, the first
//     free piece of equal content that is not blank, between its living neighbours;
//     the piece that has the identity now. Other pieces keep theirs, or are born.
//     A line that reads as before has the units of its piece, even new ones; one that
//     loses all of its units to it is missing, as if it were deleted. A line between
//     whose parts another comes to lie keeps only the part that it is. They are
//     settled when lines come or go, and when a line reads like one of before.
//   - An identity lives once: a line of before is one of the lines of its patch or none,
//     and is in no other patch.
//   - A line that is one of before, with its content, has the row of before. Any
//     other has the row of the newest record that altered its content, or of its birth.
//
// A stretch is the newest records by one author: without another author's, a
// submitted or redacted, or ten minutes between. When the text is what it was when
// the stretch began, every identity and row is what it was then. This outranks moves.
// A line alone that reads as then, with its identity of then, has the row of then.
// The stretch that writes the first text of a thread remembers nothing.
//
// A thread keeps the newest 10,000 lines and 1 Mi units of before; the patches last
// worked on longest ago end first. A patch has at most 64 Ki units between its first
// and last difference, and 64 runs of kept units: of more, the shortest count as
// deleted. A change of more than 1,000 edits ends all. The same bounds hold for the
// stretch; beyond them it remembers nothing. Bounds are part of the meaning of a log.
//
// A character's revision is the one that inserted it, there or where a move took it
// from, or the one that a record states.
//
// # Stated origins
//
// A record may state where inserted units are from, and which lines pieces are and what
// rows these have (package event). For example, Ben cuts Ada's line and pastes it below:
// the record of the paste states that its units are Ada's, and that the line is hers.
// That holds, whatever the rules above would find, but the text of a stretch's beginning
// outranks it. Moves are looked for only where nothing is stated; a stated line that the
// change deletes and inserts again, whole and with its row, is a move. Any other leaves
// all patches that it is a line of before of; where the stated row is the author's own,
// it stays in his.
//
// A record is damaged if a stated revision is not below its own, a stated author has no
// earlier record, a stated line is none that the change touches, or a line that lives on
// elsewhere as it was has its identity.
//
// # Concurrency
//
// No value of this package may be used by two goroutines at once.
package projection
