package main

import (
	"os"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/term"

	"parodywave/cmd/parodywave/player"
	"parodywave/eventlog"
)

// playSpeed is the default speed of the player, relative to the typing.
const playSpeed = 4

// onTerminal reports whether stdin and stdout are a terminal that can be drawn on.
func onTerminal() bool {
	return term.IsTerminal(os.Stdin.Fd()) && term.IsTerminal(os.Stdout.Fd()) && os.Getenv("TERM") != "dumb"
}

// play shows the history in the terminal. It closes the log first, so that a
// server can start meanwhile.
func (c *replayCommand) play(a *app, s *source, stream eventlog.Stream, from, to eventlog.Revision, speed float64, breaks []*player.Break) error {
	r, err := s.history(a, stream, to, breaks)
	if err != nil {
		return err
	}
	if err := s.Close(); err != nil {
		return err
	}
	if c.Speed == "" {
		speed = playSpeed
	}
	m := player.New(player.Options{
		History: r, From: from, Unit: player.Unit(c.Every), Speed: speed, Breaks: breaks, Paused: c.Speed == "" && len(breaks) > 0,
		LongestPause: longestPause, Reveal: visibleLine, Stamp: stamp, Context: a.ctx,
		Reload: func() (*player.History, error) { return c.again(a, stream, to) },
	})
	a.out.Flush()
	a.shown = true // from here on the command cannot be retried
	if _, err := tea.NewProgram(m, tea.WithContext(a.ctx), tea.WithoutSignalHandler()).Run(); err != nil {
		if a.ctx.Err() != nil {
			return a.ctx.Err()
		}
		return err
	}
	return m.Err()
}

// again reads the history once more, up to --to if that was given.
func (c *replayCommand) again(a *app, stream eventlog.Stream, to eventlog.Revision) (*player.History, error) {
	s, err := a.open()
	if err != nil {
		return nil, err
	}
	defer s.Close()
	if c.To == "" {
		to = 0
	}
	return s.history(a, stream, to, nil)
}
