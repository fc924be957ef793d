// Package boltlog keeps a log in one bbolt file.
//
// # File
//
// A bbolt 1.x file with pages of 4 KiB and four buckets. Integers are big
// endian, | is concatenation, "u8 len,x" is the length of x and then x.
//
//	meta    "format"           u32 version = 2 | id[16] | u64 created, Unix milliseconds | sum[32]
//	meta    "pruned/" stream   u64 through | u64 rank | C[32] | sum[32]
//	blocks  u64 last           a block, or a group that no block can hold: see package pack
//	tail    u64 first          a group: see package pack
//	keys    u8 len,stream | u64 span
//	                           0x01 | K_span[32] | sum[32]
//	                           0x02 | K_span[32] | u16 n | n × salt[16] | sum[32]
//
//	sum          SHA-256(u8 len,bucket | u8 len,key | the value before sum)
//	last, first  the positions of the last record of a block and of the first one
//	             of a group. Blocks lie without gap from 1; groups go on after
//	             them without gap
//	id           random; tells one log from another
//	through      the last revision of the stream that was removed; C is its chain
//	             value, where verification of the stream starts
//	rank         how many streams began before it
//	n            the first n revisions of the span have these salts, and those
//	             after them are derived from K_span; the salt of a record without
//	             text is not used
//
// A span has a key once one of its revisions has a text. Groups at positions that
// a block holds are remnants: whole, but to nobody's use, and removed by and by.
// "format" ends with its sum in every version. Opening never changes a file of
// another version.
//
// Version 1 has no bucket blocks, and in the place of rank the position at which
// the stream began. It is read as it is; Migrate makes it version 2.
//
// # Appending
//
// One goroutine commits. It takes an append that waits and whatever else waits
// with it, up to 4,096 records or 256 KiB, decides each against the heads that
// those before it would leave, and writes them in one transaction, of which a
// group is usually the one new value. It waits for nothing but the disk: while
// that is busy, the next batch collects itself. An append larger than a group is
// divided into several, in the same transaction. What a reader can see, is on
// disk.
//
// # Sealing
//
// Once the tail has 65,536 records or 32 MiB, and fewer than 10,000 a second are
// being appended or it has grown to 2 M records or 256 MiB, its oldest groups are
// sealed, so many as give a block of that many records, of 8 MiB of shapes and
// texts, or of as many streams as one can have. A goroutine beside the committer
// reads them in short transactions, recomputes their chains, makes the block,
// opens it again and compares every byte; only then it hands it to the committer.
// One transaction puts the block, and with that it is the truth; small ones after
// it remove the remnants. So no append waits long, and a crash at any instant
// leaves one or the other whole. What fails is told to Options.OnSeal and tried
// again.
//
// Close seals a tail of 1,024 records or more. A block that is not full, by records,
// streams, or bytes before or after compression, is sealed again together with
// what follows, unless it has more than twice as many records: so the small blocks at the end at least halve from one to the next, and
// a record is written again only when its block has grown by half. Blocks are global,
// not per stream: inside, the records lie by stream, in sections that are read
// alone.
//
// # Reading
//
// The index in memory holds, for each stream, which blocks and groups it lies in:
// about three bytes for each of them and stream. Reads copy whole values out of
// short transactions and yield outside of them, so a slow reader holds nothing
// up. A reader that knows an entry from before a sealing finds by its position the
// block that took it up. Segments gives blocks without unpacking them.
//
// # Damage
//
// bbolt has no checksums on its pages, follows whatever they say, and reads them
// through a memory map, where an unreadable disk is a fault and not an error.
// Therefore: Open first walks the whole tree with ordinary reads, holds it
// against the rules of the format, and checks every stored value; afterwards
// everything that touches the map does so with faults turned into errors. All
// such errors wrap eventlog.ErrDamaged. One thing cannot be seen: where the newest
// of the two meta pages is damaged, the file looks as it did before its last
// commit. Verify tells of a meta page that is not valid.
//
// # When the disk refuses
//
// A commit that failed while the file grew or its data were written, before
// anything was synced, with ENOSPC, EFBIG, EROFS or EDQUOT, has appended nothing:
// ErrUnavailable, and the next append tries again. After any other failure nobody
// knows what is on disk, and no retry on the same handle can find out: that append
// and all later ones return ErrUnknown, Options.OnFatal is called, and the program
// must end and open the file anew. Sealing comes in transactions of its own, so
// that a disk too full for a block refuses no append.
package boltlog
