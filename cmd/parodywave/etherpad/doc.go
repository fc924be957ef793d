// Package etherpad reads an export of a pad with its whole history, the file
// NAME.etherpad of Etherpad, and checks it: every revision applies to the previous
// one, and all of them together give the text of the pad. Where they do not, the
// revisions before are whole, and the text of the pad stands for the others.
//
// # File
//
// One JSON object with these keys in any order, perhaps behind a byte order mark.
// Others, of plugins and of the chat (pad:ID:chat:N), are counted and dropped. The first
// is "pad:ID:" where etherpad-go wrote the file:
//
//	"pad:ID"             {"atext": …, "pool": …, "head": N, "savedRevisions": […]}
//	"pad:ID:revs:R"      {"changeset": …, "meta": {"author", "timestamp"}}, R from 0 to N
//	"globalAuthor:A"     {"name": …}
//
// An atext is {"text", "attribs"}: the text and, run by run, the attributes of
// its units. A pool is {"numToAttrib": {"0": ["author","a.x"], …}}: attributes
// by number. Some revisions (each hundredth) have in "meta" the atext after them,
// which is compared with the result. A timestamp is in Unix milliseconds. Before
// revision 0 a pad's text is one line break.
//
// # Changeset
//
// Numbers are in base 36, lengths in UTF-16 code units, as in JavaScript:
//
//	Z: OLDLEN ( > GROWTH | < LOSS ) OPERATION… $ BANK
//	OPERATION = ( * ATTRIBUTE )… [ | BREAKS ] ( = | - | + ) UNITS
//
// = keeps, - deletes, + inserts the next units of the bank; text after the last
// operation is kept. With | the units contain that many line breaks and end with
// one; without it they contain none. The attributes are numbers in the pad's pool;
// "attribs" is written as operations that insert.
//
// Etherpad's documents "Easysync" and "Changeset Library" describe the notation;
// this code was written from them.
//
// # Result
//
// Texts, authors, times and saved revisions. Formatting is counted and dropped. A
// line of a list keeps the asterisk that marks it in Etherpad's text. Etherpad's
// editor can separate the halves of a surrogate pair. A single half, a carriage
// return and a NUL are invalid in a thread: each becomes U+FFFD, which has the same
// length, so that positions stay, and is counted.
//
// All functions depend only on the file and are safe for concurrent use.
package etherpad
