package boltlog

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"go.etcd.io/bbolt"

	"parodywave/eventlog"
	"parodywave/migrations"
)

// A Migration describes what Migrate did or would do.
type Migration struct {
	From, To uint32 // versions; equal if there is nothing to do
	Steps    []string
	Backup   string   // path of the copy of the old file
	Records  uint64   // positions in the log
	Warnings []string // as Log.Warnings
}

// Migrate converts the file of a log to the current version in one transaction. It
// first copies the file to a backup beside it, named like log.db.v1. With dry it only
// returns what it would do. It reads the whole file first, as Open does, and returns
// Open's errors. The error wraps fs.ErrExist if a file with the backup's name exists
// that is not a copy of the log. After a kill Migrate may be called again.
func Migrate(path string, o Options, dry bool) (Migration, error) {
	m, err := migrate(path, o, dry)
	if err != nil {
		return m, fmt.Errorf("migrate %s: %w", path, err)
	}
	return m, nil
}

func migrate(path string, o Options, dry bool) (Migration, error) {
	path, err := filepath.EvalSymlinks(path)
	if err != nil {
		return Migration{}, err
	}
	l, err := lock(path, o, oldest)
	if err != nil {
		return Migration{}, err
	}
	defer guard("close", l.db.Close)
	m := Migration{From: l.id.version, To: version, Records: uint64(l.last), Warnings: l.warnings}
	steps, err := migrations.FileSteps(m.From)
	if err != nil || len(steps) == 0 {
		return m, err
	}
	for _, s := range steps {
		m.Steps = append(m.Steps, s.Does)
	}
	m.Backup = fmt.Sprintf("%s.v%d", path, m.From)
	there, err := l.isCopy(m.Backup) // left by an interrupted run
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return m, fmt.Errorf("backup: %w", err)
	case !there:
		return m, fmt.Errorf("backup %s: %w", m.Backup, fs.ErrExist)
	}
	if dry {
		return m, nil
	}
	if !there {
		if err := copyFile(path, m.Backup, l.file); err != nil {
			return m, fmt.Errorf("backup: %w", err)
		}
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

// lock opens a log of version least or later for an operation on its whole file: no
// other process has the file, and there is no committer.
func lock(path string, o Options, least uint32) (*Log, error) {
	o.ReadOnly = false
	for {
		l, txid, err := load(path, o)
		if err != nil {
			return nil, err
		}
		if err := l.undamaged("rewrite"); err != nil {
			guard("close", l.db.Close)
			return nil, err
		}
		if l.id.version < least {
			guard("close", l.db.Close)
			return nil, &eventlog.FormatError{Path: path, Have: l.id.version, Want: version}
		}
		for _, i := range l.badMeta {
			l.warnings = append(l.warnings, l.metaWarning(i))
		}
		if err = l.reopen(txid); err == nil {
			return l, nil
		}
		if !errors.Is(err, errMoved) {
			return nil, err
		}
	}
}

// migrating implements migrations.File.
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
		body, err := checkedBody(bucket, k, v)
		if err != nil {
			return err
		}
		if body, err = change(append([]byte(nil), body...)); err != nil {
			return fmt.Errorf("value %q: %w", k, err)
		}
		puts = append(puts, keyed{append([]byte(nil), k...), body})
	}
	for _, p := range puts {
		if err := b.Put(p.key, withChecksum(bucket, p.key, p.body)); err != nil {
			return err
		}
	}
	return nil
}

type keyed struct{ key, body []byte }

func (m migrating) Mark() error { return markAll(m.tx, m.log.marks) }

func (m migrating) Rank(uint64) uint64 {
	for _, s := range m.log.order {
		if s.start.through > 0 {
			return s.start.rank // the loader has found it
		}
	}
	return 0
}
