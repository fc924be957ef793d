package boltlog

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
)

const version = 1

// Bucket names, and the key of the format value in meta.
const (
	bucketMeta = "meta"
	bucketTail = "tail"
	bucketKeys = "keys"

	keyFormat = "format"
	keyPruned = "pruned/"
)

// seal returns body with its sum.
func seal(bucket string, key, body []byte) []byte {
	sum := sumOf(bucket, key, body)
	return append(body[:len(body):len(body)], sum[:]...)
}

// unseal checks a value's sum and returns what comes before it.
func unseal(bucket string, key, value []byte) ([]byte, error) {
	n := len(value) - sha256.Size
	if n < 0 || sumOf(bucket, key, value[:n]) != [sha256.Size]byte(value[n:]) {
		return nil, damaged("value %x in %s: checksum does not match", key, bucket)
	}
	return value[:n], nil
}

func sumOf(bucket string, key, body []byte) [sha256.Size]byte {
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

func positionKey(p eventlog.Position) []byte { return binary.BigEndian.AppendUint64(nil, uint64(p)) }

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
	return seal(bucketMeta, []byte(keyFormat), b)
}

// decodeIdentity returns a *eventlog.FormatError for any version but ours.
func decodeIdentity(path string, value []byte) (identity, error) {
	b, err := unseal(bucketMeta, []byte(keyFormat), value)
	if err != nil {
		return identity{}, err
	}
	if len(b) < 4 {
		return identity{}, damaged("format value of %d bytes", len(b))
	}
	if v := binary.BigEndian.Uint32(b); v != version {
		return identity{}, &eventlog.FormatError{Path: path, Have: v, Want: version}
	}
	if len(b) != 28 {
		return identity{}, damaged("format value of %d bytes", len(b))
	}
	return identity{version, [16]byte(b[4:20]), int64(binary.BigEndian.Uint64(b[20:]))}, nil
}

// A cut is where a pruned stream starts.
type cut struct {
	through eventlog.Revision
	began   eventlog.Position
	chain   chain.Digest
}

func (c cut) encode(stream eventlog.Stream) []byte {
	b := binary.BigEndian.AppendUint64(nil, uint64(c.through))
	b = binary.BigEndian.AppendUint64(b, uint64(c.began))
	b = append(b, c.chain[:]...)
	return seal(bucketMeta, []byte(keyPruned+stream), b)
}

func decodeCut(key, value []byte) (cut, error) {
	b, err := unseal(bucketMeta, key, value)
	if err != nil {
		return cut{}, err
	}
	if len(b) != 48 {
		return cut{}, damaged("value %q in meta has %d bytes", key, len(b))
	}
	return cut{eventlog.Revision(binary.BigEndian.Uint64(b)), eventlog.Position(binary.BigEndian.Uint64(b[8:])),
		chain.Digest(b[16:])}, nil
}
