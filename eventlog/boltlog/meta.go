package boltlog

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"parodywave/eventlog"
)

// bbolt has two meta pages, writes them in turn, and uses the newer valid one. If
// one is not valid, a power cut may have torn its write, or the disk has damaged it
// later. Either way all other pages of its commit were synced before it was written,
// and the page of the root bucket is marked with the commit. So a look at the file
// tells whether the invalid page was the newer one, and what it said.

// errLostMeta: the newer meta page is not valid.
type errLostMeta struct {
	page  int
	txid  uint64   // of the other one
	roots []uint64 // pages that the lost one may have named
}

func (e *errLostMeta) Error() string {
	return fmt.Sprintf("meta page %d is not valid, and the last commit cannot be read without it: start the server, which keeps a copy of the file and restores the page: %v", e.page, eventlog.ErrDamaged)
}

func (e *errLostMeta) Unwrap() error { return eventlog.ErrDamaged }

// lostMeta returns an *errLostMeta if the meta page that is not valid was the newer
// one. In files before version 3 that cannot be known.
func (t *tree) lostMeta(size int64) error {
	if len(t.badMeta) == 0 {
		return nil
	}
	lost := &errLostMeta{page: t.badMeta[0], txid: t.txid}
	var b [pageSize]byte
	for id := uint64(2); id < uint64(size)/pageSize; id++ {
		if _, err := t.f.ReadAt(b[:], int64(id)*pageSize); err != nil {
			return damaged("page %d: %v", id, err)
		}
		if native.Uint64(b[:]) != id || native.Uint16(b[8:]) != flagLeaf || native.Uint32(b[12:]) != 0 {
			continue
		}
		buckets, mark := 0, uint64(0)
		err := leaf(b[:], nil, nil, func(flags uint32, key, value []byte, _ uint64) error {
			if flags == 1 && len(value) >= 16 {
				if buckets++; string(key) == bucketMeta {
					mark = native.Uint64(value[8:])
				}
			}
			return nil
		})
		if err == nil && buckets == len(bucketsOf(version)) && mark == t.txid+1 && id != t.root {
			lost.roots = append(lost.roots, id)
		}
	}
	if len(lost.roots) == 0 {
		return nil
	}
	return lost
}

// restoreMeta writes the lost meta page again, if exactly one page in the file can be
// what it named, and all that this page leads to is as it was written. First it
// copies the file. It returns a warning for the operator.
func restoreMeta(path string, o Options) (string, error) {
	o.ReadOnly = false
	db, f, info, err := openSteady(path, o, new(watch))
	if err != nil {
		return "", err
	}
	defer guard("close", db.Close)
	t, err := openTree(f, info.Size())
	if err != nil {
		return "", err
	}
	lost := new(errLostMeta)
	if err := t.lostMeta(info.Size()); !errors.As(err, &lost) {
		return "", err // another process has restored it
	}
	root, pages, sound := uint64(0), uint64(info.Size())/pageSize, 0
	for _, id := range lost.roots {
		try := &tree{f: f, root: id, freelist: noFreelist, pages: pages, txid: lost.txid + 1, seen: make([]uint64, pages/64+1)}
		if err = newLog(path, o, info).indexTree(try, info.Size()); err == nil {
			root, sound = id, sound+1
		}
	}
	if sound != 1 {
		return "", fmt.Errorf("meta page %d is not valid, and %d of %d states that it may have named can be read: restore a backup of the log, or run parodywave doctor: %w (%v)", lost.page, sound, len(lost.roots), eventlog.ErrDamaged, err)
	}
	to := path + ".damaged-" + time.Now().UTC().Format("20060102-150405")
	if err := copyFile(path, to, info); err != nil {
		return "", fmt.Errorf("copy the file, whose meta page %d is not valid: %w", lost.page, err)
	}
	page := metaPage(uint64(lost.page), root, noFreelist, pages, lost.txid+1)
	if _, err := f.WriteAt(page, int64(lost.page)*pageSize); err != nil {
		return "", err
	}
	return fmt.Sprintf("meta page %d of %s was not valid, after a power cut or because the disk is failing; it was restored from the pages of its commit, and no record is missing; the file as it was is kept as %s: run parodywave verify, check the disk, then delete that copy", lost.page, path, to), f.Sync()
}

// copyFile copies a log's file. The copy gets its name only when it is on disk.
func copyFile(from, to string, info os.FileInfo) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := temporary(to)
	if err != nil {
		return err
	}
	defer os.Remove(out.Name())
	if _, err = io.Copy(out, in); err == nil {
		err = errors.Join(keepOwner(out, info), out.Sync())
	}
	if err = errors.Join(err, out.Close()); err != nil {
		return err
	}
	if err := os.Rename(out.Name(), to); err != nil {
		return err
	}
	return syncDir(filepath.Dir(to))
}

// metaWarning is the warning about a meta page that no commit needs.
func (l *Log) metaWarning(page int) string {
	if l.id.version < marked {
		return badMetaPage(page).Error()
	}
	return fmt.Sprintf("meta page %d is not valid: no page of a commit after the one in use is in the file, so this was the older meta page, unless the disk has destroyed those pages, too; the next commit writes it again; check the disk, and compare the newest records with a backup", page)
}
