package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"parodywave/eventlog"
	"parodywave/eventlog/boltlog"
	"parodywave/eventlog/event"
	"parodywave/projection"
	"parodywave/projection/snapshot"
)

// How long commands wait for one another.
const (
	lockWait    = 5 * time.Second  // a writer, for the lock
	socketWait  = 10 * time.Second // a reader, for the socket of who has the lock
	lockRetries = 50 * time.Millisecond
)

// A source is a log to read from, wherever it is. That of a file gives what is
// sealed in segments.
type source struct {
	eventlog.AuditLog
	eventlog.Segmenter
	control *control // of a running server; nil for a file
	authors *projection.Authors
}

func newSource(log eventlog.AuditLog, c *control) *source {
	return &source{AuditLog: log, Segmenter: snapshot.Segmented(log), control: c}
}

func (a *app) logPath() string { return filepath.Join(a.Data, "log.db") }

// cachePath is where a server saves projections. Commands do not use it: what
// they print is folded from the log.
func (a *app) cachePath() string { return filepath.Join(a.Data, "cache.db") }

// open opens the log for reading: the file that --file names, the one of a
// stopped directory, or that of a running server through its socket.
func (a *app) open() (*source, error) {
	s, err := a.openLog()
	if err != nil {
		return nil, err
	}
	s.authors = projection.NewAuthors()
	for r, err := range s.Read(a.ctx, eventlog.Authors, 0) {
		var e event.Event
		if err == nil {
			e, err = event.Decode(r)
		}
		if err == nil {
			err = s.authors.Apply(e)
		}
		if err != nil {
			s.Close()
			return nil, err
		}
	}
	return s, nil
}

func (a *app) openLog() (*source, error) {
	if a.File != "" {
		log, err := boltlog.Open(a.File, boltlog.Options{Packer: event.Packer{}, ReadOnly: true})
		if err != nil {
			return nil, a.fileError(err)
		}
		return newSource(log, nil), nil
	}
	for deadline := time.Now().Add(socketWait); ; {
		log, err := boltlog.Open(a.logPath(), boltlog.Options{Packer: event.Packer{}, ReadOnly: true})
		if err == nil {
			return newSource(log, nil), nil
		}
		if !errors.Is(err, boltlog.ErrLocked) {
			return nil, a.openError(err)
		}
		c, err := a.dial()
		if err == nil {
			return newSource(c.log(), c), nil
		}
		if !errors.Is(err, errNoServer) {
			return nil, err
		}
		if err := a.waitUntil(deadline); err != nil {
			return nil, failed("another command may be writing; or the server is of another user", "the log %s is in use and no server answers at %s", a.logPath(), a.socketLink())
		}
	}
}

// waitUntil pauses before another try; an error says that there is none.
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

// fileError says what to do where --file cannot be opened.
func (a *app) fileError(err error) error {
	switch {
	case errors.Is(err, boltlog.ErrLocked):
		return failed("this is the file of a running server: read it with --data "+filepath.Dir(a.File), "the log %s is in use", a.File)
	case errors.Is(err, fs.ErrNotExist):
		return notFound("--file names a copy of a log.db", "there is no file %s", a.File)
	}
	return err
}

func (a *app) openError(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return notFound("say where it is with --data DIR; parodywave serve or import begin one", "there is no log in %s", a.Data)
	}
	if errors.Is(err, fs.ErrPermission) {
		return failed("run this as the user who runs the server", "%v", err)
	}
	return err
}

// exists reports whether there is a log in the data directory.
func (a *app) exists() error {
	if a.File != "" {
		return usage("say --data DIR", "--file is for reading: nothing is written to a bare copy")
	}
	if _, err := os.Stat(a.logPath()); err != nil {
		return a.openError(err)
	}
	return nil
}
