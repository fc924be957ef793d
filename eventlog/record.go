package eventlog

import "parodywave/eventlog/chain"

// A Stream names one sequence of records: 1 to 64 bytes. A thread's stream is
// its ULID.
type Stream string

// Streams that are not threads.
const (
	Authors     Stream = "authors"
	Access      Stream = "access"
	Connections Stream = "connections"
)

// MaxStreamBytes is the longest stream name in bytes.
const MaxStreamBytes = 64

// A Revision counts the records of one stream: 1 is the first, 0 is before it.
type Revision uint64

// A Position counts the records of the whole log in log order, from 1.
type Position uint64

// An AuthorID names a person or robot; its text form is a ULID.
type AuthorID [16]byte

// A ClientID names one editor instance; zero is none. Its text form is a ULID.
type ClientID [16]byte

// A Record is one entry of a stream.
type Record struct {
	Stream   Stream   // set by the log
	Revision Revision // set by the log
	Position Position // set on reading
	Time     int64    // Unix milliseconds; never descends within a stream
	Author   AuthorID
	Client   ClientID
	Seq      uint64 // counts a client's entries from 1; 0 where no client numbered it
	Kind     string // 1 to 32 bytes
	Schema   uint32
	Shape    []byte
	Text     []byte // for each string: u32 length, UTF-8

	// Proof is what the chain needs beside the values above. It is nil in
	// what Read and Scan give. Prove sets it. In a record handed to Append a
	// Proof says that the record was made elsewhere (an import): its Salt is
	// kept, and so is its Commitment where Redacted is set; its Chain is not read.
	Proof *Proof
}

// A Proof is what a reader needs to recompute the chain through a record.
type Proof struct {
	Salt       chain.Salt   // blinds the text that stands in the record now
	Commitment chain.Digest // covered by the chain: to the text as first written
	Chain      chain.Digest // C of this record's revision
	Redacted   bool         // the text was blacked out: Commitment is not to Text
}

// Values returns what the chain covers of r, given its commitment.
func (r *Record) Values(commitment chain.Digest) chain.Values {
	return chain.Values{
		Stream: string(r.Stream), Revision: uint64(r.Revision), Time: r.Time,
		Author: r.Author, Client: r.Client, Seq: r.Seq,
		Kind: r.Kind, Schema: r.Schema, Shape: r.Shape, Commitment: commitment,
	}
}

// A Head is where a stream ends.
type Head struct {
	Stream   Stream
	Revision Revision     // 0: nothing was ever appended
	Time     int64        // Unix milliseconds of the last record; 0 at revision 0
	Chain    chain.Digest // C of Revision
}

// Stamp returns the time to give a record that follows h when the clock reads
// now, both in Unix milliseconds: the later of the two, so that times never
// descend within a stream.
func (h Head) Stamp(now int64) int64 { return max(now, h.Time) }
