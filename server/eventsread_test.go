package server

import (
	"context"
	"fmt"
	"io"
	"iter"
	"net"
	"strings"
	"testing"
	"time"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
)

// repeating is a log that gives its records again and again while they are taken.
type repeating struct {
	eventlog.AuditLog
	ended chan struct{}
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
	log := repeating{eventlog.NewMemory(), make(chan struct{})}
	s, url := start(t, log)
	s.peers.writeTimeout = 20 * time.Millisecond
	thread, err := s.NewThread(t.Context(), "long", strings.Repeat("nobody reads it\n", 1000), Identity{"Ada", event.Person})
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "GET /api/threads/%s/events?follow=true HTTP/1.1\r\nHost: %s\r\n\r\n", thread, strings.TrimPrefix(url, "http://"))
	b := make([]byte, 256<<10)
	for range 10 { // one who is slow is waited for
		time.Sleep(50 * time.Millisecond)
		if _, err := io.ReadFull(conn, b); err != nil {
			t.Fatal(err)
		}
	}
	select {
	case <-log.ended:
	case <-time.After(10 * time.Second):
		t.Error("they are sent on to one who takes nothing")
	}
}
