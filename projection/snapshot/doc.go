// Package snapshot saves projections in a file of their own, so that a long log
// need not be folded from its first record: threads at some of their revisions,
// the list of threads, the authors and the connections.
//
// The file is a cache. Deleting it is safe, except while a server has it open, and
// costs nothing but time. Nothing in it counts that does not match the log. The
// server ignores entries that are damaged, of another log or of another version,
// reports them in its own log, and makes them again.
//
// # File
//
// Frames are appended and never changed. Integers are big endian, | is
// concatenation.
//
//	file  = "pwcache" | u8 version = 2 | log[16] | sum8 | frame …
//	frame = head | payload | sum
//	head  = u8 kind | u32 len of payload | u64 position | L[32]
//	        | u64 revision | u8 len,stream | u32 CRC-32C of the head before it
//	kind  = 1 thread     payload: a projection.Thread, frozen, in a zstd frame
//	        2 state      payload: likewise directory, authors and connections, each
//	                     after its u32 length; then C of the connections[32]
//	        3 forget     no payload: earlier frames of the stream no longer count
//
//	log       the random id of the log's file
//	position  the end of the log when the frame's content had been folded
//	L         the log chain there (package chain)
//	sum       SHA-256 of head and payload; sum8: the first 8 bytes of SHA-256 of
//	          the bytes before it
//
// Unlike the log's file, it is not a tree of pages: a frame is appended in one write
// and checked when it is read. So it needs neither fsync nor locks, damage cannot
// spread, and redacted text is gone once the file has been rewritten.
//
// # Frames that count
//
// The log chain covers every record before it. So a frame whose L is the log's own
// at that position was made from this very log, and so were all frames before it.
// The cache searches for the newest such frame and drops those behind it; there
// are some when a log was restored from an older backup and continued differently.
// The connections are in no log chain: the cache compares their own chain value,
// and whether records of them were pruned since. The file ends where a head is
// incomplete or its CRC is wrong, as a crash leaves it.
//
// A damaged frame is ignored when it is needed, and its thread is saved again. So
// that damage is found before that, the cache checks the sums of all frames that
// count once after opening the file, in the background, with a tenth of a core,
// and the rest of them when it is closed. Only a Comparer finds a frame with a right
// sum and wrong content.
//
// A redaction changes what a fold of older records gives, but not the log chain. A
// writer that redacts calls Appended with the record, which distrusts the thread's
// snapshots; so does a replay that passes a redaction on its way from a snapshot.
//
// # Which are kept
//
// A thread is saved for every 64 KiB of its log and when it leaves memory. The cache
// keeps the newest snapshot and, of older ones, those about twice as far from the
// head as the one after them: from 16,384 records on, up to 32,768 records or as
// many as the snapshot has bytes. So any revision is some tens of thousands of
// records from a snapshot, and all snapshots together take about one byte for each
// record. When half of the file no longer counts, it is rewritten.
//
// # Concurrency
//
// All methods may be called concurrently. One goroutine writes the file, and folds
// from the log what it writes: an append is only counted. Methods of a nil *Cache
// do nothing, except Source.
package snapshot
