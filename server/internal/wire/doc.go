// Package wire is the protocol between the server and its clients: the messages,
// their limits, the error codes, and how frames are read and written. It opens no
// socket and keeps no state. The server and package authority decide the effect of
// a message; this comment says it for the reader. docs/protocol.md is the same for
// people who write clients.
//
// # Frames
//
// The transport is WebSocket (RFC 6455). Every text frame is one JSON object with
// a string "type". The only exception is the frame HB, a heartbeat, which is
// accepted and not answered. An answer is matched to its message by order and by
// type; messages have no ids.
//
// A thread is a text with a title. Its id is a ULID, which is also the name of its
// stream in the log. A revision counts the records of the thread, from 1. A client
// is one instance of an editor and has a ULID, too. Positions and lengths are in
// UTF-16 code units, a line break counting as one; times are Unix milliseconds;
// limits on text and frames are in bytes of UTF-8, limits on names in code points;
// no number is above 2^53-1.
//
// # Line mode
//
// Line mode is the default. It is for clients that know only lines. A client opens
// or joins a thread and gets join with all lines in data. It then writes one line,
// its current line, by sending what the line reads: new begins a line at the end,
// update replaces the current line, submit replaces it and finishes it. All
// clients in the thread get update with the index of the line and what it now
// reads. The sender's own update has "mine":true and comes once for each message:
// it is the receipt that the edit is on disk. Edits of other clients that follow
// each other closely may come as one update. When lines have moved, a join with
// current and received comes first, and then the receipts that waited for it.
//
// The server treats a value as an edit of what the client last knew, so that two
// people who write in one line lose nothing of each other's text.
//
// # Text mode
//
// A client that joins with mode "text" holds the whole text. It pushes changes
// made at the revision it knows, numbered by seq from 1 without gaps. It has one
// push in flight at a time, and a push is logged as a whole or not at all. The
// server carries each change over what was logged since. update streams every
// record of the thread in the order of the log, without gaps, to its author too: a
// change with client and seq, by which a client recognises its own, and any other
// record with its kind and the length of the text. The revision and chain of a
// frame are those of its last entry; a client that was disconnected resumes from
// them. In a busy thread a frame holds all entries of an interval, or all that
// came while its reader was slow.
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
// # Text that comes back
//
// A push may say that some of its changes bring text back, in "claims": pairs of the
// index of a change and {"undoes":[from,to]}, the client's own entries that the change
// undoes, by seq; {"pastes":seq}, the client's own entry that cut the text; or
// {"pastes":{"rev":r}}, the record of the same author that cut it. An undo may take
// back many entries, a paste one. Claims of other kinds are ignored.
//
// A claim holds if the text that the change inserts is, whole and in order, the text
// that these entries deleted (without text that they inserted themselves), and the
// server still remembers it: the newest deletions since the server started, up to 2^20
// units. Then the record states who wrote the text first and which lines it brings
// back, and its entry has "origins": [units, revision, "author id"] for the inserted
// text, in order; text beyond them is new. A claim that does not hold is dropped, and
// the text is new. A claim on text that was redacted since is bad_change.
//
//	→ {"type":"update","client":"01J9Z40000000000000000000A","seq":3,"rev":7,"changes":[[4,[0,"","bread"]]],"claims":[[0,{"undoes":[2,2]}]]}
//
// # What is never logged
//
// cursor passes on where clients are in a text. people lists who is in the thread,
// for text mode: after a join and when the list changes, at most four times a
// second. A row of list names the people who are in a thread and those of them who
// are typing, which means that an edit of theirs was logged within five seconds. A
// client that sends activity gets a frame about the whole server twenty times a
// second, until it sends "on":false; one frame a second has the details of the
// last ten seconds.
//
// # A worked exchange
//
// Frames to the server are marked →, frames from it ←; … marks an omission. Ada
// opens a thread, writes a line and finishes it:
//
//	→ {"type":"open","user":"Ada","title":"Shopping"}
//	← {"type":"join","thread":"01J9Z3N8QJ7C0V5R2K4M6T8W9X","title":"Shopping","data":[],"rev":1,"limits":{…}}
//	→ {"type":"new","value":"mil"}
//	← {"type":"update","id":"01J9Z3N8QJ7C0V5R2K4M6T8W9X","line":0,"value":"mil","user":"Ada","rev":2,"submitted":false,"mine":true}
//	→ {"type":"submit","value":"milk"}
//	← {"type":"update","id":"01J9Z3N8QJ7C0V5R2K4M6T8W9X","line":0,"value":"milk","user":"Ada","rev":4,"submitted":true,"mine":true}
//
// The submit made two records: revision 3 changed the line and 4 finished it.
// Ben has had the thread open in an editor since revision 2. He types "oat " at
// the beginning before he gets these two records as entries, so his change is for
// a text of three units, and the server carries it over them:
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
// Decode reads strictly and repairs nothing. A frame that is not JSON is bad_json.
// A frame that is not an object, lacks a field or has a field of another JSON type
// is bad_message. A field of the right type whose content is refused is bad_value,
// or bad_change within the elements of "changes". In particular:
//
//   - Names of fields are compared exactly. Unknown fields are ignored; a known
//     field given twice is bad_message. Null is the same as no field.
//   - Numbers are whole and written in digits alone: -0, 1.0 and 1e3 are bad_value
//     like 1.5. A seq is at least 1.
//   - No string contains half of a surrogate pair or U+0000. A value is one line,
//     and so is every string in a change: it contains neither \n nor \r.
//   - User, title and the name of a version are brought to Unicode normal form NFC
//     and trimmed. They contain a visible character, and no control character, line
//     or paragraph separator, or character that changes the direction of the text
//     after it.
//   - An id that is not a ULID is not_found, since no thread can have it.
//   - Arrays and objects are nested at most 64 deep; beyond that it is bad_json.
//
// A refusal is the frame error with code, text for people, re (the type that it
// answers, if that is known and at most 64 bytes long) and, with stale, head:
//
//	→ {"type":"update","value":"x","line":3}
//	← {"type":"error","code":"bad_message","text":"\"line\" without \"rev\": send the revision at which the line was counted","re":"update"}
//
// A refused message has no other effect, and the connection stays open.
package wire
