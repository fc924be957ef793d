package boltlog

import (
	"crypto/sha256"
	"encoding/hex"
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

func zeros(n int) string { return hex.EncodeToString(make([]byte, n)) }

func sha256Of(s string) [32]byte { return sha256.Sum256([]byte(s)) }
