// Package eventlog defines an append-only log of opaque records in streams, and
// has a reference implementation in memory.
//
// # Terms
//
// A stream is a sequence of records with dense revisions from 1. A thread is one
// stream; the authors and the connections are streams too. The log is all streams
// together, in the order in which their records were appended. A record is bytes;
// only package event knows their meaning. The head of a stream is its last record's
// revision, time and chain value.
//
// # Record
//
// A record is a header (stream, revision, time, author, client, seq, kind,
// schema), a shape, and a text. The text is the part that a redaction can erase; the
// shape stays. Both are opaque here. Package chain specifies what is hashed and how.
// A record's position in the log is not part of the record and in no hash: readers
// count it.
//
// # Guarantees
//
// An Append is all or nothing, and durable when it returns without an error.
// Every record that a reader has received is durable. Readers receive the records of
// a stream in revision order without gaps.
package eventlog
