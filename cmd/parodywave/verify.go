package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"

	"parodywave/eventlog"
	"parodywave/eventlog/boltlog"
)

type verifyCommand struct {
	Thread string `arg:"" optional:"" placeholder:"THREAD" help:"Only this thread. Without it, the whole log."`
}

// Help returns the text below the usage.
func (*verifyCommand) Help() string {
	return `Checks the structure of the file, the checksum of every stored value, the chain of every stream and of the log, that every
record is valid, that every thread can be folded and its blame adds up to its text, that the replacements of redacted
texts are the recorded ones, and that the projections saved in cache.db agree with the log. It reads to the end also
after damage, names what is damaged, and lists the threads that are intact. It cannot detect that the newest records
were removed.

  parodywave verify
  parodywave verify 'Weekly minutes'
  parodywave verify --file backup.db
`
}

func (c *verifyCommand) Run(a *app) error {
	if c.Thread != "" {
		return c.one(a)
	}
	path, remove, err := a.wholeFile()
	if err != nil {
		return err
	}
	defer remove()
	return a.verifyFile(path)
}

// one verifies one thread.
func (c *verifyCommand) one(a *app) error {
	s, stream, err := a.openWhole(c.Thread, "verify always checks the whole thread: parodywave verify %[1]s")
	var known *failure
	if errors.Is(err, eventlog.ErrDamaged) && !errors.As(err, &known) {
		return c.salvaged(a)
	}
	if err != nil {
		return err
	}
	defer s.Close()
	_, err = s.checked(a, eventlog.Authors) // has the names of the thread's authors
	if err == nil || errors.Is(err, eventlog.ErrNotFound) {
		var t *check
		if t, err = s.checked(a, stream); err == nil {
			fmt.Fprint(a.out, t.line(s.name))
		}
	}
	if err != nil {
		return damaged(damageHint, "verification failed: %w", err)
	}
	return nil
}

// salvaged verifies one thread of a log that does not open.
func (c *verifyCommand) salvaged(a *app) error {
	w, err := a.openRemains()
	if err != nil {
		return err
	}
	defer w.Close()
	r, err := w.find(c.Thread)
	if err != nil {
		return err
	}
	if r.damaged() || r.thread == nil {
		return damaged(damageHint, "verification failed: %s", r.line())
	}
	fmt.Fprint(a.out, w.lineOf(r))
	a.say("this thread is intact, but the log is damaged: its newest records may be missing; parodywave verify lists all damage")
	return nil
}

const damageHint = "parodywave doctor says what to do; keep a copy of the log until it is done"

// wholeFile returns a log file to check: the one of a stopped directory, or a copy
// of the running server's, which remove deletes.
func (a *app) wholeFile() (path string, remove func(), err error) {
	keep := func() {}
	path = a.logPath()
	if a.File != "" {
		path = a.File
	}
	err = boltlog.Probe(path) // not Open, which reads all of it: the caller does that
	switch {
	case err == nil, errors.Is(err, eventlog.ErrDamaged):
		return path, keep, nil
	case a.File != "":
		return "", nil, a.fileError(err)
	case !errors.Is(err, boltlog.ErrLocked):
		return "", nil, a.openError(err)
	}
	s, err := a.openLog()
	if errors.Is(err, eventlog.ErrDamaged) {
		return a.logPath(), keep, nil
	}
	if err != nil {
		return "", nil, err
	}
	defer s.Close()
	if s.control == nil {
		return a.logPath(), keep, nil
	}
	return s.control.copy(a)
}

// copy downloads a copy of the running server's log.
func (c *control) copy(a *app) (string, func(), error) {
	dir, remove, err := temporaryDir("parodywave-verify-")
	if err != nil {
		return "", nil, err
	}
	path := filepath.Join(dir, "log.db")
	err = func() error {
		resp, err := c.send(a.ctx, "GET", "/copy", nil, "", nil)
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_EXCL, 0o600)
		if err != nil {
			return err
		}
		_, err = io.Copy(f, resp.Body)
		return errors.Join(err, f.Close())
	}()
	if err != nil {
		remove()
		return "", nil, fmt.Errorf("copy the log of the running server: %w", err)
	}
	return path, remove, nil
}

// checkPages runs bbolt's own check in another process, because a damaged file may
// crash it.
func (a *app) checkPages(path string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(a.ctx, self, "check-pages", path)
	cmd.Args[0] = os.Args[0]
	out, err := cmd.Output()
	if len(out) > 0 {
		return errors.New(string(out[:min(len(out), 1000)]))
	}
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return errors.New("the check ended with " + exit.String())
	}
	return err
}

// pagesCommand is the command of that process.
type pagesCommand struct {
	Path string `arg:""`
}

func (c *pagesCommand) Run(a *app) error {
	err := boltlog.CheckStructure(c.Path)
	if err == nil {
		return nil
	}
	fmt.Fprintf(a.out, "%s", withoutPath(err, c.Path))
	return &failure{err, exitDamaged, ""}
}
