// Package chain is the arithmetic that makes the log checkable: the canonical
// bytes of a record, the commitment to its erasable text, the chain of one
// stream and the chain of the whole log. It is pure, imports only the standard
// library, and never changes: what it has computed for a released log it must
// always compute again.
//
// All integers are big endian; | is concatenation; "u8 len,x" is the length of
// x in one byte followed by x.
//
//	canon(r)   = 0x01 | u8 len,stream | u64 revision | i64 ms | author[16] | client[16]
//	           | u64 seq | u8 len,kind | u32 schema | u32 len,shape | commitment(r)
//	commitment = 32 zero bytes if r has no text,
//	             else SHA-256("pw-text-1" | salt_r | u32 len,text)
//	salt_r     = the first 16 bytes of SHA-256(K_span | u64 revision)
//	K_span     = 32 random bytes for each (stream, 1,024 revisions)
//	C_0        = SHA-256("pw-stream-1" | u8 len,stream)
//	C_r        = SHA-256("pw-chain-1" | C_(r-1) | canon(r))
//	L_0        = SHA-256("pw-log-1")
//	L_p        = SHA-256(L_(p-1) | u8 len,stream | u64 revision | C_r)
//
// C is the chain of one stream, L the chain of the log: L runs over the records in
// log order and leaves out the stream "connections", which may be pruned. L covers
// chain values and not payload bytes, so sealing, redaction, compression and
// migration do not change it.
//
// C covers a commitment to the text instead of the text, so that the chain still
// verifies after the text was redacted; the salt prevents guessing a short text from
// the commitment that remains.
//
// The chain reveals any changed, dropped, swapped or invented record. It cannot
// reveal the removal of the newest records: only a head that was kept elsewhere
// does.
//
// All functions may be called concurrently.
package chain
