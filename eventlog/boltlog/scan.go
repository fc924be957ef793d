package boltlog

import (
	"context"
	"fmt"
	"iter"

	"go.etcd.io/bbolt"

	"parodywave/eventlog"
	"parodywave/eventlog/internal/pack"
)

// Scan implements eventlog.Scanner. It yields up to where the log ended when it
// was called. Positions of records that were pruned are left out.
func (l *Log) Scan(ctx context.Context, after eventlog.Position) iter.Seq2[eventlog.Record, error] {
	return func(yield func(eventlog.Record, error) bool) {
		until, _ := l.End()
		var d pack.Decoder
		for next := after + 1; next <= until; {
			groups, err := l.scanPage(ctx, next)
			for i := 0; err == nil && i < len(groups); i++ {
				var g *pack.Group
				if g, err = d.Open(groups[i]); err != nil {
					break
				}
				if g.First > next || g.Last() < next {
					err = damaged("position %d is not in the group from %d to %d", next, g.First, g.Last())
					break
				}
				var more bool
				if more, err = scanGroup(ctx, g, next, yield); !more && err == nil {
					return
				}
				next = g.Last() + 1
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

func scanGroup(ctx context.Context, g *pack.Group, next eventlog.Position, yield func(eventlog.Record, error) bool) (bool, error) {
	for {
		var rec eventlog.Record
		ok, err := g.Next(&rec)
		if err != nil || !ok {
			return err == nil, err
		}
		if rec.Position < next {
			continue
		}
		if err := ctx.Err(); err != nil {
			return false, err
		}
		rec.Proof = nil
		if !yield(rec, nil) {
			return false, nil
		}
	}
}

// scanPage copies groups, beginning with the one in which a position lies.
func (l *Log) scanPage(ctx context.Context, at eventlog.Position) ([][]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	l.mu.RLock()
	closed := l.closed
	l.mu.RUnlock()
	if closed {
		return nil, eventlog.ErrClosed
	}
	var groups [][]byte
	err := l.view("scan", func(tx *bbolt.Tx) error {
		tail := tx.Bucket([]byte(bucketTail))
		if tail == nil {
			return damaged("a bucket is gone")
		}
		c, size := tail.Cursor(), 0
		key := positionKey(at)
		k, v := c.Seek(key)
		switch {
		case k == nil:
			k, v = c.Last()
		case string(k) != string(key):
			k, v = c.Prev()
		}
		for ; k != nil && len(groups) < pageGroups && size <= pageBytes; k, v = c.Next() {
			if len(v) == 0 || len(v) > maxValueBytes {
				return damaged("group at %x has %d bytes", k, len(v))
			}
			groups = append(groups, append(make([]byte, 0, len(v)), v...))
			size += len(v)
		}
		return nil
	})
	if err == nil && len(groups) == 0 {
		err = damaged("no group holds position %d", at)
	}
	return groups, err
}
