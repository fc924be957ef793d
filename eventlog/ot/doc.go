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
// sequence of sections, each covering the next range of the old text:
//
//	keep n         n units stay
//	delete n       n units go
//	replace n, t   n units become t; n = 0 inserts
//
// so it has two lengths, of the old text (Len) and of the new one (NewLen). It fits
// no text of another length: every operation checks this and returns ErrLength. A
// Change is immutable, so any number of goroutines may use it at once. The zero
// Change does nothing to the empty text.
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
// lead to the same text: where both write at one place, the change transformed with
// before = true has its text on the left. In a log that is the earlier entry.
//
// A second law would be welcome but does not hold. Carrying a change over b and then
// over c is not the same as carrying it over b.Compose(c), since a composition
// forgets text that b wrote and c deleted, and where it was. In a text "b" let a and
// b both delete it, a inserting "é" in its place, and let c then insert "b": over b
// and then c, a gives "bé"; over the composition, "éb". Peers that group the same
// entries differently would diverge permanently, so a rebase always goes entry by
// entry: see Rebaser.Rebase.
//
// # Shortest form
//
// Every Change is in shortest form: no section is empty, and neighbouring
// keeps, neighbouring deletions, and neighbouring pure insertions are one. Nothing
// else is joined: two replacements side by side, or a deletion followed by an
// insertion, have the effect of one replacement, but another change can write
// between the two parts, and could not in the joined form. Joining them would change
// the result of Transform, and with that the text people see.
//
// # JSON
//
// A change is written as the editor component CodeMirror writes its ChangeSet:
// a number keeps, [n] deletes, [n,"line",…] replaces by the lines with line breaks
// between them. With ten units of text,
//
//	[5,[0,"hi"],5]       inserts hi in the middle
//	[4,[2],4]            deletes two units
//	[9,[1,"","x"]]       replaces the last unit by a line break and x
//
// The log stores this in two parts (AppendShape, AppendLines): the shape, which has
// the UTF-16 length of each line instead of its string, and the lines. A redaction
// replaces the lines and leaves the shape.
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
// The semantics, down to the order of two insertions at one place, are those of
// ChangeSet in @codemirror/state 6 by Marijn Haverbeke and others (MIT licence). The
// code is this project's, and is tested with vectors that CodeMirror itself computes:
// testdata/vectors.jsonl.gz, made by web/test/vectors.mjs.
package ot
