package boltlog

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
)

// mapSize is how many bytes of address space bbolt maps at least. A commit that
// must map more waits for all readers, so that should be rare; unused space costs
// nothing.
const mapSize = 1 << 30

// growStep is the number of bytes by which the file grows.
const growStep = 1 << 20

// Open opens the log at path. Unless Options say read-only, it creates a file that
// does not exist, with mode 0600.
//
// The error wraps ErrLocked if another process has the file, fs.ErrNotExist if a
// file to be read does not exist, and eventlog.ErrDamaged if the file is not a log,
// if anything in it is not as it was written, or if a block needs another Packer
// than Options has. It is a *eventlog.FormatError for a file of a newer version and,
// unless opened read-only, of an older one (see Migrate).
func Open(path string, o Options) (*Log, error) {
	if !o.ReadOnly {
		if err := create(path); err != nil {
			return nil, fmt.Errorf("create log %s: %w", path, err)
		}
	}
	var warnings []string
	for {
		l, txid, err := load(path, o)
		if lost := new(errLostMeta); !o.ReadOnly && errors.As(err, &lost) {
			warning, err := restoreMeta(path, o)
			if err != nil {
				return nil, fmt.Errorf("open log %s: %w", path, err)
			}
			warnings = append(warnings, warning)
			continue
		}
		if err == nil && !o.ReadOnly && l.id.version != version {
			guard("close", l.db.Close)
			err = &eventlog.FormatError{Path: path, Have: l.id.version, Want: version}
		}
		if err != nil {
			return nil, fmt.Errorf("open log %s: %w", path, err)
		}
		for _, i := range l.badMeta {
			warnings = append(warnings, l.metaWarning(i))
		}
		warnings = append(warnings, l.damageWarnings()...)
		if l.warnings = warnings; o.ReadOnly {
			return l.start(), nil
		}
		l.badMeta = nil // the next commit writes it again
		if err := l.reopen(txid); err == nil {
			return l.start(), nil
		} else if !errors.Is(err, errMoved) {
			return nil, fmt.Errorf("open log %s: %w", path, err)
		}
	}
}

// errMoved: between our two locks another process wrote the file or replaced it.
var errMoved = errors.New("file was written or replaced meanwhile")

// openBolt opens the file and locks it. It also returns bbolt's file, for reads
// that bypass bbolt.
func openBolt(path string, o Options, w *watch) (db *bbolt.DB, f *os.File, err error) {
	err = guard("open", func() error {
		db, err = bbolt.Open(path, 0o600, &bbolt.Options{
			Timeout: max(o.Timeout, 1), ReadOnly: o.ReadOnly, NoSync: o.NoSync,
			PageSize: pageSize, FreelistType: bbolt.FreelistMapType, InitialMmapSize: mapSize,
			NoStatistics: true, Logger: w,
			NoFreelistSync: true, // after a large sealing the list has 0.5 MB, which each commit would write
			OpenFile: func(name string, flag int, mode os.FileMode) (*os.File, error) {
				var err error
				f, err = os.OpenFile(name, flag&^os.O_CREATE, mode)
				return f, err
			},
		})
		return err
	})
	switch {
	case err == nil:
		db.AllocSize = growStep
		return db, f, nil
	case errors.Is(err, berrors.ErrTimeout):
		err = fmt.Errorf("%w (waited %v)", ErrLocked, o.Timeout)
	case errors.Is(err, berrors.ErrInvalid), errors.Is(err, berrors.ErrChecksum), errors.Is(err, berrors.ErrVersionMismatch),
		strings.HasPrefix(err.Error(), "file size too small"):
		err = damaged("this is not a log: %v", err)
	case errors.Is(err, eventlog.ErrDamaged) && f != nil:
		f.Close() // bbolt left it open when it panicked
	}
	return nil, nil, err
}

// openSteady opens the file that path names at the moment when the lock is ours:
// while we wait for the lock, Compact may replace the file.
func openSteady(path string, o Options, w *watch) (*bbolt.DB, *os.File, os.FileInfo, error) {
	for {
		db, f, err := openBolt(path, o, w)
		if err != nil {
			return nil, nil, nil, err
		}
		have, err := f.Stat()
		var named os.FileInfo
		if err == nil {
			named, err = os.Stat(path)
		}
		if err == nil && os.SameFile(have, named) {
			return db, f, have, nil
		}
		guard("close", db.Close)
		if err != nil {
			return nil, nil, nil, err
		}
	}
}

// Probe returns the error with which Open would fail to get the file at path for
// reading: no file is there, another process writes it (ErrLocked), or bbolt finds no
// valid meta page in it. It reads no more than the meta pages.
func Probe(path string) error {
	err := empty(path)
	if err == nil {
		var db *bbolt.DB
		if db, _, _, err = openSteady(path, Options{ReadOnly: true}, new(watch)); err == nil {
			err = guard("close", db.Close)
		}
	}
	if err != nil {
		return fmt.Errorf("open log %s: %w", path, err)
	}
	return nil
}

// empty returns an error if no file is at path, or an empty one.
func empty(path string) error {
	info, err := os.Stat(path)
	if err == nil && info.Size() == 0 {
		err = damaged("file is empty")
	}
	return err
}

// load reads the whole file under a shared lock. It returns a log that is open for
// reading, and the ID of the transaction that it saw.
func load(path string, o Options) (*Log, uint64, error) {
	o.ReadOnly = true
	if err := empty(path); err != nil {
		return nil, 0, err
	}
	w := new(watch)
	db, f, info, err := openSteady(path, o, w)
	if err != nil {
		return nil, 0, err
	}
	l := newLog(path, o, info)
	l.db, l.watch = db, w
	t, err := openTree(f, info.Size())
	if err == nil {
		err = l.indexTree(t, info.Size())
	}
	if err == nil && !o.noMarks {
		err = t.beyond(info.Size(), l.last, l.opener())
	}
	if err != nil {
		guard("close", db.Close)
		return nil, 0, err
	}
	return l, t.txid, nil
}

func newLog(path string, o Options, info os.FileInfo) *Log {
	return &Log{path: path, options: o, file: info, marks: marks{}, unreadable: map[eventlog.Stream]*eventlog.DamageError{}, mended: map[string][]byte{}, streams: map[eventlog.Stream]*stream{},
		chain: chain.LogStart(), sealed: mark{0, chain.LogStart()}, stopped: make(chan struct{})}
}

// indexTree walks the file and builds the index.
func (l *Log) indexTree(t *tree, size int64) error {
	if err := t.lostMeta(size); err != nil && !l.options.noMarks {
		return err
	}
	b, err := t.buckets(strict)
	if err != nil {
		return err
	}
	l.badMeta = t.badMeta
	load := &loader{log: l, opener: l.opener(), salter: t.salter(b[bucketKeys])}
	visit := map[string]visitor{bucketMeta: load.meta, bucketKeys: load.salts, bucketBlocks: load.block, bucketTail: load.group}
	l.id.version = oldest
	for i := 0; i < len(bucketsOf(l.id.version)); i++ { // meta says which version it is
		name := bucketsOf(l.id.version)[i]
		r, ok := b[name]
		if !ok {
			return damaged("bucket %q is missing", name)
		}
		err := t.bucket(name, r, func(key, value []byte) error {
			l.marks.add(name, value)
			return visit[name](key, value)
		}, strict)
		if err == nil && l.id.version >= marked && !l.options.noMarks {
			err = l.marks.check(name, r, t.txid)
		}
		if err != nil {
			return err
		}
		if name == bucketMeta && !load.identified {
			return damaged("the format value is missing")
		}
	}
	if n := len(bucketsOf(l.id.version)); len(b) != n {
		return damaged("the file has %d buckets, want %d", len(b), n)
	}
	for name, s := range l.streams {
		if len(s.groups.blocks) == 0 && l.unreadable[name] == nil {
			return damaged("%s was pruned through revision %d and no record follows", name, s.start.through)
		}
	}
	load.order()
	if err := load.finish(); err != nil {
		return err
	}
	return t.free()
}

// reopen opens the file for writing, unless it has changed since it was loaded.
func (l *Log) reopen(txid uint64) error {
	if err := guard("close", l.db.Close); err != nil {
		return err
	}
	l.options.ReadOnly = false
	db, _, info, err := openSteady(l.path, l.options, l.watch)
	if err != nil {
		return err
	}
	l.db = db
	err = l.view("open", func(tx *bbolt.Tx) error {
		if uint64(tx.ID()) != txid || !os.SameFile(info, l.file) {
			return errMoved
		}
		return nil
	})
	if err == nil {
		sweep(l.path)
	} else if !l.wrecked.Load() {
		guard("close", db.Close)
	}
	return err
}
