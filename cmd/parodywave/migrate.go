package main

import (
	"errors"
	"fmt"
	"io/fs"

	"parodywave/eventlog/boltlog"
	"parodywave/eventlog/event"
)

type migrateCommand struct {
	DryRun bool `help:"Only say what would be done."`
}

// Help tells what stays.
func (*migrateCommand) Help() string {
	return `Upgrades log.db to the format of this release, in one step that is done or not done. Before that a backup is written
beside it, named after the old format (log.db.v1); remove it when you need it no more. Records, their chain and what any
command prints of them stay as they are. An older log can be read without this, but not written to.

  parodywave migrate --dry-run
  parodywave migrate
`
}

func (c *migrateCommand) Run(a *app) error {
	if err := a.exists(); err != nil {
		return err
	}
	m, err := boltlog.Migrate(a.logPath(), boltlog.Options{Packer: event.Packer{}, Timeout: lockWait}, c.DryRun)
	if errors.Is(err, fs.ErrExist) {
		return failed("it is no copy of the log as it is now: move it away", "there is a backup %s already, and nothing was done", m.Backup)
	}
	if err != nil {
		return a.wholeError(err)
	}
	if m.From == m.To {
		fmt.Fprintf(a.out, "format %d is the newest: nothing to do\n", m.To)
		return nil
	}
	did := "upgraded"
	if c.DryRun {
		did = "to be upgraded"
	}
	fmt.Fprintf(a.out, "%s from format %d to %d, %d records\n", did, m.From, m.To, m.Records)
	for i, s := range m.Steps {
		fmt.Fprintf(a.out, "%d to %d  %s\n", int(m.From)+i, int(m.From)+i+1, s)
	}
	fmt.Fprintf(a.out, "backup  %s\n", m.Backup)
	return nil
}
