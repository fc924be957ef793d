// Package ot is the algebra of changes to one text: making them, applying
// them, carrying them over each other, and writing them down.
//
// # Units
//
// A text is a sequence of UTF-16 code units in which a line break is the one
// unit U+000A. Every length and position in this package counts those units,
// because browsers do. Only units.go knows UTF-8 as well.
//
// # A change
//
// A Change says what becomes of every unit of the text it is made for. It is a
// row of sections, each covering the next stretch of the old text:
//
//	keep n         n units stay
//	delete n       n units go
//	replace n, t   n units become t; n = 0 inserts
//
// so it has two lengths, that of the old text (Len) and that of the new one
// (NewLen). It fits no text of another length: every operation checks this and
// answers with ErrLength. A Change cannot be altered once it is made, and any
// number of goroutines may use it at once. The zero Change is the one that
// does nothing to the empty text.
//
// # The algebra
//
//	c.Apply(t)               t after c
//	c.Invert(t)              undoes c: c.Invert(t).Apply(c.Apply(t)) = t
//	a.Compose(b)             first a, then b, as one change
//	a.Transform(b, before)   a, made for the same text as b, for the text after b
//
// One law makes concurrent work converge. For any a and b made for one text,
//
//	a.Compose(b.Transform(a, true)) and b.Compose(a.Transform(b, false))
//
// lead to the same text: who is Transform-ed with before set puts its text to
// the left where both write at one place. In a log that is the earlier entry.
//
// A second law one would like does not hold. Carrying a change over b and then
// over c is not the same as carrying it over b.Compose(c), since a composition
// forgets what was written, and where, only to be deleted again. In a text "b"
// let a and b both delete it, a putting "é" in its place, and let c then
// insert "b": one after the other gives "bé", over the composition "éb". Peers
// that group the same entries differently would drift apart for good, so a
// rebase always goes entry by entry: see Rebase.
//
// # Shortest form
//
// Every Change is in shortest form: no section is empty, and neighbouring
// keeps, neighbouring deletions, and neighbouring pure insertions are one. More
// is not joined: two replacements side by side, or a deletion followed by an
// insertion, do to the text what one replacement would, but another change
// that writes between the two parts finds a place there, and in the joined
// form it would not. Joining them would alter what Transform gives, and with
// that the text people see.
//
// # JSON
//
// A change is written as the editor component CodeMirror writes its ChangeSet:
// a number keeps, [n] deletes, [n,"line",…] replaces by the lines with a break
// between each two. With ten units of text,
//
//	[5,[0,"hi"],5]       inserts hi in the middle
//	[4,[2],4]            deletes two units
//	[9,[1,"","x"]]       replaces the last unit by a line break and x
//
// The log keeps this in two parts (AppendShape, AppendLines): the shape, in
// which the UTF-16 length of a line stands for its string, and the lines. An
// erasure replaces the lines and leaves the shape.
//
// Change is deliberately not a json.Marshaler: encoding/json would escape what a
// browser does not, and on reading would silently repair broken surrogates.
//
// Parse has its own reader of JSON, since this package imports nothing of ours.
// It goes from the bytes to sections and units in one pass, names the byte of
// each error, and takes 0.26 µs for a keystroke; encoding/json takes 1.4 µs to
// get as far as a []any.
//
// # Source
//
// The semantics, down to who goes first at one place, are those of ChangeSet
// in @codemirror/state 6 by Marijn Haverbeke and others (MIT licence); the
// code is this project's, and is held against vectors that CodeMirror itself
// computes: testdata/vectors.jsonl.gz, made by web/test/vectors.mjs.
package ot
