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
// A line was last changed at the last revision at which its content, without
// its break, differs from before, or at its birth. It is submitted when it was
// submitted and has not changed since. A character's revision is the one that
// inserted it, there or where a move took it from.
//
// # Concurrency
//
// No value of this package may be used by two goroutines at once.
package projection
