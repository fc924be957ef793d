package boltlog

import (
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"go.etcd.io/bbolt"
)

// create creates an empty log at path unless a file exists. The file appears whole
// or not at all, and its name is on disk before anyone can append.
func create(path string) error {
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	dir := filepath.Dir(path)
	f, err := os.CreateTemp(dir, filepath.Base(path)+".*.tmp")
	if err != nil {
		return err
	}
	f.Close()
	defer os.Remove(f.Name())
	if err := fill(f.Name()); err != nil {
		return err
	}
	if err := os.Link(f.Name(), path); err != nil {
		if errors.Is(err, fs.ErrExist) {
			return nil // another process was first
		}
		if err := os.Rename(f.Name(), path); err != nil { // no links here
			return err
		}
	}
	return syncDir(dir)
}

func fill(path string) error {
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{PageSize: pageSize, FreelistType: bbolt.FreelistMapType, NoFreelistSync: true})
	if err != nil {
		return err
	}
	var id [16]byte
	rand.Read(id[:])
	err = db.Update(func(tx *bbolt.Tx) error {
		for _, name := range bucketsOf(version) {
			if _, err := tx.CreateBucket([]byte(name)); err != nil {
				return err
			}
		}
		err := tx.Bucket([]byte(bucketMeta)).Put([]byte(keyFormat), identity{version, id, time.Now().UnixMilli()}.encode())
		return errors.Join(err, markCommit(tx))
	})
	return errors.Join(err, db.Close())
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
