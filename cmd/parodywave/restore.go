package main

import (
	"fmt"

	"parodywave/projection"
)

type restoreCommand struct {
	Thread string `arg:"" placeholder:"THREAD@AT" help:"Thread, and the moment whose text is brought back."`
	DryRun bool   `help:"Print what would change, and change nothing."`
	As     string `default:"${user}" placeholder:"NAME" help:"Who restores (default: ${user})."`
}

// Help shows how it is used.
func (*restoreCommand) Help() string {
	return `Brings the text of a moment back, as one change on top that takes back all that was written and deleted since. Nothing
that happened is taken away, and restoring the revision before undoes it. What stood there all the time stays whose it
is; what comes back is of who restores. What others write meanwhile stays. Text that was redacted stays black. To take back one author's edits only, see revert.

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
	s, err := a.open()
	if err != nil {
		return err
	}
	defer s.Close()
	stream, at, err := s.findAt(a, c.Thread)
	if err != nil {
		return err
	}
	if at == 0 {
		return usage("write THREAD@128, THREAD@-15m or THREAD@VERSION; parodywave log shows the revisions", "%q does not say which moment is to be restored", c.Thread)
	}
	// The text comes back as everything since is taken back, not as the difference
	// of two texts: so what stood there all the time stays whose it is.
	since := projection.ReversalQuery{From: at + 1, To: maxRevision, Until: maxTime}
	x, err := a.reverse(s, stream, since, c.As, c.DryRun)
	if err != nil {
		return err
	}
	what := fmt.Sprintf("+%d -%d", x.Restored, x.Deleted)
	switch {
	case x.Empty:
		a.say("thread %s at revision %d has the text of revision %d: there is nothing to do", stream, x.Head, at)
		return nil
	case c.DryRun:
		a.say("the text of revision %d, last changed %s, would be back, %s", at, stamp(x.Then), what)
		return x.print(a, fmt.Sprintf("%s@%d", stream, x.Head), fmt.Sprintf("%s@%d", stream, at))
	}
	a.say("thread %s is at revision %d: the text of revision %d, last changed %s, is back, %s", stream, x.Rev, at, stamp(x.Then), what)
	if x.Rev > x.Head+1 {
		a.say("others wrote meanwhile, which stays")
	}
	if x.Black > 0 {
		a.say("%d UTF-16 units come back black: they were redacted", x.Black)
	}
	return nil
}
