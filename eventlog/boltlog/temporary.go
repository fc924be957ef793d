package boltlog

import (
	"errors"
	"os"
	"path/filepath"
	"strings"

	"parodywave/eventlog"
)

// A temporary file of a log stands beside it and is called LOG.*.tmp. It becomes the
// log, or its backup, whole or not at all. Whoever opens the log for writing removes
// the temporary files that are there: Compact and Migrate make theirs while they hold
// the log's lock, so that these were left by a killed process, and create makes
// another one if its own is gone.

// temporary creates a temporary file of a log, or of a backup beside a log.
func temporary(path string) (*os.File, error) {
	return os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.tmp")
}

// sweep removes the temporary files of a log that is locked. A file that cannot be
// removed now is removed next time.
func sweep(path string) {
	dir := filepath.Dir(path)
	all, _ := os.ReadDir(dir)
	for _, f := range all {
		if name := f.Name(); strings.HasPrefix(name, filepath.Base(path)+".") && strings.HasSuffix(name, ".tmp") {
			os.Remove(filepath.Join(dir, name))
		}
	}
}

// isCopy reports whether the file at path has the records of the log, and its ID and
// version. The bytes of the two may differ: a killed migration has written pages to
// the log that do not count. The error wraps fs.ErrNotExist if there is no file.
func (l *Log) isCopy(path string) (bool, error) {
	c, _, err := load(path, l.options)
	if errors.Is(err, eventlog.ErrDamaged) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer guard("close", c.db.Close)
	if c.id != l.id || c.last != l.last || c.chain != l.chain || len(c.order) != len(l.order) {
		return false, nil
	}
	for i, s := range l.order {
		if t := c.order[i]; t.head != s.head || t.start != s.start {
			return false, nil
		}
	}
	return true, nil
}
