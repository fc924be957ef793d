// Package boltlog keeps a log in one bbolt file.
//
// # File
//
// A bbolt 1.x file with pages of 4 KiB and four buckets. Integers are big
// endian, | is concatenation, "u8 len,x" is the length of x and then x.
//
//	meta    "format"           u32 version = 3 | id[16] | u64 created, Unix milliseconds | sum[32]
//	meta    "pruned/" stream   u64 through | u64 rank | C[32] | sum[32]
//	blocks  u64 last           a block, or a group that no block can hold: see package pack
//	tail    u64 first          a group: see package pack
//	keys    u8 len,stream | u64 span
//	                           0x01 | K_span[32] | sum[32]
//	                           0x02 | K_span[32] | u16 n | n × salt[16] | sum[32]
//
//	sum          SHA-256(u8 len,bucket | u8 len,key | the value before sum)
//	last, first  the position of a block's last record, and of a group's first.
//	             Blocks cover all positions from 1 on, groups all that follow,
//	             both without gaps
//	id           random; tells one log from another
//	through      the last removed revision of the stream; C is its chain value,
//	             from which verification of the stream starts
//	rank         how many streams began before it
//	n            the first n revisions of the span have these salts, the later
//	             ones derive theirs from K_span; the salt of a record without
//	             text is not used
//
// A span has a key once one of its revisions has a text. A group whose positions a
// block also holds is a remnant: intact, unused, and removed over time. "format"
// ends with its sum in every version. Opening never changes a file of another
// version.
//
// Version 2 has no marks (below). Version 1 also has no bucket blocks, and instead of
// rank the position at which the stream began. Both can be opened read-only; Migrate
// converts them to version 3.
//
// # Marks
//
// bbolt writes a changed page to the place of a free one. If the disk acknowledges
// the write of a page and drops it, that place still holds what it held before: often
// a valid page of the same bucket, a few commits older. So what a bucket must hold is
// also written on another page, as the bucket's sequence, which lies in the page of
// the root bucket:
//
//	blocks, tail, keys  the sum of the last 8 bytes of all values, which are the end
//	                    of a checksum, mod 2^64
//	meta                the ID of the transaction that wrote the page
//
// The transaction's ID is in bbolt's meta page too, whose checksum is bbolt's own. A
// stale page of a bucket lacks values, or has older ones, and its bucket's sum
// differs: of tail, it would lose the newest records; of blocks, sealed ones; of keys,
// salts, which the next append would replace. A stale page of the root bucket has
// another transaction's ID; the values of meta lie in that page. A stale free list
// names a page that is in use, or is a list of some free pages, which loses nothing.
// A stale meta page shows the log as it was before its last commit, and nothing in
// the file can tell that the commit was ever acknowledged.
//
// Every transaction writes the page of the root bucket anyway, so that marks cost
// neither bytes nor time. Open checks them, and so does VerifyFile. If one differs,
// nobody can say which records are missing, so Open refuses the file.
//
// # Appending
//
// One goroutine, the committer, commits. It takes all waiting appends, up to 4,096
// records or 256 KiB, checks each against the heads that the ones before it would
// leave, and writes them in one transaction; usually one group is its only new
// value. The committer waits for nothing but the disk: while the disk is busy, the
// next batch collects. An append larger than a group becomes several groups in the
// same transaction. Readers see only what is on disk.
//
// # Sealing
//
// Once the tail has 65,536 records or 32 MiB, its oldest groups are sealed into a
// block of 65,536 records, of 8 MiB of shapes and texts, or of as many streams as a
// block can have, whichever comes first. Sealing waits while 10,000 or more records
// a second are appended, until the tail has 2 M records or 256 MiB. The sealer, a
// goroutine beside the committer, reads the groups in short transactions,
// recomputes their chains, builds the block, opens it again and compares every
// byte; only then does it hand the block to the committer. One transaction stores
// the block, which from then on is what readers use; small transactions later
// remove the remnants. So no append waits long, and a crash at any moment leaves
// the groups or the block whole. Failures are reported to Options.OnSeal and
// retried.
//
// Close seals a tail of 1,024 records or more. A block that is not full (by
// records, streams, or bytes before or after compression) is sealed again together
// with what follows it, unless it has more than twice as many records. So each of
// the small blocks at the end has at most half the records of the one before it,
// and a record is rewritten only when its block grows by half. Blocks are global,
// not per stream: inside, the records are ordered by stream, in sections that can
// be read alone.
//
// # Reading
//
// The index in memory lists, for each stream, the blocks and groups that have
// records of it: about three bytes for each pair. Reads copy whole values out of
// short transactions and yield outside of them, so a slow reader delays nothing. A
// reader whose index entry is older than a sealing finds the block by the entry's
// position. Segments yields blocks without unpacking them.
//
// # Damage
//
// bbolt has no checksums on its pages, follows whatever they say, and reads them
// through a memory map, where an unreadable disk is a fault and not an error.
// Therefore Open first walks the whole tree with ordinary reads, checks it against
// the rules of the format, and checks every stored value; afterwards all code that
// touches the map runs with faults turned into errors. All such errors wrap
// eventlog.ErrDamaged.
//
// bbolt's two meta pages are written in turn, each after all other pages of its
// commit are synced. A page that is not valid was torn by a power cut, or damaged by
// the disk later; the two look alike, and after both the data of the commit is whole.
// The mark of the root bucket's page says whether the invalid meta page was the newer
// one: then a page marked with the next transaction exists. If so, readers and
// VerifyFile refuse the file, since the last commit, perhaps acknowledged, is not in
// what they would see. Opening for writing finds that page, checks all that it leads
// to, keeps a copy of the file (log.db.damaged-DATE), writes the meta page again, and
// says so in Warnings: neither a power cut nor a damaged page loses an acknowledged
// edit or needs a human. If the pages of the commit are damaged too, opening for
// writing refuses, and changes nothing. An invalid older page is named in Warnings and
// by VerifyFile; the next commit writes it again.
//
// A block or group with a wrong checksum costs the streams whose records it has and
// that nothing proves. Open believes the value's directory if that continues the log
// in all its numbers (position, count, the revisions of each stream) and a sound value
// follows. Of the streams in it, those whose part gives the chain value stored after
// it, from the one stored before, are intact: Open keeps their records in memory and
// uses them instead of the value. The other streams are damaged (Damaged names them):
// reading one, or appending to it, returns its *eventlog.DamageError, and Streams,
// Scan and AllSegments leave it out, and Intact has its records before the damage.
// Damaged salts do the same to their stream. All
// other streams can be read and appended to. Until the file is repaired, nothing is
// sealed, pruned, compacted or migrated, so that no damage gets a new checksum and no
// value is removed that could still help.
//
// Open refuses the whole file if bbolt's pages do not make a tree, if a mark differs,
// if the value format is damaged, if a directory does not fit, if the newest value is
// damaged (nothing vouches for its end), if the damaged stream is authors, access or
// connections (the server cannot do without), and in versions before 3, which have no
// marks. OpenSalvage reads the records of such a file that still verify.
//
// The list of free pages is not stored: Open makes it from the tree. After a tail of
// 256 MiB was sealed, the list would have 0.5 MB, which every commit would write.
//
// # When the disk refuses
//
// A commit that fails with ENOSPC, EFBIG, EROFS or EDQUOT while the file grows or
// data pages are written, before anything is synced, has appended nothing: the
// append returns ErrUnavailable, and the next one tries again. After any other
// failure nobody knows what is on disk, and no retry on the same handle can find
// out: that append and all later ones return ErrUnknown, Options.OnFatal is called,
// and the program must exit and open the file again. Sealing has its own
// transactions, so a disk too full for a block refuses no append.
package boltlog
