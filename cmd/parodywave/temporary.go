package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// A command locks its temporary files and directories while it runs. A kill leaves them
// and ends the lock, so that the next command of the kind can tell them from those of a
// running one, and removes them. Where the system has no such locks, they stay.

// errHeld: another process has the lock.
var errHeld = errors.New("another process uses it")

// temporaryDir makes a directory PREFIX… in the system's directory for temporary files.
// It first removes those that killed commands left.
func temporaryDir(prefix string) (dir string, remove func(), err error) {
	sweepTemporary(os.TempDir(), prefix, "")
	for {
		if dir, err = os.MkdirTemp("", prefix); err != nil {
			return "", nil, err
		}
		release, err := hold(dir)
		if isSwept(err) {
			continue
		}
		if err != nil {
			os.RemoveAll(dir)
			return "", nil, err
		}
		return dir, func() {
			os.RemoveAll(dir)
			release()
		}, nil
	}
}

// temporaryFile makes a file PATH.….tmp, which is to become path. It first removes those
// that killed commands left. The caller must call remove.
func temporaryFile(path string) (f *os.File, remove func(), err error) {
	dir, name := filepath.Split(path)
	sweepTemporary(dir, name+".", ".tmp")
	for {
		if f, err = os.CreateTemp(dir, name+".*.tmp"); err != nil {
			return nil, nil, err
		}
		release, err := hold(f.Name())
		if err == nil {
			return f, func() {
				os.Remove(f.Name())
				release()
			}, nil
		}
		f.Close()
		if !isSwept(err) {
			os.Remove(f.Name())
			return nil, nil, err
		}
	}
}

// isSwept reports whether another command has removed, as left by a killed one, what
// this one had made and not locked yet.
func isSwept(err error) bool { return errors.Is(err, errHeld) || errors.Is(err, fs.ErrNotExist) }

// sweepTemporary removes the files and directories with such names that no process holds.
func sweepTemporary(dir, prefix, suffix string) {
	if !canHold {
		return
	}
	if dir == "" {
		dir = "."
	}
	all, _ := os.ReadDir(dir)
	for _, f := range all {
		if name := f.Name(); !strings.HasPrefix(name, prefix) || !strings.HasSuffix(name, suffix) {
			continue
		}
		path := filepath.Join(dir, f.Name())
		if release, err := hold(path); err == nil {
			os.RemoveAll(path)
			release()
		}
	}
}
