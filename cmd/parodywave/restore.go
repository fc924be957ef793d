package main

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/projection"

	"github.com/aymanbagabas/go-udiff"
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

// A restoration is what brings the text of a moment back.
type restoration struct {
	stream  eventlog.Stream
	at      eventlog.Revision
	changed int64  // when the text last changed before the moment; Unix milliseconds
	now     string // what stands there
	*projection.Reversion
}

func (c *restoreCommand) Run(a *app) error {
	if err := checkName(c.As); err != nil {
		return err
	}
	if err := a.exists(); err != nil {
		return err
	}
	r, err := c.look(a)
	if err != nil {
		return err
	}
	edits := byteEdits(r.now, r.Change)
	if then, err := udiff.Apply(r.now, edits); err != nil || then == r.now {
		a.say("thread %s at revision %d has the text of revision %d: there is nothing to do", r.stream, r.Revision, r.at)
		return err
	}
	what := fmt.Sprintf("+%d -%d", r.Restored, r.Deleted)
	if c.DryRun {
		a.say("the text of revision %d, last changed %s, would be back, %s", r.at, stamp(r.changed), what)
		return printEdits(a, r.label(r.Revision), r.label(r.at), r.now, edits)
	}
	rev, err := a.revise(r.stream, c.As, r.Reversion)
	if err != nil {
		return err
	}
	a.say("thread %s is at revision %d: the text of revision %d, last changed %s, is back, %s", r.stream, rev, r.at, stamp(r.changed), what)
	if rev > r.Revision+1 {
		a.say("others wrote meanwhile, which stays")
	}
	if r.Black > 0 {
		a.say("%d UTF-16 units come back black: they were redacted", r.Black)
	}
	return nil
}

// look closes the log before it is opened for writing. The text comes back as
// everything since is taken back, not as the difference of two texts: so what
// stood there all the time stays whose it is.
func (c *restoreCommand) look(a *app) (*restoration, error) {
	s, err := a.open()
	if err != nil {
		return nil, err
	}
	defer s.Close()
	r := new(restoration)
	if r.stream, r.at, err = s.findAt(a, c.Thread); err != nil {
		return nil, err
	}
	if r.at == 0 {
		return nil, usage("write THREAD@128, THREAD@-15m or THREAD@VERSION; parodywave log shows the revisions", "%q does not say which moment is to be restored", c.Thread)
	}
	p, err := projection.ReplayReversal(a.ctx, s, r.stream, func(e *event.Event) bool {
		if e.Revision <= r.at || r.changed == 0 {
			r.changed = e.Time
		}
		return e.Revision > r.at
	})
	if err != nil {
		return nil, err
	}
	x := p.Reversion()
	r.now, r.Reversion = p.Thread().Text(), &x
	return r, nil
}

func (r *restoration) label(at eventlog.Revision) string { return fmt.Sprintf("%s@%d", r.stream, at) }

// revise appends the change that a reversion is, and returns the head.
func (a *app) revise(stream eventlog.Stream, as string, x *projection.Reversion) (eventlog.Revision, error) {
	w, err := a.writer()
	if err != nil {
		return 0, err
	}
	var answer struct{ Rev eventlog.Revision }
	query := url.Values{"as": {as}, "rev": {strconv.FormatUint(uint64(x.Revision), 10)}}
	err = w.do(a.ctx, "POST", "/threads/"+string(stream)+"/changes", query, strings.NewReader(x.Change.String()), &answer)
	return answer.Rev, join(err, w.close())
}

// printEdits prints what edits would make of a text, as a unified diff in which
// nothing is hidden.
func printEdits(a *app, before, after, text string, edits []udiff.Edit) error {
	d, err := udiff.ToUnifiedDiff(before, after, text, edits, udiff.DefaultContextLines)
	if err != nil {
		return err
	}
	for line := range strings.Lines(d.String()) {
		fmt.Fprintln(a.out, visibleLine(strings.TrimSuffix(line, "\n")))
	}
	return nil
}
