// Package snapshot saves projections in a file of their own, so that a long log
// need not be folded from its first record: threads at some of their revisions,
// and the list of threads, the authors and the connections.
//
// The file is a cache. Deleting it is always safe, at any time but while a server
// has it, and costs time and nothing else. Nothing in it is believed that does
// not fit the log; what is wrong, of another log or of another version, is skipped
// with a line in the server's own log, and replaced.
//
// # File
//
// Frames are appended and never changed. Integers are big endian, | is
// concatenation.
//
//	file  = "pwcache" | u8 version = 1 | log[16] | sum8 | frame …
//	frame = head | payload | sum
//	head  = u8 kind | u32 len of payload | u64 position | L[32]
//	        | u64 revision | u8 len,stream | u32 CRC-32C of the head before it
//	kind  = 1 thread     payload: a projection.Thread, frozen, in a zstd frame
//	        2 state      payload: likewise directory, authors and connections, each
//	                     after its u32 length; then C of the connections[32]
//	        3 forget     no payload: earlier threads of the stream count no more
//
//	log       the random id of the log's file
//	position  where the log ended after all that is in the frame had been read
//	L         the log chain there (package chain)
//	sum       SHA-256 of head and payload; sum8 the first 8 bytes of SHA-256 of
//	          what is before it
//
// It is no tree of pages, as the log's file is: a frame is appended in one write
// and checked when it is read, so that it needs neither fsync nor locks, damage
// can lead nowhere, and what was redacted is gone when the file is rewritten.
//
// # What counts
//
// The log chain covers every record before it, so a frame whose L is the log's
// own at that position tells of this very log. If one frame does, those before it
// do; so the newest that does is looked for, and what follows it is dropped, as
// happens when a log was restored from an older backup and went on differently.
// The connections are in no log chain: their own chain value is compared, and
// whether records of them were pruned since. A file ends where a head is not whole
// or its CRC is wrong: what a crash left of a frame.
//
// A damaged entry is skipped when it is needed, and replaced. So that none
// lies there until then, the sums of all that counts are looked through once after
// the file was opened, in the background and at a tenth of a core, and what is left
// of them when it is closed. A frame whose sum is right and that says something else
// than the log only Compare finds.
//
// A redaction alters what a fold of older records gives while the log chain
// stays. Whoever redacts calls Distrust; a replay that passes a redacted record
// on its way from a snapshot does, too.
//
// # Which are kept
//
// A snapshot of a thread is made for every 64 KiB of its log and when it leaves
// memory. The newest is kept and, of older ones, those that lie about twice as
// far back as the one after them, from 16,384 records on, until it is 32,768 or as
// many as it has bytes: any revision is some tens of thousands of records from a
// snapshot, and all of them together take about a byte for each record. When half
// of the file is of no more use, it is rewritten.
//
// # Concurrency
//
// All methods may be called concurrently. One goroutine writes, and folds what
// it writes from the log by itself: an append is only counted. Methods of a nil
// *Cache do nothing and have nothing.
package snapshot
