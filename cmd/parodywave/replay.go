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
	From   string   `placeholder:"AT" help:"Begin at a revision, a time or a named version."`
	To     string   `placeholder:"AT" help:"End there."`
	Speed  string   `placeholder:"4x" help:"As fast as it was typed (1x) or so many times as fast; pauses of more than 3 seconds are cut. With max as fast as can be. Without it 4x in the player; frames come at once."`
	Every  string   `enum:"edit,burst,submit" default:"burst" help:"A frame for every event, or (burst) for all edits of an author without another's between them nor a pause of 30 seconds, or for every submitted line."`
	Break  []string `sep:"none" placeholder:"EXPR" help:"Stop there: line:12, /regexp/ or author:NAME. Several may be given. Where frames are printed: only those of steps that hit, and why."`
}

// Help tells what kong prints below the usage.
func (*replayCommand) Help() string {
	return `On a terminal this is a player: space plays and pauses, the arrows step, g goes to a revision, c goes on to the next hit
of a breakpoint, ? tells the rest. With --break it waits at the first hit, or with --speed plays up to it. Where the output
is no terminal, or TERM is dumb, it prints a frame for each step.

Breakpoints. line:12 stops where a line is changed, born, submitted or taken away that has the number 12 at that moment.
/regexp/ (the syntax of Go's regexp; (?i) for any case) stops where text is inserted that matches, or a line begins to
match. author:NAME stops at what somebody did. A step stops if anything in it hits: --every edit is the most exact.

    parodywave replay Notes
    parodywave replay Notes --from 2026-11-22 --speed 16x
    parodywave replay Notes --break '/(?i)deadline/' --break author:소라
    parodywave replay Notes --every edit --break line:12 | cat`
}

// longestPause is where pauses of people are cut.
const longestPause = 3 * time.Second

func (c *replayCommand) Run(a *app) error {
	s, err := a.open()
	if err != nil {
		return err
	}
	defer s.Close()
	speed, err := c.speed()
	if err != nil {
		return err
	}
	breaks, err := c.breaks()
	if err != nil {
		return err
	}
	stream, err := s.findWhole(a, c.Thread, "write %[1]s --to %[2]s to end there, or --from %[2]s to begin there")
	if err != nil {
		return err
	}
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
		return usage("the beginning comes first", "--from is revision %d and --to revision %d", from, to)
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

// speed reads --speed; 0 is as fast as can be.
func (c *replayCommand) speed() (float64, error) {
	if c.Speed == "max" || c.Speed == "" {
		return 0, nil
	}
	x, err := strconv.ParseFloat(strings.TrimSuffix(c.Speed, "x"), 64)
	if err != nil || !(x > 0 && x <= 1e9) {
		return 0, usage("write 4x, 0.5x or max", "--speed %s is no speed", c.Speed)
	}
	return x, nil
}

// A framePrinter prints frames, each at its time.
type framePrinter struct {
	a     *app
	speed float64
	head  eventlog.Revision
	shown int64 // time of the frame before, Unix milliseconds

	stops  []stop            // where to print a frame; nil: everywhere
	before eventlog.Revision // the step before ended there
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

// printFrame writes a step, why it is one to look at, and the text as it left
// it.
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
