package main

import (
	"bufio"
	"context"
	"io"
	"path/filepath"
	"testing"
	"time"

	"parodywave/eventlog"
	"parodywave/eventlog/boltlog"
	"parodywave/projection"
)

// TestReaderWaitsForWhoeverHasTheLock: a server that is starting has the lock
// and no socket yet.
func TestReaderWaitsForWhoeverHasTheLock(t *testing.T) {
	a := &app{ctx: context.Background(), out: bufio.NewWriter(io.Discard), err: io.Discard}
	a.Data = t.TempDir()
	log, err := boltlog.Open(filepath.Join(a.Data, "log.db"), boltlog.Options{})
	if err != nil {
		t.Fatal(err)
	}
	const held = 400 * time.Millisecond
	start := time.Now()
	time.AfterFunc(held, func() { log.Close() })
	s, err := a.open()
	for err != nil && time.Since(start) > lockWait { // so long did the machine not run the line above
		start = time.Now().Add(-held)
		s, err = a.open()
	}
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
	if took := time.Since(start); took < held {
		t.Errorf("opened after %v, while the lock was held", took)
	}

	if log, err = boltlog.Open(a.logPath(), boltlog.Options{}); err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
	defer cancel()
	a.ctx = ctx
	if _, err := a.open(); err == nil || status(err) != exitFailed {
		t.Errorf("with the lock held throughout: %v", err)
	}
}

// sourceOf returns a source of a log without names.
func sourceOf(log eventlog.AuditLog) *source {
	return &source{Source: projection.Plain(log), authors: projection.NewAuthors()}
}
