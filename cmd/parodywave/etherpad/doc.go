// Package etherpad reads what Etherpad exports of a pad with its whole history,
// a file NAME.etherpad, and proves it: every revision applies to the one before,
// and all of them together give the text that the pad had.
//
// # File
//
// One JSON object with, among keys of plugins and of the chat, which are passed
// over:
//
//	"pad:ID"             {"atext": …, "pool": …, "head": N, "savedRevisions": […]}
//	"pad:ID:revs:R"      {"changeset": …, "meta": {"author", "timestamp"}}, R from 0 to N
//	"globalAuthor:A"     {"name": …}
//
// An atext is {"text", "attribs"}: the text and, run by run, the attributes of
// its units. A pool is {"numToAttrib": {"0": ["author","a.x"], …}}: attributes
// by number. Some revisions (each hundredth) carry in "meta" the atext that they
// lead to, which is held against what they do. A timestamp is in Unix
// milliseconds. Before revision 0 a pad's text is one line break.
//
// # Changeset
//
// Numbers are in base 36, lengths in UTF-16 code units, as in JavaScript:
//
//	Z: OLDLEN ( > GROWTH | < LOSS ) OPERATION… $ BANK
//	OPERATION = ( * ATTRIBUTE )… [ | BREAKS ] ( = | - | + ) UNITS
//
// = keeps, - deletes, + inserts the next units of the bank; what stands behind
// the last operation is kept. With | the units hold that many line breaks and
// end in one; without, they hold none. The attributes are numbers in the pad's
// pool; those of "attribs" are spelled like operations that insert.
//
// The notation is described in the documents "Easysync" and "Changeset Library"
// that Etherpad publishes; this code was written from them.
//
// # What is left of it
//
// Texts, authors, times and saved revisions. Formatting, which Parody Wave does
// not have, is counted and dropped. A line that is in a list keeps the asterisk
// that Etherpad has in its text as a marker. Etherpad's editor may part the
// halves of a surrogate pair; a half that stands alone, a carriage return or a
// NUL becomes U+FFFD, which is counted, since no text here may hold them. Their
// lengths are the same, so that all positions stay.
//
// Everything here is a function of the file, and safe for concurrent use.
package etherpad
