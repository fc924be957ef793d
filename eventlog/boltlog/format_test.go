package boltlog

import (
	"testing"

	"go.etcd.io/bbolt"
)

// setFormat makes a file one of another version.
func setFormat(t *testing.T, path string, v uint32) {
	t.Helper()
	db, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	err = db.Update(func(tx *bbolt.Tx) error {
		return tx.Bucket([]byte(bucketMeta)).Put([]byte(keyFormat), identity{version: v}.encode())
	})
	if err != nil {
		t.Fatal(err)
	}
}
