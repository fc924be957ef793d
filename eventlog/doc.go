// Package eventlog defines an append-only log of opaque records, kept in
// streams, and holds its reference implementation in memory.
//
// # Terms
//
// A stream is a sequence of records with dense revisions from 1; a thread is
// one stream, and so are the authors and the connections. The log is all
// streams together, in the order in which their records were appended. A
// record is bytes; what they mean is known to package event alone. The head of
// a stream is its last record's revision, time and chain value.
//
// # Record
//
// A record is a header (stream, revision, time, author, client, seq, kind,
// schema), a shape, and a text. The shape is what must stay true even after an
// erasure; the text is the part that can be blacked out. Both are opaque here.
// What is hashed, and how, is the specification of package chain. A record's
// position in the log is no part of it and in no hash; it is counted on
// reading.
//
// # Guarantees
//
// An Append is all or nothing, and durable when it returns without an error.
// Every record that any reader has ever been handed is durable. Readers see
// the records of a stream in revision order without gaps.
package eventlog
