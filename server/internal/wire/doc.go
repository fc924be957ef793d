// Package wire is the protocol between the server and its clients: the
// messages, their limits, the codes of refusal, and how they are read and
// written. It knows no socket and keeps no state; what a message does is the
// server's and the authority's business and is told here for the reader.
// docs/protocol.md says the same for people who write clients.
//
// # Frames
//
// The transport is WebSocket (RFC 6455). Every text frame is one JSON object
// with a string "type"; the one exception is the frame HB, a heartbeat, which
// is taken and not answered. Messages are matched to what they answer by order
// and by type, never by an id of their own.
//
// A thread is a text with a title; its id is a ULID, and its stream in the log
// has that name. A revision counts the records of the thread, from 1. A client
// is one instance of an editor and has a ULID too. Positions and lengths are in
// UTF-16 code units, a line break counts as one; times are Unix milliseconds;
// limits on text and frames are in bytes of UTF-8, those on names in code
// points; no number is above 2^53-1.
//
// # Line mode
//
// Line mode is the default, and serves clients that know lines alone. A client
// opens or joins a thread and gets join with all lines in data. It then writes
// one line, its current line, by sending what that line reads: new begins one
// at the end, update replaces it, submit replaces and finishes it. Everybody in
// the thread gets update with the index of the line and what it now reads. The
// sender gets its own marked "mine":true, once for each message: the receipt
// that it is on disk. What others do to a line in a moment may come as one
// update. When indexes have moved, a join with current and received
// comes first; receipts that were held back until then follow it.
//
// What a client sends is taken as an edit of what it last knew, so that two
// people in one line lose nothing of each other's.
//
// # Text mode
//
// A client that joins with mode "text" holds the whole text. It pushes changes
// made at the revision it knows, numbered by seq from 1 without gaps, one push
// at a time and all or nothing; the server carries each over what was logged
// since. update streams every record of the thread, to its author too, in the
// order of the log and without gaps: a change with client and seq, by which its
// author knows its own, and any other record with its kind and the length of
// the text. The revision and chain of a frame are those of its last entry, and
// a client that was cut off resumes from them. While much is written a frame
// holds all entries of a moment, or of as long as its reader was slow.
//
// # The rows of a text
//
// The join gives a client a row for each line, "blame"."lines": revision, author,
// time and submitted of the line's last change. The client keeps these rows up to
// date from the entries alone, each in turn:
//
//   - An entry with "rows" carries splices, [line, removed, [row, …]], each row
//     being [revision, "author id", at, submitted]. The client applies them one
//     after the other, as Array.prototype.splice does: removed rows from index
//     line on give way to the rows given. It does nothing else for this entry.
//     Splices ascend and have a gap between them, so line is an index in the text
//     after the entry, while removed counts lines of the text before. They include
//     every line that an edit of the entry lies in.
//   - A change without "rows" neither inserts nor deletes a line break. Each edit
//     lies in one line, which gets the entry's revision, author and time, and is
//     not submitted any more.
//   - An entry of kind submitted marks the rows of "lines" as submitted.
//   - No other entry changes a row; a redaction does not either.
//
// Before the first change of a thread there are no rows. "rows" is left out
// wherever the second rule gives the server's rows; it is there when lines are
// added, removed or moved, and when a line keeps an older row although an edit
// lies in it. Example: the text "milk\nbread" has the rows of revisions 2 and 3,
// and Ben presses Enter behind "milk" at revision 5. The first line keeps its row:
//
//	"changes":[4,[0,"",""],6],"rows":[[0,1,[[2,"01J9Z2ADA00000000000000000",1760000000100,true],[5,"01J9Z2BEN00000000000000000",1760000000456,false]]]]
//
// # What is never logged
//
// cursor passes on where people are in a text, and people tells text mode who is
// in the thread: after the join and when that changes, four times a second at
// most. A row of list has the names of those who are here and of those among
// them who are typing, which is whose edit was logged within five seconds. A
// client that sends activity gets a frame twenty times a second about the whole
// server, until it sends "on":false; once a second that tells of the last ten.
//
// # A worked exchange
//
// Arrows point at the server (→) and from it (←); … stands for what is left
// out. Ada opens a thread, writes a line and finishes it:
//
//	→ {"type":"open","user":"Ada","title":"Shopping"}
//	← {"type":"join","thread":"01J9Z3N8QJ7C0V5R2K4M6T8W9X","title":"Shopping","data":[],"rev":1,"limits":{…}}
//	→ {"type":"new","value":"mil"}
//	← {"type":"update","id":"01J9Z3N8QJ7C0V5R2K4M6T8W9X","line":0,"value":"mil","user":"Ada","rev":2,"submitted":false,"mine":true}
//	→ {"type":"submit","value":"milk"}
//	← {"type":"update","id":"01J9Z3N8QJ7C0V5R2K4M6T8W9X","line":0,"value":"milk","user":"Ada","rev":4,"submitted":true,"mine":true}
//
// The submit made two records: revision 3 changed the line and 4 finished it.
// Ben has had the thread open in an editor since revision 2. He got the same
// two records as entries, and puts "oat " before what is there; he had not seen
// them when he did, so his change is for three units, and is carried over them:
//
//	← {"type":"update","id":"01J9Z3N8QJ7C0V5R2K4M6T8W9X","rev":4,"chain":"…","updates":[{"rev":3,"user":"Ada","author":"01J9Z2ADA00000000000000000","client":"01J9Z41111111111111111111B","seq":0,"at":1760000000123,"changes":[3,[0,"k"]]},{"rev":4,"user":"Ada","author":"01J9Z2ADA00000000000000000","at":1760000000124,"kind":"submitted","length":4,"lines":[0,0]}]}
//	→ {"type":"update","client":"01J9Z40000000000000000000A","seq":1,"rev":2,"changes":[[[0,"oat "],3]]}
//	← {"type":"update","id":"01J9Z3N8QJ7C0V5R2K4M6T8W9X","rev":5,"chain":"…","updates":[{"rev":5,"user":"Ben","author":"01J9Z2BEN00000000000000000","client":"01J9Z40000000000000000000A","seq":1,"at":1760000000456,"changes":[[0,"oat "],4]}]}
//
// Ada, at the same moment, sees her line change:
//
//	← {"type":"update","id":"01J9Z3N8QJ7C0V5R2K4M6T8W9X","line":0,"value":"oat milk","user":"Ben","rev":5,"submitted":false}
//
// # What is refused
//
// Decode reads strictly and repairs nothing. What is not JSON is bad_json. What
// is no object, lacks a field or has one of another JSON type is bad_message.
// The right type with content that is refused is bad_value; within the elements
// of "changes" it is bad_change. In particular:
//
//   - Names of fields are compared exactly; unknown fields are passed over, and
//     a known one given twice is bad_message. Null is the same as leaving out.
//   - Numbers are whole and written in digits alone: -0, 1.0 and 1e3 are
//     bad_value like 1.5. A seq is at least 1.
//   - No string has half of a surrogate pair or U+0000 in it. A value is one
//     line, and so is every string in a change: it has neither \n nor \r.
//   - User, title and the name of a version are brought to Unicode normal form
//     NFC and trimmed. They have something visible in them, and no control
//     character, line or paragraph separator, or character that turns the
//     direction of what follows.
//   - What is no ULID names no thread: not_found.
//   - Arrays and objects lie at most 64 deep in one another: beyond, bad_json.
//
// A refusal is the frame error with code, text for people, re (the type it
// answers, where that is known and at most 64 bytes long) and, with stale, head:
//
//	→ {"type":"update","value":"x","line":3}
//	← {"type":"error","code":"bad_message","text":"\"line\" without \"rev\": send the revision at which the line was counted","re":"update"}
//
// Nothing else comes of a refused message; the connection stays.
package wire
