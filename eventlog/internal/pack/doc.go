// Package pack is the byte form of a commit group: records that went to disk
// together. The log in a file stores groups as its values; the log over a
// socket sends them. The form is permanent: what a release has written, every
// later release reads.
//
// # Group
//
// An integer is a uvarint (encoding/binary, in its shortest form) unless its
// width is given; a zigzag is the signed varint of encoding/binary. Integers of
// a given width are big endian. "len,x" is the length of x and then x.
//
//	group   = 0x01 | count | first | zigzag base | streams | authors | clients | kinds
//	        | record … | L[32] | SHA-256[32]
//	streams = n | n × ( u8 len,name | revision | count | zigzag last | C[32] )
//	authors = n | n × author[16]
//	clients = n | n × client[16]
//	kinds   = n | n × ( u8 len,kind | schema )
//
//	0x01      the format of this value
//	count     how many positions the group takes, holes included; at least 1
//	first     the position of its first record; at least 1
//	base      the time of the first record in Unix milliseconds; 0 if all are holes
//	streams   the directory: each stream that has a record here, in the order in
//	          which they first appear; its first revision here, how many records
//	          it has here, the time of the last of them less base, and C after it
//	authors, clients, kinds
//	          tables, in the order in which their entries first appear; an entry
//	          of kinds is a kind together with its schema
//	L         the log chain after the group's last record
//	SHA-256   of all bytes before it
//
// Revisions are not stored with the records: those of one stream are dense.
//
// # Record
//
//	record = flags | [stream] | [author | client | kind] | zigzag time | [zigzag seq]
//	       | len,shape | [len,text] | [commitment[32]] | [salt[16]]
//	hole   = 0x80 | n
//
//	0x01  the stream is that of the record before: stream is left out
//	0x02  author, client, kind and schema are those of the record before: left out
//	0x04  seq is one more than that client's last seq in this group: left out
//	0x08  there is a text
//	0x10  the text was blacked out: the commitment to the first text follows
//	0x20  a salt follows: only in groups that are sent, never in stored ones
//	0x40  is never set
//	0x80  a hole: n records were removed here; each keeps its position and
//	      nothing else, and is in no directory
//
// Stream, author, client and kind are indexes into the tables. Time is the
// difference in milliseconds to the record before in the group, of the first
// record to base (and so 0). Seq is the difference to that client's last seq in
// this group, or to 0. Differences wrap at 64 bits.
//
// # Reading
//
// A reader checks the SHA-256 before anything else, then that every index,
// length and count is in range, that the directory describes the records, and
// that nothing is left over. What it allocates is bounded by the bytes it was
// given. Shape and text of a decoded record are slices of those bytes.
package pack
