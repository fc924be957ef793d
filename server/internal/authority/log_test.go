package authority

import (
	"context"
	"fmt"
	"iter"

	"parodywave/eventlog"
)

// A fate is the outcome of an append.
type fate int

const (
	kept        fate = iota // appended, no error
	refused                 // not appended, an error that says so
	lost                    // not appended, an error that leaves it open
	keptUnknown             // appended, an error that leaves it open
)

// A brokenLog fails as next and readFail say, once each time they are set.
type brokenLog struct {
	eventlog.AuditLog
	next     fate
	readFail bool
	inFlight func() // called once in the next append, if not nil
	appended func() // called after an append that was kept, before it returns
}

func (l *brokenLog) Append(ctx context.Context, s eventlog.Stream, expected eventlog.Revision, records ...eventlog.Record) (eventlog.Head, error) {
	f := l.next
	l.next = kept
	if call := l.inFlight; call != nil {
		l.inFlight = nil
		call()
	}
	switch f {
	case refused:
		return eventlog.Head{}, fmt.Errorf("disk full: %w", eventlog.ErrUnavailable)
	case lost:
		return eventlog.Head{}, fmt.Errorf("time-out: %w", eventlog.ErrUnknown)
	}
	head, err := l.AuditLog.Append(ctx, s, expected, records...)
	if err == nil && l.appended != nil {
		l.appended()
	}
	if err == nil && f == keptUnknown {
		return eventlog.Head{}, fmt.Errorf("time-out: %w", eventlog.ErrUnknown)
	}
	return head, err
}

func (l *brokenLog) Read(ctx context.Context, s eventlog.Stream, after eventlog.Revision) iter.Seq2[eventlog.Record, error] {
	if l.readFail {
		l.readFail = false
		return func(yield func(eventlog.Record, error) bool) {
			yield(eventlog.Record{}, fmt.Errorf("read: %w", eventlog.ErrUnavailable))
		}
	}
	return l.AuditLog.Read(ctx, s, after)
}
