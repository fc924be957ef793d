package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"parodywave/eventlog"
	"parodywave/eventlog/boltlog"
	"parodywave/eventlog/event"
	"parodywave/projection/snapshot"
)

type verifyCommand struct {
	Thread string `arg:"" optional:"" placeholder:"THREAD" help:"Only this thread. Without it, the whole log."`
}

// Help returns the text below the usage.
func (*verifyCommand) Help() string {
	return `Checks the structure of the file, the checksum of every stored value, the chain of every stream and of the log, that every
record is valid, that every thread can be folded and its blame adds up to its text, that the replacements of redacted
texts are the recorded ones, and that the projections saved in cache.db agree with the log. It cannot detect that the
newest records were removed.

  parodywave verify
  parodywave verify 'Weekly minutes'
  parodywave verify --file backup.db
`
}

func (c *verifyCommand) Run(a *app) error {
	if c.Thread != "" {
		s, stream, err := a.openWhole(c.Thread, "verify always checks the whole thread: parodywave verify %[1]s")
		if err != nil {
			return err
		}
		defer s.Close()
		err = s.checkStream(a, eventlog.Authors) // has the names of the thread's authors
		if err == nil || errors.Is(err, eventlog.ErrNotFound) {
			err = s.checkThread(a, stream)
		}
		if err != nil {
			return damaged("keep a copy of the log and restore a backup", "verification failed: %w", err)
		}
		return nil
	}
	path, remove, err := a.wholeFile()
	if err != nil {
		return err
	}
	defer remove()
	return a.verifyFile(path)
}

// wholeFile returns a log file to check: the one of a stopped directory, or a copy
// of the running server's, which remove deletes.
func (a *app) wholeFile() (path string, remove func(), err error) {
	keep := func() {}
	if a.File != "" {
		log, err := boltlog.Open(a.File, boltlog.Options{Packer: event.Packer{}, ReadOnly: true})
		if err == nil {
			return a.File, keep, log.Close()
		}
		if errors.Is(err, eventlog.ErrDamaged) {
			return a.File, keep, nil
		}
		return "", nil, a.fileError(err)
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
	dir, err := os.MkdirTemp("", "parodywave-verify-*")
	if err != nil {
		return "", nil, err
	}
	remove := func() { os.RemoveAll(dir) }
	path := filepath.Join(dir, "log.db")
	err = func() error {
		resp, err := c.send(a.ctx, "GET", "/copy", nil, nil)
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

// verifyFile verifies a whole log file.
func (a *app) verifyFile(path string) error {
	if info, err := os.Stat(path); err == nil && info.Size() == 0 {
		return damaged("restore a backup of the log", "verification failed: %s is empty", path)
	}
	first := ""
	problem := func(what string) {
		fmt.Fprintf(a.out, "damaged  %s\n", visible(what))
		if first == "" {
			first = what
		}
	}
	report, err := boltlog.VerifyFile(a.ctx, path, boltlog.Options{Packer: event.Packer{}, Timeout: lockWait}, a.progress("verify"))
	if err != nil && !errors.Is(err, eventlog.ErrDamaged) {
		return err
	}
	if err != nil {
		problem(withoutPath(err, path))
	}
	for _, p := range report.Problems {
		problem(p.String())
	}
	if report.More > 0 {
		problem(fmt.Sprintf("%d more problems", report.More))
	}
	if err := a.checkPages(path); err != nil {
		problem("structure of the file: " + err.Error())
	}
	threads := 0
	copied := *a
	copied.File = path
	if s, err := copied.open(); err == nil {
		defer s.Close()
		if threads, err = s.checkAll(&copied, problem); err != nil {
			return err
		}
		if first == "" && a.File == "" {
			if err := s.checkCache(a); err != nil {
				return err
			}
		}
	} else if first == "" {
		problem(withoutPath(err, path))
	}
	if first != "" {
		return damaged("keep a copy of the log and restore a backup", "verification failed; first damage: %s", first)
	}
	fmt.Fprintf(a.out, "ok  %d threads, %d records to position %d, %d removed by pruning, log chain %s\n", threads, report.Records, report.Last, report.Removed, report.Chain)
	return nil
}

// withoutPath returns an error's text without the operation and the path before
// it, so that the output is the same for a copy of the log.
func withoutPath(err error, path string) string {
	_, rest, ok := strings.Cut(err.Error(), path+": ")
	if !ok {
		return err.Error()
	}
	return strings.TrimSuffix(strings.TrimPrefix(rest, eventlog.ErrDamaged.Error()+": "), ": "+eventlog.ErrDamaged.Error())
}

// checkAll checks the records of all streams.
func (s *source) checkAll(a *app, problem func(string)) (threads int, err error) {
	heads, err := s.Streams(a.ctx)
	if err != nil {
		return 0, err
	}
	for _, h := range heads {
		if event.IsThread(h.Stream) {
			threads++
			err = s.checkThread(a, h.Stream)
		} else {
			err = s.checkStream(a, h.Stream)
		}
		if a.ctx.Err() != nil {
			return threads, a.ctx.Err()
		}
		if err != nil {
			problem(err.Error())
		}
	}
	return threads, nil
}

// checkCache compares the projections in cache.db with the log.
func (s *source) checkCache(a *app) error {
	log, ok := s.AuditLog.(snapshot.Log)
	if !ok {
		return nil
	}
	c, err := snapshot.Compare(a.ctx, a.cachePath(), log)
	if err != nil {
		return err
	}
	for _, p := range c.Problems {
		fmt.Fprintf(a.out, "damaged  cache.db: %s\n", visible(p))
	}
	if len(c.Problems) > 0 {
		return damaged("stop the server and delete "+a.cachePath()+", which is always safe: the server rebuilds it; after a restart the server also rebuilds entries with a wrong checksum by itself", "the log is valid, but the cache is damaged; first damage: %s", visible(c.Problems[0]))
	}
	if c.Ignored != "" {
		fmt.Fprintf(a.out, "ignored  cache.db: %s; the server rebuilds it\n", visible(c.Ignored))
	}
	if c.Snapshots > 0 {
		fmt.Fprintf(a.out, "ok  cache.db, %d snapshots of %d threads\n", c.Snapshots, c.Threads)
	}
	return nil
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
