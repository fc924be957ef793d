package boltlog

import (
	"errors"
	"fmt"
	"runtime/debug"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"parodywave/eventlog"
)

// guard runs fn, which touches bbolt's memory, and turns a fault or a panic in
// it into an error that wraps eventlog.ErrDamaged.
func guard(what string, fn func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%s: %v: %w", what, r, eventlog.ErrDamaged)
		}
	}()
	return fn()
}

// view runs fn in a short read transaction.
func (l *Log) view(what string, fn func(tx *bbolt.Tx) error) error {
	return l.transact(what, l.db.View, fn)
}

// update runs fn in a write transaction. Only the committer calls it.
func (l *Log) update(what string, fn func(tx *bbolt.Tx) error) error {
	return l.transact(what, l.db.Update, func(tx *bbolt.Tx) error {
		if err := fn(tx); err != nil {
			return err
		}
		return markCommit(tx)
	})
}

func (l *Log) transact(what string, do func(func(*bbolt.Tx) error) error, fn func(tx *bbolt.Tx) error) error {
	if l.wrecked.Load() {
		return fmt.Errorf("%s: an earlier fault left the file unusable: %w", what, eventlog.ErrDamaged)
	}
	// A panic outside of fn may leave bbolt's locks held: later calls must not
	// wait for them. After a panic inside of a reading fn, bbolt rolls back.
	inside, over := false, false
	err := guard(what, func() error {
		err := do(func(tx *bbolt.Tx) error {
			inside = !tx.Writable()
			err := fn(tx)
			inside = false
			return err
		})
		over = true
		return err
	})
	if !over && !inside {
		l.wrecked.Store(true)
	}
	if errors.Is(err, berrors.ErrDatabaseNotOpen) {
		return eventlog.ErrClosed
	}
	return err
}
