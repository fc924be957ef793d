package boltlog

import (
	"context"
	"fmt"

	"parodywave/eventlog"
)

// start starts the committer and the sealer.
func (l *Log) start() *Log {
	l.queue.arrived.L = &l.queue.mu
	if l.options.ReadOnly {
		l.queue.err = fmt.Errorf("append to %s: opened read-only: %w", l.path, eventlog.ErrUnavailable)
		close(l.stopped)
		return l
	}
	l.committer = committer{log: l, fresh: map[eventlog.Stream]*stream{}}
	l.sealer.start(l)
	go func() {
		defer close(l.stopped)
		var batch []*request
		for {
			if batch = l.queue.take(batch); batch == nil {
				return
			}
			l.committer.commit(batch)
		}
	}()
	return l
}

// Append implements eventlog.Log. If ctx ends while the append waits for the
// committer, nothing is appended and the error wraps ctx's. During the commit ctx is
// ignored, so the outcome is always known.
func (l *Log) Append(ctx context.Context, name eventlog.Stream, expected eventlog.Revision, records ...eventlog.Record) (eventlog.Head, error) {
	return l.submit(ctx, &request{stream: name, expected: expected, records: records})
}

func (l *Log) submit(ctx context.Context, q *request) (eventlog.Head, error) {
	if err := ctx.Err(); err != nil {
		return eventlog.Head{}, fmt.Errorf("append to %s: %w", q.stream, err)
	}
	q.done = make(chan struct{})
	if err := l.queue.put(q); err != nil {
		return eventlog.Head{}, err
	}
	select {
	case <-q.done:
	case <-ctx.Done():
		if l.queue.withdraw(q) {
			return eventlog.Head{}, fmt.Errorf("append to %s: %w", q.stream, ctx.Err())
		}
		<-q.done
	}
	if q.err != nil {
		return eventlog.Head{}, q.err
	}
	return q.head, nil
}
