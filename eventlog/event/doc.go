// Package event gives the log's records their meaning: a closed set of payloads, and
// the codec between a payload and a record's kind, shape and text.
//
// # Shape and text
//
// The shape is the part that a redaction does not change: JSON of integers, arrays
// and short fixed words, in its one shortest form, so that its bytes can be
// reproduced from the values. The text is the erasable part: for each string, in
// order, its length in bytes as a big-endian u32, then its UTF-8.
//
//	kind          shape                                        text
//	opened        null                                         title
//	changed       sections, each inserted line by its length   the inserted lines
//	   schema 2   [sections,origins,lines]                     the inserted lines
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
// includes both ends. In redacted, the pairs are each redacted revision and its new
// commitment (64 hexadecimal digits), the ranges are those of its units that are
// still in the text, in UTF-16 units, and the sections replace exactly these ranges
// by text of the same shape: its units are all U+2588, its line breaks stay. In
// imported, revisions and head are those of the export, digest is the SHA-256 of the
// file. In connections, run is the ULID of a server start, node the server's name,
// thread a stream; the record's client is the connection; neither an address nor a
// token is ever recorded.
//
// # Stated origins
//
// Text that comes back (an undo, a paste of text that was cut, a restored version)
// keeps its first author. The change that brings it back states so, and is then of
// schema 2; a change that states nothing is schema 1. Beside the sections there are
//
//	origins  [[units,revision,author],…]  over the inserted units in order
//	lines    [[piece,born,ordinal,revision,author,at,submitted],…]
//
// all integers, so that a redaction has nothing to erase in them. An author is its
// number in order of first record in the stream, from 0. In origins, revision names the
// record that first inserted the units, never a copy; revision 0 with author
// 0 means new text; neighbours that are equal are one, and a last run of new text is
// left out. In lines, piece is an index in the text after the change, ascending; born
// and ordinal are the line's identity; the rest is its row, with Unix milliseconds and
// 0 or 1. With "one\ntwo\nthree" by author 0 in revision 2, and the second line deleted
// since by author 1, who undoes this:
//
//	[[4,[0,3,0],5],[[4,2,0]],[[1,2,1,2,0,1700000000000,0]]]
//
// Decode checks the form (Changed.Valid). The thread that folds a change refuses what
// only it can see: a revision that is not below the change's own, an author without a
// record, a piece that the change does not touch, an identity that another line has.
//
// Kinds of authors: "person" (a nickname), "cli" (writes by command), "imported"
// (came with an export and is never matched by name), "server".
//
// # Packed bodies
//
// A Packer packs shapes and texts of consecutive records of a stream into nine
// columns, which a block of the log compresses. Its ID is 1, and this form belongs to
// that ID permanently. An integer is a uvarint of encoding/binary, a zigzag its
// signed varint.
//
//	rows     a byte a row: kind + 8 if jumped + 16 if lengthened + 32 × records,
//	         these being 0 if they are more than 7
//	counts   of rows of more than 7 records: records less 8
//	jumps    of rows that jumped: zigzag of where the first edit is, in UTF-16 units,
//	         less where it was expected
//	lengths  of rows that were lengthened: zigzag of the text's length before the
//	         first edit less what it was expected to be, in UTF-16 units
//	sizes    of each row of kind 1: units deleted | bytes of text inserted
//	text     UTF-8: what is inserted, with U+000A for line breaks
//	plain sizes, plain shapes, plain texts
//	         of each record of rows of kind 0: lengths in bytes of shape and text;
//	         the bytes
//
// The kinds of rows:
//
//	0  bodies as they are
//	1  one replacement
//	2  typing: each record inserts the next code point of text, one unit, behind
//	   the one before
//	3  backspacing: each record deletes one unit, before the one before
//	4  deleting: each record deletes the unit at the same place
//
// An edit is expected where the last one ended: after its insertion, or where it
// deleted; backspacing one unit before that. The text is expected to have the length
// that it then had. Both are 0 at first, and rows of kind 0 change neither. Rows of
// kinds 1 to 4 are bodies in the shortest form of a change with one section that is
// not a keep, with numbers of at most eight digits and a text of at most a megabyte;
// all other bodies are in rows of kind 0. So every byte is restored, whatever the
// record's kind.
//
// A SegmentDecoder reads the rows as runs of edits, without making bodies.
//
// The table of kinds is frozen as schema 1 of every kind, and schema 2 of changed.
// Decode always upcasts (package migrations), so the rest of the program knows only
// current payloads.
package event
