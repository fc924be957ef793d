package main

import (
	"fmt"

	"parodywave/projection/revert"
)

type restoreCommand struct {
	Thread string `arg:"" placeholder:"THREAD@AT" help:"Thread and the moment whose text comes back."`
	DryRun bool   `help:"Print the change without making it."`
	As     string `default:"${user}" placeholder:"NAME" help:"Name of the author (default: ${user})."`
}

func (*restoreCommand) Help() string {
	return `Brings back the text of a moment by a new change that undoes all edits since. The history keeps everything, and restoring
the previous revision undoes the restore. Text that was there all the time keeps its author, and so does text that comes
back. Text that others write meanwhile stays. Redacted text comes back redacted. To undo the edits of one author, see
revert.

  parodywave restore Minutes@128
  parodywave restore Minutes@-15m --dry-run
  parodywave restore Minutes@draft-1 --as 소라
`
}

func (c *restoreCommand) Run(a *app) error {
	if err := checkName(c.As); err != nil {
		return err
	}
	if !c.DryRun {
		if err := a.exists(); err != nil {
			return err
		}
	}
	s, stream, at, err := a.openAt(c.Thread)
	if err != nil {
		return err
	}
	defer s.Close()
	if at == 0 {
		return usage("use THREAD@128, THREAD@-15m or THREAD@VERSION; parodywave log shows the revisions", "%q has no moment to restore", c.Thread)
	}
	// Revert all edits since, rather than diff two texts: text that was there all
	// the time keeps its author.
	since := revert.Query{From: at + 1, To: maxRevision, Until: maxTime}
	x, err := a.reverse(s, stream, since, c.As, c.DryRun)
	if err != nil {
		return err
	}
	what := fmt.Sprintf("+%d -%d", x.Restored, x.Deleted)
	switch {
	case x.Empty:
		a.say("thread %s at revision %d already has the text of revision %d: nothing to do", stream, x.Head, at)
		return nil
	case c.DryRun:
		a.say("would restore the text of revision %d, last changed %s: %s", at, stamp(x.Then), what)
		return x.print(a, fmt.Sprintf("%s@%d", stream, x.Head), fmt.Sprintf("%s@%d", stream, at))
	}
	a.say("thread %s is at revision %d: restored the text of revision %d, last changed %s: %s", stream, x.Rev, at, stamp(x.Then), what)
	if x.Rev > x.Head+1 {
		a.say("others wrote meanwhile; their text stays")
	}
	if x.Black > 0 {
		a.say("%d UTF-16 units come back redacted", x.Black)
	}
	return nil
}
