package event

import (
	"crypto/sha256"
	"encoding/binary"

	"parodywave/eventlog"

	"github.com/oklog/ulid/v2"
)

// ID returns the event's ULID. It is derived, not stored: the time is the record's,
// the 80 bits are the first of SHA-256(stream | u64 revision). So IDs ascend with
// time and a record has the same ID everywhere.
func ID(stream eventlog.Stream, revision eventlog.Revision, ms int64) ulid.ULID {
	b := binary.BigEndian.AppendUint64([]byte(stream), uint64(revision))
	sum := sha256.Sum256(b)
	var id ulid.ULID
	if ms >= 0 && uint64(ms) <= ulid.MaxTime() {
		_ = id.SetTime(uint64(ms)) // in range: cannot fail
	}
	copy(id[6:], sum[:10])
	return id
}

// IsThread reports whether stream is a thread: a ULID in its canonical form.
func IsThread(stream eventlog.Stream) bool {
	id, err := ulid.ParseStrict(string(stream))
	return err == nil && id.String() == string(stream)
}

// AuthorString returns the text form of an author's ID.
func AuthorString(id eventlog.AuthorID) string { return ulid.ULID(id).String() }

// ClientString returns the text form of a client's ID, 26 zeros for none.
func ClientString(id eventlog.ClientID) string { return ulid.ULID(id).String() }
