// Package event gives the log's records their meaning: a closed set of facts,
// and the codec between a fact and a record's kind, shape and text.
//
// # Shape and text
//
// The shape is what must stay true after an erasure: JSON of integers, arrays
// and short fixed words, in its one shortest form, so that its bytes can be
// made again from the values. The text is the erasable part: for each string,
// in order, its length in bytes as a big-endian u32, then its UTF-8.
//
//	kind          shape                                        text
//	opened        null                                         title
//	changed       sections, each inserted line by its length   the inserted lines
//	submitted     [from,to], lines as of the revision before   -
//	renamed       null                                         title
//	version       [revision]                                   name
//	redacted      [[[revision,"commitment"],…],[[from,to],…],  reason
//	              sections]
//	imported      [revisions,"head","digest"]                  -
//	named         ["kind"]                                     name
//	started       ["run","node"]                               -
//	connected     ["run","node"]                               -
//	joined        ["run","node","thread"]                      -
//	left          ["run","node","thread"]                      -
//	disconnected  ["run","node"]                               -
//	pruned        [through,"head"]                             -
//
// The sections of changed are CodeMirror's ChangeSet with each line's length
// in UTF-16 code units in place of its string: [5,[0,"hi"],5] is the shape
// [5,[0,2],5] and the text "hi". Lines count from 0 and the range of submitted
// includes both ends. In redacted, the pairs give each blacked revision's new
// commitment (64 hexadecimal digits), the ranges are what of it still stood in
// the text, in UTF-16 units, and the sections are a replacement of exactly
// those ranges by black text of the same shape: its units are all U+2588, its
// line breaks are where they were. In imported, revisions and head are those
// of the export, digest is the SHA-256 of the file. In connections, run is the
// ULID of a server start, node the server's name, thread a stream; the record's
// client is the connection; neither an address nor a token is ever recorded.
//
// Kinds of authors: "person" (a nickname), "cli" (whoever writes by command),
// "imported" (came with an export and is never matched by name), "server".
//
// This table is frozen as schema 1 of every kind. Decode always upcasts
// (package migrations), so the rest of the program knows today's facts only.
package event
