package chain

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
)

// SpanLength is how many revisions of a stream share one salt key.
const SpanLength = 1024

// A Salt blinds the commitment to one record's text.
type Salt [16]byte

// A Key is K_span, from which the salts of a span are derived. It never leaves the
// log file and its backups.
type Key [32]byte

// NewKey returns a random key.
func NewKey() Key {
	var k Key
	rand.Read(k[:]) // crashes the process rather than fail, since Go 1.24
	return k
}

// Span returns the number, from 0, of the span that has a revision (from 1), and the
// revision's index in it.
func Span(revision uint64) (span uint64, index int) {
	return (revision - 1) / SpanLength, int((revision - 1) % SpanLength)
}

// Derive returns salt_r of a revision in the span of key k.
func (k Key) Derive(revision uint64) Salt {
	var b [40]byte
	copy(b[:], k[:])
	binary.BigEndian.PutUint64(b[32:], revision)
	sum := sha256.Sum256(b[:])
	return Salt(sum[:16])
}
