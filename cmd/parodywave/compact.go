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

// Help tells what is left out.
func (*compactCommand) Help() string {
	return `Writes log.db anew: everything in sealed blocks, without free pages, and so without what was removed or blacked out
before and may still stand in these. The new file is verified before it takes the old one's place; until then the old one
stays. Needs room for both, and that no server runs.

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
	each := 0.0
	if c.Records > 0 {
		each = float64(c.After) / float64(c.Records)
	}
	fmt.Fprintf(a.out, "before   %d bytes\nafter    %d bytes\nrecords  %d, %.2f bytes each\n", c.Before, c.After, c.Records, each)
	return nil
}

// wholeError says what to do where a log's file cannot be changed as a whole.
func (a *app) wholeError(err error) error {
	switch {
	case errors.Is(err, boltlog.ErrLocked):
		return failed("stop the server or command that has it, and try again", "the log %s is in use", a.logPath())
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EFBIG), errors.Is(err, syscall.EDQUOT):
		return failed("make room for another file as large as the log, which was not changed, and try again", "%w", err)
	case errors.Is(err, eventlog.ErrDamaged):
		return damaged("parodywave verify tells what is damaged; the log was not changed", "%w", err)
	}
	return a.openError(err)
}
