package main

import (
	"time"

	"parodywave/eventlog"
	"parodywave/eventlog/names"
	"parodywave/projection"
	"parodywave/server/jsonrow"
)

// stamp formats a time in Unix milliseconds as all commands print it.
func stamp(ms int64) string { return jsonrow.Time(ms) }

// parseTime parses a time as requests do.
func parseTime(s string) (time.Time, bool) { return names.Moment(s, time.Now()) }

// now returns the moment from which a time like -15m counts back in a thread.
func (s *source) now(a *app, stream eventlog.Stream) (time.Time, error) {
	head, err := s.Head(a.ctx, stream)
	return projection.Now(head, time.Now()), err
}

// sayAhead notifies the reader of a thread's times, once, that the clock runs ahead
// there, if it does.
func (s *source) sayAhead(a *app, stream eventlog.Stream) error {
	head, err := s.Head(a.ctx, stream)
	if ahead := projection.Ahead(head.Time, time.Now()); ahead != "" && !s.ahead {
		s.ahead = true
		a.say("%s", ahead)
	}
	return err
}
