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

// A Revision numbers the records of one stream from 1; 0 is before the first.
type Revision uint64

// A Position numbers the records of the whole log in log order, from 1.
type Position uint64

// An AuthorID identifies a person or robot; its text form is a ULID.
type AuthorID [16]byte

// A ClientID identifies one editor instance; zero is none. Its text form is a ULID.
type ClientID [16]byte

// A Record is one element of a stream.
type Record struct {
	Stream   Stream   // set by the log
	Revision Revision // set by the log
	Position Position // set on reading
	Time     int64    // Unix milliseconds; never decreases within a stream
	Author   AuthorID
	Client   ClientID
	Seq      uint64 // numbers a client's records from 1; 0 if no client numbered it
	Kind     string // 1 to 32 bytes
	Schema   uint32
	Shape    []byte
	Text     []byte // for each string: u32 length, UTF-8

	// Proof is what the chain needs besides the values above. Prove sets it, Read
	// and Scan do not. In a record passed to Append, a Proof says that the record
	// was made elsewhere (an import): the log keeps its Salt and, if Redacted, its
	// Commitment, and ignores its Chain.
	Proof *Proof
}

// A Proof is what a reader needs to recompute the chain through a record.
type Proof struct {
	Salt       chain.Salt   // blinds the record's current text
	Commitment chain.Digest // to the text as first written; the chain covers it
	Chain      chain.Digest // C of this record's revision
	Redacted   bool         // the text was redacted: Commitment is not to Text
}

// Values returns the values of r that the chain covers, given its commitment.
func (r *Record) Values(commitment chain.Digest) chain.Values {
	return chain.Values{
		Stream: string(r.Stream), Revision: uint64(r.Revision), Time: r.Time,
		Author: r.Author, Client: r.Client, Seq: r.Seq,
		Kind: r.Kind, Schema: r.Schema, Shape: r.Shape, Commitment: commitment,
	}
}

// A Head is the end of a stream.
type Head struct {
	Stream   Stream
	Revision Revision     // 0: no record was ever appended
	Time     int64        // Unix milliseconds of the last record; 0 at revision 0
	Chain    chain.Digest // C of Revision
}

// Stamp returns the time of a record that follows h and is made at now, in Unix
// milliseconds: the later of now and h's time, so that times never decrease within
// a stream.
func (h Head) Stamp(now int64) int64 { return max(now, h.Time) }
