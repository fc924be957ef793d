package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"parodywave/eventlog"
	"parodywave/projection"
)

type replayCommand struct {
	Thread string   `arg:"" placeholder:"THREAD" help:"Thread."`
	From   string   `placeholder:"AT" help:"Start at a revision, a time or a named version."`
	To     string   `placeholder:"AT" help:"End there."`
	Speed  string   `placeholder:"4x" help:"Speed relative to the typing: 1x, 4x, 0.5x, or max. Pauses are cut to 3 seconds. By default 4x in the player, and max for printed frames."`
	Every  string   `enum:"edit,burst,submit" default:"burst" help:"edit: a frame for every event; burst: one for an author's edits in a row without a pause of 30 seconds; submit: one for every submitted line."`
	Break  []string `sep:"none" placeholder:"EXPR" help:"Stop at line:12, /regexp/ or author:NAME; repeatable. Without a terminal, print only the frames that match, with the reason."`
}

func (*replayCommand) Help() string {
	return `On a terminal this is a player: space plays and pauses, the arrow keys step, g goes to a revision, c continues to the next
hit of a breakpoint, ? lists all keys. With --break it waits at the first hit; with --break and --speed it plays up to the
hit. Without a terminal, or if TERM is dumb, it prints a frame for each step.

Breakpoints: line:12 stops when the line that is number 12 at that moment is created, changed, submitted or removed.
/regexp/ (in the syntax of Go; (?i) ignores case) stops when inserted text matches, or a line starts to match.
author:NAME stops at an event of that author. A step stops if any event in it hits; --every edit is the most exact.

    parodywave replay Notes
    parodywave replay Notes --from 2026-11-22 --speed 16x
    parodywave replay Notes --break '/(?i)deadline/' --break author:소라
    parodywave replay Notes --every edit --break line:12 | cat`
}

// longestPause is the limit to which pauses in the typing are cut.
const longestPause = 3 * time.Second

func (c *replayCommand) Run(a *app) error {
	speed, err := c.speed()
	if err != nil {
		return err
	}
	breaks, err := c.breaks()
	if err != nil {
		return err
	}
	s, stream, err := a.openWhole(c.Thread, "use %[1]s --to %[2]s to end there, or --from %[2]s to begin there")
	if err != nil {
		return err
	}
	defer s.Close()
	from, to := eventlog.Revision(1), eventlog.Revision(0)
	if c.From != "" {
		if from, err = s.at(a, stream, strings.TrimPrefix(c.From, "@")); err != nil {
			return err
		}
	}
	head, err := s.Head(a.ctx, stream)
	if err != nil {
		return err
	}
	if to = head.Revision; c.To != "" {
		if to, err = s.at(a, stream, strings.TrimPrefix(c.To, "@")); err != nil {
			return err
		}
	}
	if from > to {
		return usage("swap them: --from is the earlier one", "--from is revision %d, after --to, revision %d", from, to)
	}
	if onTerminal() {
		return c.play(a, s, stream, from, to, speed, breaks)
	}
	p := &framePrinter{a: a, speed: speed, head: head.Revision, before: from - 1}
	if len(breaks) > 0 {
		if p.stops, err = findStops(a, s, stream, from, to, breaks); err != nil {
			return err
		}
	}
	return s.steps(a, stream, to, &stepper{every: c.Every, from: from, do: p.show})
}

// speed parses --speed; 0 is without pauses.
func (c *replayCommand) speed() (float64, error) {
	if c.Speed == "max" || c.Speed == "" {
		return 0, nil
	}
	x, err := strconv.ParseFloat(strings.TrimSuffix(c.Speed, "x"), 64)
	if err != nil || !(x > 0 && x <= 1e9) {
		return 0, usage("use 4x, 0.5x or max", "invalid --speed %q", c.Speed)
	}
	return x, nil
}

// A framePrinter prints frames, with pauses between them.
type framePrinter struct {
	a     *app
	speed float64
	head  eventlog.Revision
	shown int64 // time of the previous frame, Unix milliseconds

	stops  []stop            // only frames where one of these hits are printed; nil: all frames
	before eventlog.Revision // end of the previous step
}

// show prints a step.
func (p *framePrinter) show(r *eventRow, t *projection.Thread) error {
	reasons := reasonsOf(p.stops, p.before, r.Revision)
	p.before = r.Revision
	if p.stops != nil && len(reasons) == 0 {
		return nil
	}
	if p.speed > 0 && p.shown > 0 {
		pause := min(time.Duration(float64(r.at-p.shown)*float64(time.Millisecond)/p.speed), longestPause)
		p.a.out.Flush()
		select {
		case <-p.a.ctx.Done():
			return p.a.ctx.Err()
		case <-time.After(pause):
		}
	}
	p.shown = r.at
	printFrame(p.a.out, r, t, p.head, reasons...)
	return nil
}

// printFrame writes a step: its header, the reasons to stop there, and the text
// after it.
func printFrame(w io.Writer, r *eventRow, t *projection.Thread, head eventlog.Revision, reasons ...string) {
	cells := r.cells()
	fmt.Fprintf(w, "--- revision %s of %d  %s  %s  %s\n", cells[0], head, cells[1], cells[2], r.Kind)
	for _, reason := range reasons {
		fmt.Fprintf(w, "*** %s\n", reason)
	}
	text := t.Text()
	if text != "" && !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	for line := range strings.Lines(text) {
		if hides(line[:len(line)-1], true) {
			line = visibleLine(line[:len(line)-1]) + "\n"
		}
		io.WriteString(w, line)
	}
}
