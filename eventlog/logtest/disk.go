package logtest

import (
	"context"
	"fmt"
	"sync"

	"parodywave/eventlog"
)

// A Disk is a log on a disk that becomes full or slow when a test says so. Only
// appends suffer: it passes all other calls to the wrapped log. Its methods may be
// called concurrently.
type Disk struct {
	eventlog.AuditLog

	mu     sync.Mutex
	refuse error
	stall  *stall
}

type stall struct {
	arrived  chan eventlog.Stream
	released chan struct{}
}

// NewDisk returns a Disk around a log that accepts appends.
func NewDisk(log eventlog.AuditLog) *Disk { return &Disk{AuditLog: log} }

// Refuse makes appends fail with an error that wraps eventlog.ErrUnavailable and
// err. After Refuse(nil) they succeed again.
func (d *Disk) Refuse(err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.refuse = err
}

// Stall makes appends wait, before anything is appended, until release is called.
// Each sends its stream to arrived, which has room for 1,024.
func (d *Disk) Stall() (arrived <-chan eventlog.Stream, release func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	s := &stall{make(chan eventlog.Stream, 1024), make(chan struct{})}
	d.stall = s
	return s.arrived, sync.OnceFunc(func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		if d.stall == s {
			d.stall = nil
		}
		close(s.released)
	})
}

// Append implements eventlog.Log.
func (d *Disk) Append(ctx context.Context, stream eventlog.Stream, expected eventlog.Revision, records ...eventlog.Record) (eventlog.Head, error) {
	d.mu.Lock()
	s := d.stall
	d.mu.Unlock()
	if s != nil {
		s.arrived <- stream
		<-s.released
	}
	d.mu.Lock()
	err := d.refuse
	d.mu.Unlock()
	if err != nil {
		return eventlog.Head{}, fmt.Errorf("append to %s: %w: %w", stream, eventlog.ErrUnavailable, err)
	}
	return d.AuditLog.Append(ctx, stream, expected, records...)
}
