package logtest

import (
	"context"
	"fmt"
	"sync"

	"parodywave/eventlog"
)

// A Flaky is a log whose appends fail as planned. It passes all other calls to the
// wrapped log.
type Flaky struct {
	eventlog.AuditLog

	mu       sync.Mutex
	appends  int
	failures map[int]failure // by number of the append
}

type failure int

const (
	notPersisted failure = iota + 1
	persisted
	unavailable
)

// NewFlaky returns a Flaky around a log.
func NewFlaky(log eventlog.AuditLog) *Flaky {
	return &Flaky{AuditLog: log, failures: map[int]failure{}}
}

// FailNotPersisted makes the n-th append from now (1 is the next) return
// eventlog.ErrUnknown and append nothing.
func (f *Flaky) FailNotPersisted(n int) { f.plan(n, notPersisted) }

// FailPersisted makes the n-th append from now return eventlog.ErrUnknown after
// appending, unless the append itself fails.
func (f *Flaky) FailPersisted(n int) { f.plan(n, persisted) }

// FailUnavailable makes the n-th append from now return eventlog.ErrUnavailable
// and append nothing.
func (f *Flaky) FailUnavailable(n int) { f.plan(n, unavailable) }

func (f *Flaky) plan(n int, how failure) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.failures[f.appends+n] = how
}

// Append implements eventlog.Log. Appends of no records count too.
func (f *Flaky) Append(ctx context.Context, stream eventlog.Stream, expected eventlog.Revision, records ...eventlog.Record) (eventlog.Head, error) {
	f.mu.Lock()
	f.appends++
	how := f.failures[f.appends]
	f.mu.Unlock()
	switch how {
	case notPersisted:
		return eventlog.Head{}, fmt.Errorf("append to %s: planned failure: %w", stream, eventlog.ErrUnknown)
	case unavailable:
		return eventlog.Head{}, fmt.Errorf("append to %s: planned failure: %w", stream, eventlog.ErrUnavailable)
	}
	head, err := f.AuditLog.Append(ctx, stream, expected, records...)
	if how == persisted && err == nil {
		return eventlog.Head{}, fmt.Errorf("append to %s: planned failure: %w", stream, eventlog.ErrUnknown)
	}
	return head, err
}
