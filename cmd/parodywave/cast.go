package main

import (
	"fmt"
	"strings"

	"parodywave/eventlog"
	"parodywave/projection"
)

// The terminal size of an asciicast; longer texts scroll.
const (
	castColumns = 100
	castLines   = 30
)

// asciicast writes the replay as asciicast version 2: a header, and an array
// [seconds, "o", output] for each frame. Pauses are cut to longestPause.
func (c *exportCommand) asciicast(a *app, s *source, stream eventlog.Stream, at eventlog.Revision) error {
	head, err := s.Head(a.ctx, stream)
	if err != nil {
		return err
	}
	opened, err := projection.Replay(a.ctx, s.Source, stream, 1)
	if err != nil {
		return err
	}
	fmt.Fprintln(a.out, jsonLine(castHeader{2, castColumns, castLines, opened.OpenedAt / 1000, opened.Title}))
	var seconds float64
	var before int64
	return s.steps(a, stream, at, &stepper{every: c.Every, do: func(r *eventRow, t *projection.Thread) error {
		if before > 0 {
			seconds += min(float64(r.at-before)/1000, longestPause.Seconds())
		}
		before = r.at
		var frame strings.Builder
		frame.WriteString("\x1b[2J\x1b[H") // clear, and to the top left
		printFrame(&frame, r, t, head.Revision)
		_, err := fmt.Fprintln(a.out, jsonLine([]any{seconds, "o", strings.ReplaceAll(frame.String(), "\n", "\r\n")}))
		return err
	}})
}

type castHeader struct {
	Version   int    `json:"version"`
	Width     int    `json:"width"`
	Height    int    `json:"height"`
	Timestamp int64  `json:"timestamp"` // Unix seconds
	Title     string `json:"title"`
}
