// Package boltlog keeps a log in one bbolt file.
//
// # File
//
// A bbolt 1.x file with pages of 4 KiB and three buckets. Integers are big
// endian, | is concatenation, "u8 len,x" is the length of x and then x.
//
//	meta  "format"             u32 version = 1 | id[16] | u64 created, Unix milliseconds | sum[32]
//	meta  "pruned/" stream     u64 through | u64 began | C[32] | sum[32]
//	tail  u64 position         a group: see package pack
//	keys  u8 len,stream | u64 span
//	                           0x01 | K_span[32] | sum[32]
//	                           0x02 | K_span[32] | u16 n | n × salt[16] | sum[32]
//
//	sum       SHA-256(u8 len,bucket | u8 len,key | the value before sum)
//	position  of the group's first record; the groups lie without gap from 1
//	id        random; tells one log from another
//	through   the last revision of the stream that was removed; C is its chain
//	          value, where verification of the stream starts; began is the
//	          position at which the stream once began
//	n         the first n revisions of the span have these salts, and those after
//	          them are derived from K_span; the salt of a record without text is
//	          not used
//
// A span has a key once one of its revisions has a text. "format" ends with
// its sum in every version. Opening never changes a file of another version.
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
// # Reading
//
// The index in memory holds, for each stream, which groups it lies in: about
// three bytes for each group and stream. Reads copy whole groups out of short
// transactions and yield outside of them, so a slow reader holds nothing up.
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
// must end and open the file anew.
package boltlog
