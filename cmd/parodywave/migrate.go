package main

import (
	"errors"
	"fmt"
	"io/fs"

	"parodywave/eventlog/boltlog"
	"parodywave/eventlog/event"
)

type migrateCommand struct {
	DryRun bool `help:"Print what would be done, without doing it."`
}

// Help returns the text below the usage.
func (*migrateCommand) Help() string {
	return `Upgrades log.db to the format of this release, completely or not at all. First it writes a backup next to the log, named
after the old format (log.db.v1); delete it when you no longer need it. Records, their chain and the output of all
commands stay the same. Without the upgrade an older log can be read but not written.

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
		return failed("move the backup away: its content is not the current log", "the backup %s already exists; nothing was changed", m.Backup)
	}
	if err != nil {
		return a.wholeError(err)
	}
	a.warn(m.Warnings)
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
