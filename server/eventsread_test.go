package server

import (
	"context"
	"iter"
	"strings"
	"testing"
	"time"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/server/internal/people"
)

// repeating is a log that gives its records again and again while they are taken.
type repeating struct {
	eventlog.AuditLog
	ended chan error // closed
}

func (l repeating) Prove(ctx context.Context, s eventlog.Stream, after eventlog.Revision) iter.Seq2[eventlog.Record, error] {
	return func(yield func(eventlog.Record, error) bool) {
		defer close(l.ended)
		for {
			for r, err := range l.AuditLog.Prove(ctx, s, 0) {
				if !yield(r, err) {
					return
				}
			}
		}
	}
}

// TestEventsThatAreNotReadEnd: the records of a whole block wait behind them.
func TestEventsThatAreNotReadEnd(t *testing.T) {
	log := repeating{eventlog.NewMemory(), make(chan error)}
	s, url := start(t, log)
	s.api.Patience = time.Second
	thread, err := s.api.NewThread(t.Context(), "long", strings.Repeat("nobody reads it\n", 1000), people.Identity{Name: "Ada", Kind: event.Person})
	if err != nil {
		t.Fatal(err)
	}
	trickle(t, strings.TrimPrefix(url, "http://"), "GET /api/threads/"+string(thread)+"/events?follow=true HTTP/1.1", log.ended)
}
