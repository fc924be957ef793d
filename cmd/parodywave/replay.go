package main

import (
	"fmt"
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
	p := &player{a: a, s: s, every: c.Every, speed: speed, head: head.Revision, thread: projection.NewThread(stream)}
	for r, err := range s.Read(a.ctx, stream, 0) {
		var e event.Event
		if err == nil {
			e, err = event.Decode(r)
		}
		if err == nil {
			err = p.step(e, e.Revision >= from)
		}
		if err != nil {
			return err
		}
		if e.Revision == to {
			break
		}
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

// A player shows frames. A frame is held back until an event comes that is not
// part of it; the thread is then as the frame shows it.
type player struct {
	a      *app
	s      *source
	every  string
	speed  float64
	head   eventlog.Revision
	thread *projection.Thread
	held   *eventRow // what the frame tells
	shown  int64     // time of the frame before, Unix milliseconds
}

// step applies an event; wanted ones are shown.
func (p *player) step(e event.Event, wanted bool) error {
	if p.held != nil && !p.goesOn(e) {
		if err := p.show(); err != nil {
			return err
		}
	}
	effect, err := p.thread.Apply(e)
	if err != nil || !wanted {
		return err
	}
	if row := p.s.newRow(e, p.thread, effect); p.held != nil && p.every == "burst" {
		p.held.add(row)
	} else {
		p.held = row
	}
	return nil
}

// goesOn reports whether e is part of the frame that is held.
func (p *player) goesOn(e event.Event) bool {
	switch p.every {
	case "submit":
		return p.held.Kind != "submitted"
	case "burst":
		_, edit := e.Fact.(event.Changed)
		return edit && p.held.Edits > 0 && p.held.author == e.Author && e.Time-p.held.at <= burstPause
	}
	return false
}

// show prints the frame that is held, at its time.
func (p *player) show() error {
	r := p.held
	if r == nil {
		return nil
	}
	p.held = nil
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
	cells := r.cells()
	fmt.Fprintf(p.a.out, "--- revision %s of %d  %s  %s  %s\n", cells[0], p.head, cells[1], cells[2], r.Kind)
	for line := range strings.Lines(p.thread.Text()) {
		fmt.Fprintln(p.a.out, visibleLine(strings.TrimSuffix(line, "\n")))
	}
	return nil
}
