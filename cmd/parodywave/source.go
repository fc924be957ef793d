package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"parodywave/eventlog"
	"parodywave/eventlog/boltlog"
	"parodywave/eventlog/event"
	"parodywave/projection"
)

const (
	lockWait    = 5 * time.Second  // how long a writer waits for the lock
	socketWait  = 10 * time.Second // how long a reader waits for the socket of the process that has the lock
	lockRetries = 50 * time.Millisecond
)

// A source is a log to read: a file, or the log of a running server. From a file,
// sealed records come in segments.
type source struct {
	projection.Source
	control *control         // of a running server; nil for a file
	damages eventlog.Damages // of a file
	authors *projection.Authors
	ahead   bool // sayAhead has written its message
}

func (a *app) logPath() string { return filepath.Join(a.Data, "log.db") }

// cachePath is the file in which a server saves projections. Commands do not use
// it: they fold the log.
func (a *app) cachePath() string { return filepath.Join(a.Data, "cache.db") }

// open opens the log for reading: the file of --file, the file of a stopped
// directory, or the log of a running server through its socket.
func (a *app) open() (*source, error) {
	s, err := a.openLog()
	if err != nil {
		return nil, err
	}
	s.authors = projection.NewAuthors()
	if err := event.Fold(s.Read(a.ctx, eventlog.Authors, 0), s.authors.Apply); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

func (a *app) openLog() (*source, error) {
	if a.File != "" {
		log, err := boltlog.Open(a.File, boltlog.Options{Packer: event.Packer{}, ReadOnly: true})
		if err != nil {
			return nil, a.fileError(err)
		}
		a.warn(log.Warnings())
		return &source{Source: projection.NewSource(log, log, nil), damages: log}, nil
	}
	for deadline := time.Now().Add(socketWait); ; {
		log, err := boltlog.Open(a.logPath(), boltlog.Options{Packer: event.Packer{}, ReadOnly: true})
		if err == nil {
			a.warn(log.Warnings())
			return &source{Source: projection.NewSource(log, log, nil), damages: log}, nil
		}
		if !errors.Is(err, boltlog.ErrLocked) {
			return nil, a.openError(err)
		}
		c, err := a.dial()
		if err == nil {
			return &source{Source: projection.Plain(c.log()), control: c}, nil
		}
		if !errors.Is(err, errNoServer) {
			return nil, err
		}
		if err := a.waitUntil(deadline); err != nil {
			return nil, failed("wait for the other command to end, or run this command as the user who runs the server", "the log %s is in use, and no server answers at %s", a.logPath(), a.socketLink())
		}
	}
}

// warn prints what an operator should know about the log's file.
func (a *app) warn(warnings []string) {
	for _, w := range warnings {
		fmt.Fprintf(a.err, "warning: %s\n", visible(w))
	}
}

// waitUntil pauses before another try. It returns an error once the deadline has
// passed.
func (a *app) waitUntil(deadline time.Time) error {
	if time.Now().After(deadline) {
		return errNoServer
	}
	select {
	case <-a.ctx.Done():
		return a.ctx.Err()
	case <-time.After(lockRetries):
		return nil
	}
}

// fileError adds a hint to an error of opening --file.
func (a *app) fileError(err error) error {
	switch {
	case errors.Is(err, boltlog.ErrLocked):
		return failed("it belongs to a running server: use --data "+filepath.Dir(a.File), "the log %s is in use", a.File)
	case errors.Is(err, fs.ErrNotExist):
		return notFound("give --file the path of a copy of log.db", "there is no file %s", a.File)
	}
	return err
}

func (a *app) openError(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return notFound("use --data DIR for another directory; parodywave serve or import create a log", "there is no log in %s", a.Data)
	}
	if errors.Is(err, fs.ErrPermission) {
		return failed("run this command as the user who runs the server", "%v", err)
	}
	return err
}

// exists returns an error if there is no log in the data directory to write to.
func (a *app) exists() error {
	if a.File != "" {
		return usage("use --data DIR", "--file is read-only: this command writes to a data directory")
	}
	if _, err := os.Stat(a.logPath()); err != nil {
		return a.openError(err)
	}
	return nil
}
