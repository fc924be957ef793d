// Package pack is the byte form of records. A group is records that went to disk
// together, in order of arrival: the log in a file stores groups as its newest
// values; the log over a socket sends them. A block is many groups sealed into one
// value: the same records, in columns, in a twentieth of the bytes. The first byte
// distinguishes the two. Both forms are permanent: every later release reads what a
// release has written.
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
//	count     the number of the group's positions, holes included; at least 1
//	first     the position of its first record; at least 1
//	base      the time of the first record in Unix milliseconds; 0 if all are holes
//	streams   the directory: each stream that has a record here, in order of first
//	          appearance; its first revision here, its number of records here, the
//	          time of the last of them less base, and C after it
//	authors, clients, kinds
//	          tables, in order of first appearance; an entry of kinds is a kind and
//	          a schema
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
//	0x01  the stream is the previous record's: stream is omitted
//	0x02  author, client, kind and schema are the previous record's: omitted
//	0x04  seq is one more than that client's last seq in this group: omitted
//	0x08  there is a text
//	0x10  the text was redacted: the commitment to the first text follows
//	0x20  a salt follows: only in groups that are sent, never in stored ones
//	0x40  is never set
//	0x80  a hole: n records were removed here; only their positions remain, and
//	      they are in no directory
//
// Stream, author, client and kind are indexes into the tables. Time is the difference
// in milliseconds to the previous record of the group; the first record's is that to
// base, and so 0. Seq is the difference to that client's last seq in this group, or
// to 0. Differences wrap at 64 bits.
//
// # Block
//
//	block   = 0x02 | count | first | zigzag base | u8 packer | records | n
//	        | names | numbers | n × C[32] | authors | kinds
//	        | steps | bits | low | high | lengths | section … | L[32] | SHA-256[32]
//	section = parts | u8 form | u8 m | origins | clients | redacted | extents | m × body
//	column  = 0 | size, 0, bytes | size, len, a Zstandard frame of size bytes
//
//	0x02      the format of this value
//	count, first, base, L and SHA-256 are those of a group
//	packer    the ID of the eventlog.Packer that made the bodies of forms other
//	          than 0; 0 if there is none
//	records   the number of records
//	n         the number of streams
//
// The values from names to lengths, except for C, are columns, each compressed by
// itself:
//
//	names     of each stream: u8 len,name
//	numbers   of each stream: its first revision here | its number of records |
//	          zigzag of the time of the last of them less base
//	authors   author[16] each
//	kinds     u8 len,name | schema each
//	steps     a byte a record, in log order: its time less the previous record's,
//	          the first one's less base; see below
//	bits      the rest of the steps, bit by bit, the lowest first
//	low       a byte a stretch: the low byte of its stream's index in the directory,
//	          or of n for holes. A stretch is consecutive positions of one stream,
//	          or holes
//	high      the high bytes; omitted if n is at most 255
//	lengths   of each stretch, less 1
//
// A section has the records of the next streams of the directory: of as many streams
// as have at most 16,384 records together, or of one. Parts is its number of streams,
// m its number of body columns. Form is packer, or 0 if the packer does not restore
// every byte. In form 0 the bodies are four columns: lengths of shapes, lengths of
// texts, shapes, texts. The other columns are:
//
//	origins   runs of records of one stream with one origin: length less 1 | origin
//	          | [author | client | kind] | zigzag seq. Author, client and kind are
//	          in the first run of an origin, which gets the next number. Seq is the
//	          seq of the run's first record less that client's expected seq, which
//	          is 1 at first, one more than the client's last seq in the section,
//	          and 0 after a run of 0. The following records each have one more, or
//	          0 if it is 0
//	clients   client[16] each
//	redacted  of each redacted record: the number of records of the section since
//	          the previous redacted one | commitment[32]
//	extents   of each stream but the last: its number of bytes in each body column
//
// A step of 0 to 63 ms is the byte. From 64 ms, sixteen bytes divide each octave
// (64 = 64 to 67 ms, …, 175 = 7936 to 8191 ms); from 8192 ms, each octave has one
// (176 on, to 225). The offset in the range is in bits. 240 to 254 are steps back of
// 1 to 15 ms. 255 is any step, whose 64 bits are in bits. No other byte is used.
//
// # Why a block has this form
//
// Bytes per keystroke for the 259,778 single edits of a recorded paper
// (BenchmarkBytes): typed by three authors in turn into one thread, into a hundred
// threads at once (2,597 edits each) and into a thousand (259). Times are artificial,
// log-normal around 140 ms with pauses, to the millisecond. In brackets: bytes in the
// file, in pages of 4 KiB and with the keys of the salts.
//
//	                            1 thread      100 threads   1,000 threads
//	blocks of 4 k records       1.56 (2.11)   3.49 (4.02)   15.2 (16.1)
//	blocks of 16 k records      1.43 (1.67)   2.21 (2.45)    6.0 (6.5)
//	blocks of 64 k records      1.38 (1.51)   1.89 (2.04)    3.2 (3.6)
//	a block for each thread     1.38 (1.51)   2.43 (3.71)    4.2 (17.6)
//
// Of the 1.38 bytes, times are 1.07, all of it random, and text is 0.23. Blocks of
// single streams are larger because each stores its own times besides the order,
// while a common block stores one sequence of times and the order; and because a
// thread with few edits does not fill a page. The cost of a common block is that a
// reader of one stream reads all of its 64 k times and stretches, which takes less
// than a millisecond. Thanks to sections it does not read the bodies of the other
// streams. One section for all would take 3 % less, sections of 4 k records 3 % more.
//
// # Reading
//
// A reader checks the SHA-256 first, then that every index, length and count is in
// range, that the directory matches the records, and that nothing is left over. Its
// allocations for a group are bounded by the group's bytes, and shape and text of a
// decoded record are slices of those bytes. The columns of a block are at most 64 MiB
// together without compression, and a reader decompresses nothing of a block that
// says otherwise; a block has at most 2^18 records of 65,535 streams. Without the
// packer the bodies cannot be read, but the directory can.
package pack
