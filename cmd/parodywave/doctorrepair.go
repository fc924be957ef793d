package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"parodywave/eventlog"
	"parodywave/eventlog/boltlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/names"
)

// Names in the data directory.
const (
	repairName = "log.db.repair" // the new log, until it is installed
	asideTemp  = "damaged.tmp"   // the directory of what is moved aside, until it is complete
	asideName  = "damaged-"      // then it has this name and a time
)

// repair does what is safe. Its steps, in this order, so that it can be killed after any
// of them and started again:
//
//  1. It opens log.db.repair, which keeps out another repair, and the log for reading,
//     which keeps out a server.
//  2. It writes the new log, verifies it and syncs it.
//  3. It fills damaged.tmp, with a link to the damaged log, and renames it damaged-TIME.
//  4. It deletes the cache and left-over files.
//  5. It renames log.db.repair to log.db. That is the repair: the old log now has only
//     its name in damaged-TIME.
//
// Before step 5 only files are deleted that can always be deleted.
func (d *doctor) repair(as string) error {
	if err := checkName(as); err != nil {
		return err
	}
	as, _ = names.Author(as) // no server brings it into its form here
	fresh, err := d.openFresh()
	if err != nil {
		return err
	}
	defer fresh.discard()
	log, err := boltlog.Open(d.logPath(), boltlog.Options{Packer: event.Packer{}, ReadOnly: true, Timeout: lockWait})
	switch {
	case errors.Is(err, boltlog.ErrLocked):
		return failed("stop the server and try again", "a server or another command uses %s: doctor --repair changed nothing", d.Data)
	case err == nil:
		defer log.Close()
	case !errors.Is(err, eventlog.ErrDamaged):
		return d.openError(err)
	}
	if d.log, err = d.verification(d.logPath()); err != nil {
		return err
	}
	defer d.log.close()
	if len(d.log.problems) > 0 {
		return d.rebuild(fresh, as)
	}
	fmt.Fprintf(d.out, "the log is valid and stays as it is\n")
	if d.badCache() {
		if err := d.deleteFile("cache.db", "it does not agree with the log; the server rebuilds it"); err != nil {
			return err
		}
	}
	return d.sweep()
}

// badCache reports whether the cache does not agree with a valid log.
func (d *doctor) badCache() bool {
	if d.log.cache == nil {
		return false
	}
	c, err := d.log.cache.End(d.ctx)
	return err != nil || len(c.Problems) > 0
}

func (d *doctor) deleteFile(name, why string) error {
	err := os.RemoveAll(filepath.Join(d.Data, name))
	if err == nil {
		fmt.Fprintf(d.out, "deleted %s: %s\n", name, why)
		d.done("delete")
	}
	return err
}

// sweep deletes what killed commands have left.
func (d *doctor) sweep() error {
	for _, name := range d.leftovers() {
		if err := d.deleteFile(name, "left behind by a killed command"); err != nil {
			return err
		}
	}
	return nil
}

// rebuild replaces a damaged log.
func (d *doctor) rebuild(fresh *freshLog, as string) error {
	w, err := d.openWreck(d.logPath())
	if err != nil {
		return damagedNothing(err, d.logPath())
	}
	defer w.Close()
	p, err := d.plan(w, as)
	if err != nil {
		return err
	}
	if err := fresh.write(w, p); err != nil {
		return fmt.Errorf("write the new log: %w", d.spaceHint(err))
	}
	aside, err := d.moveAside(w, p)
	if err != nil {
		return fmt.Errorf("move the damaged log aside: %w", d.spaceHint(err))
	}
	if _, err := os.Stat(d.cachePath()); err == nil {
		if err := d.deleteFile("cache.db", "it was made from the damaged log; the server rebuilds it"); err != nil {
			return err
		}
	}
	if err := d.sweep(); err != nil {
		return err
	}
	if err := fresh.install(d.logPath()); err != nil {
		return err
	}
	for _, line := range p.lines {
		fmt.Fprintln(d.out, line)
	}
	fmt.Fprintf(d.out, "the new log has %d records of %d streams; the damaged one is %s\n", p.records, p.streams, filepath.Join(aside, "log.db"))
	return nil
}

func damagedNothing(err error, path string) error {
	if !errors.Is(err, eventlog.ErrDamaged) {
		return err
	}
	return damaged("put back a backup", "nothing in %s can be read: %s", path, withoutPath(err, path))
}

func (d *doctor) spaceHint(err error) error {
	if errors.Is(err, eventlog.ErrUnavailable) || errors.Is(err, syscall.ENOSPC) {
		return failed("free disk space for a second file as large as the log and try again; nothing was changed", "%w", err)
	}
	return err
}

// moveAside makes a directory with the damaged log and a file for each damaged thread,
// and returns its path.
func (d *doctor) moveAside(w *wreck, p *plan) (string, error) {
	if err := d.forgetInterrupted(); err != nil {
		return "", err
	}
	temp := filepath.Join(d.Data, asideTemp)
	if err := os.RemoveAll(temp); err != nil {
		return "", err
	}
	if err := os.Mkdir(temp, 0o700); err != nil {
		return "", err
	}
	d.done("make")
	for _, stream := range p.damaged {
		if !event.IsThread(stream) {
			continue
		}
		r, err := w.read(stream)
		if err == nil {
			err = w.writeFile(filepath.Join(temp, string(stream)+".ndjson"), r)
		}
		if err != nil {
			return "", err
		}
		d.done("export")
	}
	report := strings.Join(p.lines, "\n") + "\n"
	if err := os.WriteFile(filepath.Join(temp, "report.txt"), []byte(report), 0o600); err != nil {
		return "", err
	}
	if err := linkFile(d.logPath(), filepath.Join(temp, "log.db")); err != nil {
		return "", err
	}
	d.done("link")
	if err := errors.Join(syncPath(filepath.Join(temp, "report.txt")), syncPath(temp)); err != nil {
		return "", err
	}
	path := filepath.Join(d.Data, asideName+p.now.UTC().Format("2006-01-02T15-04-05Z"))
	for i := 2; ; i++ {
		if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
			break
		}
		path = fmt.Sprintf("%s%s-%d", filepath.Join(d.Data, asideName), p.now.UTC().Format("2006-01-02T15-04-05Z"), i)
	}
	if err := os.Rename(temp, path); err != nil {
		return "", err
	}
	d.done("aside")
	return path, syncPath(d.Data)
}

// forgetInterrupted deletes the directory of a repair that was killed between its steps
// 3 and 4: the log in it is still the one in the data directory.
func (d *doctor) forgetInterrupted() error {
	now, err := os.Stat(d.logPath())
	if err != nil {
		return err
	}
	paths, _ := filepath.Glob(filepath.Join(d.Data, asideName+"*"))
	for _, path := range paths {
		if info, err := os.Stat(filepath.Join(path, "log.db")); err == nil && os.SameFile(info, now) {
			if err := os.RemoveAll(path); err != nil {
				return err
			}
		}
	}
	return nil
}

// linkFile gives a file a second name or, where the file system has no links, copies it.
func linkFile(from, to string) error {
	if err := os.Link(from, to); err == nil || errors.Is(err, fs.ErrExist) {
		return err
	}
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Sync(), out.Close())
}

// syncPath syncs a file or directory.
func syncPath(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// A freshLog is the new log of a repair, which is locked while it is open.
type freshLog struct {
	d     *doctor
	path  string
	log   *boltlog.Log // nil after install or discard
	visit func(*eventlog.Record)
}

// openFresh creates the new log. A file that another repair left is deleted while it is
// locked, so that nobody has it.
func (d *doctor) openFresh() (*freshLog, error) {
	f := &freshLog{d: d, path: filepath.Join(d.Data, repairName)}
	o := boltlog.Options{Packer: event.Packer{}, NoSync: true, Visit: func(r *eventlog.Record) { f.visit(r) }}
	for {
		log, err := boltlog.Open(f.path, o)
		switch {
		case errors.Is(err, boltlog.ErrLocked):
			return nil, failed("wait until it ends", "another repair of %s is running", d.Data)
		case errors.Is(err, eventlog.ErrDamaged): // a kill cut it off
			if err := os.Remove(f.path); err != nil {
				return nil, err
			}
			continue
		case err != nil:
			return nil, d.openError(err)
		}
		if end, _ := log.End(); end == 0 {
			f.log = log
			d.done("open")
			return f, nil
		}
		if err := errors.Join(os.Remove(f.path), log.Close()); err != nil {
			return nil, err
		}
	}
}

// discard deletes the new log, unless it is installed.
func (f *freshLog) discard() {
	if f.log == nil {
		return
	}
	os.Remove(f.path)
	f.log.Close()
	f.log = nil
}

// install makes the new log, which is verified and synced, the log.
func (f *freshLog) install(path string) error {
	old, err := os.Stat(path)
	if err != nil {
		return err
	}
	if err := os.Chmod(f.path, old.Mode().Perm()); err != nil {
		return err
	}
	if err := os.Rename(f.path, path); err != nil {
		return err
	}
	f.d.done("install")
	log := f.log
	f.log = nil
	return errors.Join(syncPath(filepath.Dir(path)), log.Close())
}
