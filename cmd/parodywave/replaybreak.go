package main

import (
	"strings"

	"parodywave/cmd/parodywave/player"
	"parodywave/eventlog"
)

// breaks parses --break.
func (c *replayCommand) breaks() ([]*player.Break, error) {
	var out []*player.Break
	for _, expr := range c.Break {
		b, err := player.ParseBreak(expr)
		if err != nil {
			return nil, usage("use "+player.BreakForms, "--break %v", err)
		}
		out = append(out, b)
	}
	return out, nil
}

// history reads the history of a thread into memory, and checks that breakpoints
// name people who are in it.
func (s *source) history(a *app, stream eventlog.Stream, to eventlog.Revision, breaks []*player.Break) (*player.History, error) {
	r, err := player.ReadHistory(a.ctx, s, stream, to, s.name, burstPause)
	if err != nil {
		return nil, err
	}
	for _, b := range breaks {
		if _, ok := b.Authors(r); !ok {
			return nil, notFound("its authors are "+strings.Join(r.Names, ", "), "--break %s: thread %s has no author of that name", b.Text, stream)
		}
	}
	return r, nil
}

// A stop is a breakpoint with its hits.
type stop struct {
	at   *player.Break
	hits []player.Hit
}

func findStops(a *app, s *source, stream eventlog.Stream, from, to eventlog.Revision, breaks []*player.Break) ([]stop, error) {
	r, err := s.history(a, stream, to, breaks)
	if err != nil {
		return nil, err
	}
	var stops []stop
	for _, b := range breaks {
		hits, err := r.Scan(a.ctx, b, from)
		if err != nil {
			return nil, err
		}
		stops = append(stops, stop{b, hits})
	}
	return stops, nil
}

// reasonsOf describes the hits after one revision and up to another.
func reasonsOf(stops []stop, before, at eventlog.Revision) (out []string) {
	for _, s := range stops {
		if hits := player.Within(s.hits, before, at); len(hits) > 0 {
			out = append(out, visible(s.at.Reason(hits)))
		}
	}
	return out
}
