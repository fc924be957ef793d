package main

import (
	"errors"
	"fmt"
	"syscall"

	"parodywave/eventlog"
	"parodywave/eventlog/boltlog"
	"parodywave/eventlog/event"
)

type compactCommand struct{}

// Help returns the text below the usage.
func (*compactCommand) Help() string {
	return `Rewrites log.db: all records in compressed blocks, without free pages, which may still contain removed or redacted text.
The new file is verified before it replaces the old one. It needs disk space for both files, and no server may be running.

  parodywave compact
  parodywave compact --data /srv/wave
`
}

func (*compactCommand) Run(a *app) error {
	if err := a.exists(); err != nil {
		return err
	}
	c, err := boltlog.Compact(a.ctx, a.logPath(), boltlog.Options{Packer: event.Packer{}, Timeout: lockWait}, a.progress("compact"))
	if err != nil {
		return a.wholeError(err)
	}
	a.warn(c.Warnings)
	each := 0.0
	if c.Records > 0 {
		each = float64(c.After) / float64(c.Records)
	}
	fmt.Fprintf(a.out, "before   %d bytes\nafter    %d bytes\nrecords  %d, %.2f bytes each\n", c.Before, c.After, c.Records, each)
	return nil
}

// wholeError adds a hint to an error of compact or migrate.
func (a *app) wholeError(err error) error {
	switch {
	case errors.Is(err, boltlog.ErrLocked):
		return failed("stop the server or command that uses it and try again", "the log %s is in use", a.logPath())
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EFBIG), errors.Is(err, syscall.EDQUOT):
		return failed("free disk space for a second file as large as the log and try again; the log was not changed", "%w", err)
	case errors.Is(err, eventlog.ErrDamaged):
		return damaged("parodywave verify lists the damage; the log was not changed", "%w", err)
	}
	return a.openError(err)
}
