// Package pack is the byte form of records. A group is records that went to disk
// together, as they came: the log in a file stores groups as its newest values;
// the log over a socket sends them. A block is what many groups become when they
// are sealed: the same records, in columns, in a twentieth of the bytes. The
// first byte tells one from the other. Both forms are permanent: what a release
// has written, every later release reads.
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
//	records   how many records there are
//	n         how many streams
//
// What is named in the middle are columns, each compressed by itself:
//
//	names     of each stream: u8 len,name
//	numbers   of each stream: its first revision here | how many records | zigzag
//	          of the time of the last of them less base
//	authors   author[16] each
//	kinds     u8 len,name | schema each
//	steps     a byte a record, in log order: how much later it was made than the
//	          one before, the first than base; see below
//	bits      what steps leave to say, bit by bit, the lowest first
//	low       a byte a stretch: the low byte of its stream's place in the directory,
//	          or of n for holes. A stretch is consecutive positions of one stream,
//	          or holes
//	high      the high bytes; left out while n is at most 255
//	lengths   of each stretch, less 1
//
// A section holds the records of the next streams of the directory: of as many
// as are at most 16,384 records together, or of one. Form is packer, or 0 where
// the packer does not give every byte back. In form 0 the bodies are four
// columns: lengths of shapes, lengths of texts, shapes, texts. Its columns are:
//
//	origins    runs of records of one stream with one origin: length less 1 | origin
//	          | [author | client | kind] | zigzag seq. Author, client and kind
//	          stand with the first run of a origin, which thereby gets the next
//	          number. Seq is that of the run's first record, less what that
//	          client's was expected to be: one more than its last in the section,
//	          1 at first, and 0 after a run of 0. The next ones each have one
//	          more, or 0 if it is 0
//	clients   client[16] each
//	redacted  of each redacted record: how many of the section's records were
//	          passed over since the one before | commitment[32]
//	extents   of each stream but the last: how many bytes of each body column are
//	          its own
//
// A step of 0 to 63 ms is the byte. From 64 ms, sixteen bytes divide each octave
// (64 = 64 to 67 ms, …, 175 = 7936 to 8191 ms); from 8192 ms, each octave has one
// (176 on, to 225): bits tell where in the range. 240 to 254 are steps back of 1
// to 15 ms. 255 is any step, told by 64 bits. No other byte is used.
//
// # Why a block is as it is
//
// What a keystroke takes, in bytes, for the 259,778 single edits of a recorded
// paper (BenchmarkBytes): typed by three authors in turn into one thread, into a
// hundred threads at once (2,597 edits each) and into a thousand (259). Times are
// made up, log-normal around 140 ms with pauses, and kept to the millisecond. In
// brackets: in pages of 4 KiB and with the keys of the salts, which is what they
// take in the file.
//
//	                            1 thread      100 threads   1,000 threads
//	blocks of 4 k records       1.56 (2.11)   3.49 (4.02)   15.2 (16.1)
//	blocks of 16 k records      1.43 (1.67)   2.21 (2.45)    6.0 (6.5)
//	blocks of 64 k records      1.38 (1.51)   1.89 (2.04)    3.2 (3.6)
//	a block for each thread     1.38 (1.51)   2.43 (3.71)    4.2 (17.6)
//
// Of the 1.38, times are 1.07, which is what is random in them, and text is 0.23.
// Blocks of single streams lose because they tell times and order where a common
// block tells the times of all, from which the steps of each follow, and order;
// and because a thread with few edits fills no page. What a common block costs is
// paid by who reads one stream out of many: 64 k times and stretches, less than a
// millisecond. The bodies of the others are left alone: that is what sections
// are for. One section for all would take 3 % less, sections of 4 k records 3 %
// more.
//
// # Reading
//
// A reader checks the SHA-256 before anything else, then that every index,
// length and count is in range, that the directory describes the records, and
// that nothing is left over. What it allocates for a group is bounded by the bytes
// it was given, and shape and text of a decoded record are slices of those bytes.
// The columns of a block are at most 64 MiB together without compression, and
// nothing is decompressed of a block that says otherwise; it has at most 2^18
// records of 65,535 streams. A packer that is not known hides bodies only: the
// directory can be read.
package pack
