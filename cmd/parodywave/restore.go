package main

import (
	"fmt"
	"net/url"
	"strings"

	"parodywave/eventlog"
	"parodywave/eventlog/ot"
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
	return `Brings the text of a moment back, as one change on top: the difference between what stands there now and what
stood there then. Nothing that happened is taken away, and restoring the revision before undoes it. Text that was
redacted since stays black. To take back one author's edits only, see revert.

  parodywave restore Minutes@128
  parodywave restore Minutes@-15m --dry-run
  parodywave restore Minutes@draft-1 --as 소라
`
}

// A restoration is what stands in a thread and what is to stand there.
type restoration struct {
	stream   eventlog.Stream
	at, head eventlog.Revision
	time     int64 // of the revision at, in Unix milliseconds
	now      string
	then     string
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
	edits := udiff.Strings(r.now, r.then)
	if c.DryRun {
		return printEdits(a, r.label(r.head), r.label(r.at), r.now, edits)
	}
	if r.now == r.then {
		a.say("thread %s at revision %d has the text of revision %d: there is nothing to do", r.stream, r.head, r.at)
		return nil
	}
	w, err := a.writer()
	if err != nil {
		return err
	}
	var answer struct{ Rev eventlog.Revision }
	query := url.Values{"as": {c.As}, "allow_empty": {"true"}}
	err = w.do(a.ctx, "PUT", "/threads/"+string(r.stream)+"/text", query, strings.NewReader(r.then), &answer)
	if err := join(err, w.close()); err != nil {
		return err
	}
	what := ""
	if answer.Rev == r.head+1 { // else others wrote meanwhile, and the difference was another
		what = ", " + plusMinus(r.now, edits)
	}
	a.say("thread %s is at revision %d: the text of revision %d, %s, is back%s", r.stream, answer.Rev, r.at, stamp(r.time), what)
	return nil
}

// look closes the log before it is opened for writing.
func (c *restoreCommand) look(a *app) (*restoration, error) {
	s, err := a.open()
	if err != nil {
		return nil, err
	}
	defer s.Close()
	stream, at, err := s.findAt(a, c.Thread)
	if err != nil {
		return nil, err
	}
	if at == 0 {
		return nil, usage("write THREAD@128, THREAD@-15m or THREAD@VERSION; parodywave log shows the revisions", "%q does not say which moment is to be restored", c.Thread)
	}
	then, err := projection.Replay(a.ctx, s, stream, at)
	if err != nil {
		return nil, err
	}
	r := &restoration{stream: stream, at: at, time: then.UpdatedAt, then: then.Text()}
	if err := then.Advance(s.Read(a.ctx, stream, at), 0); err != nil {
		return nil, err
	}
	r.head, r.now = then.Revision, then.Text()
	return r, nil
}

func (r *restoration) label(at eventlog.Revision) string { return fmt.Sprintf("%s@%d", r.stream, at) }

// plusMinus says how much edits of a text write and delete, in UTF-16 units.
func plusMinus(text string, edits []udiff.Edit) string {
	inserted, deleted := 0, 0
	for _, e := range edits {
		inserted, deleted = inserted+ot.Len(e.New), deleted+ot.Len(text[e.Start:e.End])
	}
	return fmt.Sprintf("+%d -%d", inserted, deleted)
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
