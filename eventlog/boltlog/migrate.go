package boltlog

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"go.etcd.io/bbolt"

	"parodywave/eventlog"
	"parodywave/migrations"
)

// A Migration says what Migrate did, or would do.
type Migration struct {
	From, To uint32 // versions; equal where there is nothing to do
	Steps    []string
	Backup   string // the path of the copy that was made first
	Records  uint64 // positions in the log
}

// Migrate brings the file of a log to today's version, in one transaction, after
// it has copied the file to a backup beside it, named like log.db.v1. With dry it
// does nothing but say what it would do. The file is read whole first, as Open
// does, whose errors it returns; fs.ErrExist is wrapped if there is a backup of
// that name already.
func Migrate(path string, o Options, dry bool) (Migration, error) {
	m, err := migrate(path, o, dry)
	if err != nil {
		return m, fmt.Errorf("migrate %s: %w", path, err)
	}
	return m, nil
}

func migrate(path string, o Options, dry bool) (Migration, error) {
	l, err := lock(path, o, oldest)
	if err != nil {
		return Migration{}, err
	}
	defer guard("close", l.db.Close)
	m := Migration{From: l.id.version, To: version, Records: uint64(l.last)}
	steps, err := migrations.FileSteps(m.From)
	if err != nil || len(steps) == 0 {
		return m, err
	}
	for _, s := range steps {
		m.Steps = append(m.Steps, s.Does)
	}
	m.Backup = fmt.Sprintf("%s.v%d", path, m.From)
	if _, err := os.Stat(m.Backup); !errors.Is(err, fs.ErrNotExist) {
		return m, fmt.Errorf("backup %s: %w", m.Backup, errors.Join(err, fs.ErrExist))
	}
	if dry {
		return m, nil
	}
	if err := backup(path, m.Backup); err != nil {
		return m, fmt.Errorf("backup: %w", err)
	}
	id := l.id
	id.version = version
	return m, l.update("migrate", func(tx *bbolt.Tx) error {
		for _, s := range steps {
			if err := s.Up(migrating{l, tx}); err != nil {
				return fmt.Errorf("from version %d: %w", s.From, err)
			}
		}
		return tx.Bucket([]byte(bucketMeta)).Put([]byte(keyFormat), id.encode())
	})
}

// lock opens a log of at least some version for one who changes its file as a whole:
// nobody else has it, and there is no committer.
func lock(path string, o Options, least uint32) (*Log, error) {
	o.ReadOnly = false
	for {
		l, txid, err := load(path, o)
		if err != nil {
			return nil, err
		}
		if l.id.version < least {
			guard("close", l.db.Close)
			return nil, &eventlog.FormatError{Path: path, Have: l.id.version, Want: version}
		}
		if err = l.reopen(txid); err == nil {
			return l, nil
		}
		if !errors.Is(err, errMoved) {
			return nil, err
		}
	}
}

// backup copies a file, and returns when the copy is on disk.
func backup(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if _, err = io.Copy(out, in); err == nil {
		err = out.Sync()
	}
	if err = errors.Join(err, out.Close()); err != nil {
		os.Remove(to)
		return err
	}
	return syncDir(filepath.Dir(to))
}

// migrating is a migrations.File.
type migrating struct {
	log *Log
	tx  *bbolt.Tx
}

func (m migrating) CreateBucket(name string) error {
	_, err := m.tx.CreateBucket([]byte(name))
	return err
}

func (m migrating) Rewrite(bucket, prefix string, change func([]byte) ([]byte, error)) error {
	b := m.tx.Bucket([]byte(bucket))
	if b == nil {
		return damaged("bucket %q is gone", bucket)
	}
	var puts []keyed
	c := b.Cursor()
	for k, v := c.Seek([]byte(prefix)); k != nil && strings.HasPrefix(string(k), prefix); k, v = c.Next() {
		body, err := unseal(bucket, k, v)
		if err != nil {
			return err
		}
		if body, err = change(append([]byte(nil), body...)); err != nil {
			return fmt.Errorf("value %q: %w", k, err)
		}
		puts = append(puts, keyed{append([]byte(nil), k...), body})
	}
	for _, p := range puts {
		if err := b.Put(p.key, seal(bucket, p.key, p.body)); err != nil {
			return err
		}
	}
	return nil
}

type keyed struct{ key, body []byte }

func (m migrating) Rank(uint64) uint64 {
	for _, s := range m.log.order {
		if s.start.through > 0 {
			return s.start.rank // which the loader has found out
		}
	}
	return 0
}
