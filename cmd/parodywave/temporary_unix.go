//go:build linux || darwin

package main

import (
	"io/fs"
	"os"

	"golang.org/x/sys/unix"
)

const canHold = true

// hold locks a file or directory until release, or until the process ends. The error is
// errHeld if another process has the lock, and wraps fs.ErrNotExist if nothing has that
// name any more.
func hold(path string) (release func(), err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	held, err := f.Stat()
	if err == nil && unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB) != nil {
		err = errHeld
	}
	if err == nil {
		var named os.FileInfo
		if named, err = os.Stat(path); err == nil && !os.SameFile(held, named) {
			err = fs.ErrNotExist
		}
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return func() { f.Close() }, nil
}
