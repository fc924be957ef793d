package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
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

// A frame is the text after an event.
type frame struct {
	row  *eventRow
	kind string
	text string
}

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
	p := &player{a: a, every: c.Every, speed: speed, head: head.Revision}
	err = s.play(a, stream, func(e event.Event, t *projection.Thread, effect *projection.Effect) error {
		if e.Revision > to {
			return io.EOF
		}
		if e.Revision < from {
			return nil
		}
		return p.step(s.newRow(e, t, effect), t)
	})
	if err != nil && err != io.EOF {
		return err
	}
	return p.show()
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

// A player shows frames. One is held back until it is known to be whole.
type player struct {
	a     *app
	every string
	speed float64
	head  eventlog.Revision
	held  *frame
	shown int64 // time of the frame before, Unix milliseconds
}

func (p *player) step(r *eventRow, t *projection.Thread) error {
	if p.held != nil && !p.goesOn(r) {
		if err := p.show(); err != nil {
			return err
		}
	}
	if p.held != nil {
		p.held.row.add(r)
	} else {
		p.held = &frame{row: r}
	}
	if p.every == "submit" && p.held.row != r {
		p.held.row = r
	}
	p.held.kind, p.held.text = r.Kind, t.Text()
	return nil
}

// goesOn reports whether r is part of the frame that is held.
func (p *player) goesOn(r *eventRow) bool {
	last := p.held.row
	switch p.every {
	case "submit":
		return p.held.kind != "submitted"
	case "burst":
		return last.Edits > 0 && r.Edits > 0 && last.author == r.author && r.at-last.at <= burstPause
	}
	return false
}

// show prints the frame that is held, at its time.
func (p *player) show() error {
	f := p.held
	if f == nil {
		return nil
	}
	p.held = nil
	if p.speed > 0 && p.shown > 0 {
		pause := min(time.Duration(float64(f.row.at-p.shown)*float64(time.Millisecond)/p.speed), longestPause)
		p.a.out.Flush()
		select {
		case <-p.a.ctx.Done():
			return p.a.ctx.Err()
		case <-time.After(pause):
		}
	}
	p.shown = f.row.at
	cells := f.row.cells()
	fmt.Fprintf(p.a.out, "--- revision %s of %d  %s  %s  %s\n", cells[0], p.head, cells[1], cells[2], f.kind)
	for line := range strings.Lines(f.text) {
		fmt.Fprintln(p.a.out, visibleLine(strings.TrimSuffix(line, "\n")))
	}
	return nil
}
