package boltlog

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
)

// Format is the format that is written.
const Format = version

// version is the format that is written; all from oldest on can be read.
const (
	version = 3
	oldest  = 1
	marked  = 3 // buckets have marks
)

// bucketsOf returns the buckets of a version, in the order in which they are read.
func bucketsOf(version uint32) []string {
	if version == 1 {
		return []string{bucketMeta, bucketKeys, bucketTail}
	}
	return []string{bucketMeta, bucketKeys, bucketBlocks, bucketTail}
}

// Bucket names, and the key of the format value in meta.
const (
	bucketMeta   = "meta"
	bucketBlocks = "blocks" // not in version 1
	bucketTail   = "tail"
	bucketKeys   = "keys"

	keyFormat = "format"
	keyPruned = "pruned/"
)

// withChecksum returns body followed by its checksum.
func withChecksum(bucket string, key, body []byte) []byte {
	sum := checksum(bucket, key, body)
	return append(body[:len(body):len(body)], sum[:]...)
}

// checkedBody verifies a value's checksum and returns the body before it.
func checkedBody(bucket string, key, value []byte) ([]byte, error) {
	n := len(value) - sha256.Size
	if n < 0 || checksum(bucket, key, value[:n]) != [sha256.Size]byte(value[n:]) {
		return nil, damaged("value %x in %s: checksum does not match", key, bucket)
	}
	return value[:n], nil
}

func checksum(bucket string, key, body []byte) [sha256.Size]byte {
	b := make([]byte, 0, 2+len(bucket)+len(key)+len(body))
	b = append(b, byte(len(bucket)))
	b = append(b, bucket...)
	b = append(b, byte(len(key)))
	b = append(b, key...)
	return sha256.Sum256(append(b, body...))
}

func damaged(f string, args ...any) error {
	return fmt.Errorf("%s: %w", fmt.Sprintf(f, args...), eventlog.ErrDamaged)
}

// An identity is the value "format".
type identity struct {
	version uint32
	id      [16]byte
	created int64
}

func (f identity) encode() []byte {
	b := binary.BigEndian.AppendUint32(nil, f.version)
	b = append(b, f.id[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(f.created))
	return withChecksum(bucketMeta, []byte(keyFormat), b)
}

// decodeIdentity returns a *eventlog.FormatError for a version that it cannot read.
func decodeIdentity(path string, value []byte) (identity, error) {
	b, err := checkedBody(bucketMeta, []byte(keyFormat), value)
	if err != nil {
		return identity{}, err
	}
	if len(b) < 4 {
		return identity{}, damaged("format value of %d bytes", len(b))
	}
	v := binary.BigEndian.Uint32(b)
	if v < oldest || v > version {
		return identity{}, &eventlog.FormatError{Path: path, Have: v, Want: version}
	}
	if len(b) != 28 {
		return identity{}, damaged("format value of %d bytes", len(b))
	}
	return identity{v, [16]byte(b[4:20]), int64(binary.BigEndian.Uint64(b[20:]))}, nil
}

// A cut is where a pruned stream starts.
type cut struct {
	through eventlog.Revision
	rank    uint64 // how many streams began before it; in version 1, the position at which it began
	chain   chain.Digest
}

func (c cut) encode(stream eventlog.Stream) []byte {
	b := binary.BigEndian.AppendUint64(nil, uint64(c.through))
	b = binary.BigEndian.AppendUint64(b, c.rank)
	b = append(b, c.chain[:]...)
	return withChecksum(bucketMeta, []byte(keyPruned+stream), b)
}

func decodeCut(key, value []byte) (cut, error) {
	b, err := checkedBody(bucketMeta, key, value)
	if err != nil {
		return cut{}, err
	}
	if len(b) != 48 {
		return cut{}, damaged("value %q in meta has %d bytes", key, len(b))
	}
	return cut{eventlog.Revision(binary.BigEndian.Uint64(b)), binary.BigEndian.Uint64(b[8:]), chain.Digest(b[16:])}, nil
}
