package boltlog

import (
	"context"
	"fmt"
	"iter"

	"parodywave/eventlog"
)

// Scan implements eventlog.Scanner. It ends where the log ended when Scan was
// called, and skips pruned records.
func (l *Log) Scan(ctx context.Context, after eventlog.Position) iter.Seq2[eventlog.Record, error] {
	return func(yield func(eventlog.Record, error) bool) {
		until, _ := l.End()
		o := l.opener()
		for next := after + 1; next <= until; {
			values, err := l.scanPage(ctx, next)
			for i := 0; err == nil && i < len(values) && next <= until; i++ {
				var e extent
				if e, err = o.open(values[i].value); err != nil {
					break
				}
				if e.First > next || e.Last() < next {
					err = damaged("position %d is not among positions %d to %d", next, e.First, e.Last())
					break
				}
				var more bool
				if more, err = l.scanExtent(ctx, &e, next, yield); !more && err == nil {
					return
				}
				next = e.Last() + 1
			}
			if err != nil {
				yield(eventlog.Record{}, fmt.Errorf("scan from position %d: %w", next, err))
				return
			}
		}
		l.mu.RLock()
		closed := l.closed
		l.mu.RUnlock()
		if closed {
			yield(eventlog.Record{}, eventlog.ErrClosed)
		}
	}
}

func (l *Log) scanExtent(ctx context.Context, e *extent, next eventlog.Position, yield func(eventlog.Record, error) bool) (bool, error) {
	for rec, err := range e.all() {
		if err != nil {
			return false, err
		}
		if rec.Position < next || l.unreadable[rec.Stream] != nil {
			continue
		}
		if err := ctx.Err(); err != nil {
			return false, err
		}
		rec.Proof = nil
		if !yield(*rec, nil) {
			return false, nil
		}
	}
	return true, nil
}

// scanPage copies values, beginning with the one that holds a position.
func (l *Log) scanPage(ctx context.Context, at eventlog.Position) ([]stored, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	l.mu.RLock()
	closed := l.closed
	l.mu.RUnlock()
	if closed {
		return nil, eventlog.ErrClosed
	}
	return l.page("scan", at)
}
