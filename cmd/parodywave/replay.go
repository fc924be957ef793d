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
	Thread string `arg:"" placeholder:"THREAD" help:"Thread."`
	From   string `placeholder:"AT" help:"Begin at a revision, a time or a named version."`
	To     string `placeholder:"AT" help:"End there."`
	Speed  string `default:"max" placeholder:"4x" help:"As fast as it was typed (1x) or so many times as fast; pauses of more than 3 seconds are cut. Without it, or with max, at once."`
	Every  string `enum:"edit,burst,submit" default:"burst" help:"A frame for every event, or (burst) for all edits of an author without another's between them nor a pause of 30 seconds, or for every submitted line."`
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
	stream, err := s.find(a, c.Thread)
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
	p := &player{a: a, speed: speed, head: head.Revision}
	return s.steps(a, stream, to, &stepper{every: c.Every, from: from, do: p.show})
}

// speed reads --speed; 0 is as fast as can be.
func (c *replayCommand) speed() (float64, error) {
	if c.Speed == "max" {
		return 0, nil
	}
	x, err := strconv.ParseFloat(strings.TrimSuffix(c.Speed, "x"), 64)
	if err != nil || !(x > 0 && x <= 1e9) {
		return 0, usage("write 4x, 0.5x or max", "--speed %s is no speed", c.Speed)
	}
	return x, nil
}

// A player prints frames, each at its time.
type player struct {
	a     *app
	speed float64
	head  eventlog.Revision
	shown int64 // time of the frame before, Unix milliseconds
}

// show prints a step.
func (p *player) show(r *eventRow, t *projection.Thread) error {
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
	printFrame(p.a.out, r, t, p.head)
	return nil
}

// printFrame writes a step and the text as it left it.
func printFrame(w io.Writer, r *eventRow, t *projection.Thread, head eventlog.Revision) {
	cells := r.cells()
	fmt.Fprintf(w, "--- revision %s of %d  %s  %s  %s\n", cells[0], head, cells[1], cells[2], r.Kind)
	for line := range strings.Lines(t.Text()) {
		fmt.Fprintln(w, visibleLine(strings.TrimSuffix(line, "\n")))
	}
}
