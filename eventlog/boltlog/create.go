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
	for {
		if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if err := createOnce(path); !errors.Is(err, errSwept) {
			return err
		}
	}
}

// errSwept: another process created the log and removed our temporary file.
var errSwept = errors.New("temporary file was removed")

func createOnce(path string) error {
	f, err := temporary(path)
	if err != nil {
		return err
	}
	f.Close()
	defer os.Remove(f.Name())
	if err := fill(f.Name()); err != nil {
		return err
	}
	err = os.Link(f.Name(), path)
	switch {
	case errors.Is(err, fs.ErrExist):
		return nil // another process was first
	case errors.Is(err, fs.ErrNotExist):
		return errSwept
	case err != nil: // no links here
		if err := os.Rename(f.Name(), path); err != nil {
			return err
		}
	}
	return syncDir(filepath.Dir(path))
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
