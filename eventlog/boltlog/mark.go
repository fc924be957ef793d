package boltlog

import (
	"encoding/binary"

	"go.etcd.io/bbolt"
)

// A page that the disk has not written still holds what it held before: often a
// valid page of an older state. Therefore each bucket's sequence, which lies on
// another page, says what the bucket must hold; doc.go has the rule.

// marks are the sequences of a file's buckets, as they must be.
type marks map[string]uint64

// fingerprint returns what a value adds to the mark of its bucket.
func fingerprint(value []byte) uint64 {
	if len(value) < 8 {
		return 0
	}
	return binary.BigEndian.Uint64(value[len(value)-8:])
}

// add counts a value. The mark of meta is not the sum of its values.
func (m marks) add(bucket string, value []byte) {
	if bucket != bucketMeta {
		m[bucket] += fingerprint(value)
	}
}

// check compares the marks with those that a file of version 3 or later stores.
func (m marks) check(bucket string, r bucketRef, txid uint64) error {
	if bucket == bucketMeta {
		if r.sequence != txid && r.sequence != txid+1 { // a copy's second meta page has one less
			return damaged("the page of the buckets is of transaction %d, the meta page of %d: the disk has not written one of them, and the records of the last commits may be missing", r.sequence, txid)
		}
		return nil
	}
	if r.sequence != m[bucket] {
		return damaged("bucket %s does not hold the values that were last in it: the disk has not written a page, and the newest records may be missing", bucket)
	}
	return nil
}

// apply makes a change and marks its bucket.
func (p *change) apply(tx *bbolt.Tx) error {
	b := tx.Bucket([]byte(p.bucket))
	if b == nil {
		return damaged("bucket %q is gone", p.bucket)
	}
	if p.bucket != bucketMeta {
		mark := b.Sequence()
		if old := b.Get(p.key); old != nil {
			mark -= fingerprint(old)
		}
		if p.value != nil {
			mark += fingerprint(p.value)
		}
		if err := b.SetSequence(mark); err != nil {
			return err
		}
	}
	if p.value == nil {
		return b.Delete(p.key)
	}
	b.FillPercent = 1
	return b.Put(p.key, p.value)
}

// markCommit marks the bucket meta, and with it the page that all buckets begin on,
// with the transaction.
func markCommit(tx *bbolt.Tx) error {
	b := tx.Bucket([]byte(bucketMeta))
	if b == nil {
		return damaged("bucket %q is gone", bucketMeta)
	}
	return b.SetSequence(uint64(tx.ID()))
}

// markAll sets all marks of a file that has none.
func markAll(tx *bbolt.Tx, m marks) error {
	for _, name := range bucketsOf(version) {
		b := tx.Bucket([]byte(name))
		if b == nil {
			return damaged("bucket %q is gone", name)
		}
		if err := b.SetSequence(m[name]); err != nil {
			return err
		}
	}
	return nil
}
