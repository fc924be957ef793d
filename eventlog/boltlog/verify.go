package boltlog

import (
	"context"
	"errors"

	"go.etcd.io/bbolt"

	"parodywave/eventlog"
)

// Verify reads the log again, up to its end at the time of the call, and recomputes
// everything: checksums of stored values, positions and revisions, times, the chain
// of each stream, the log chain, the salts. The report lists all problems; the
// error is only for a verification that could not continue. Verify calls progress,
// if not nil, now and then with the number of positions done and of all. The log
// may be in use; prunes and sealings wait for Verify.
func (l *Log) Verify(ctx context.Context, progress func(done, total uint64)) (Report, error) {
	l.moving.RLock()
	defer l.moving.RUnlock()
	l.mu.RLock()
	until, log, closed := l.last, l.chain, l.closed
	v, heads := newVerifier(l.options), make([]eventlog.Head, 0, len(l.order))
	for _, s := range l.order {
		heads = append(heads, s.head)
	}
	for name, s := range l.streams {
		if s.start.through > 0 {
			v.prune(name, s.start)
		}
	}
	l.mu.RUnlock()
	if closed {
		return Report{}, eventlog.ErrClosed
	}
	v.meta(l.badMeta)
	for i := range l.damages {
		d := &l.damages[i]
		v.problem(d.Position, d.Stream, d.Revision, d.Err)
	}
	if err := l.verifyKeys(ctx, v); err != nil {
		v.problem(0, "", 0, err)
	}
	for at := eventlog.Position(1); at <= until; {
		if progress != nil {
			progress(uint64(at-1), uint64(until))
		}
		next, err := l.verifyPage(ctx, v, at, until)
		if err != nil && !errors.Is(err, eventlog.ErrDamaged) {
			return v.report, err
		}
		if err != nil {
			v.problem(at, "", 0, err)
		}
		if next <= at {
			break // what follows is unknown
		}
		at = next
	}
	v.finish(until, log, heads)
	if progress != nil {
		progress(uint64(until), uint64(until))
	}
	return v.report, nil
}

// verifyPage verifies some values from a position on, and returns the position that
// follows them.
func (l *Log) verifyPage(ctx context.Context, v *verifier, at, until eventlog.Position) (eventlog.Position, error) {
	if err := ctx.Err(); err != nil {
		return at, err
	}
	values, err := l.page("verify", at)
	for _, s := range values {
		switch {
		case s.sealed:
			v.block(s.key, s.value)
			at = max(at, s.key+1)
		case s.key > until:
			return until + 1, err
		default:
			v.group(s.key, s.value)
			at = max(at, s.key+1)
		}
		at = max(at, v.last+1)
	}
	if len(values) == 0 && err == nil {
		return until + 1, nil
	}
	return at, err
}

// verifyKeys verifies all values of the bucket keys.
func (l *Log) verifyKeys(ctx context.Context, v *verifier) error {
	var from []byte
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		var values []change
		err := l.view("verify", func(tx *bbolt.Tx) error {
			b := tx.Bucket([]byte(bucketKeys))
			if b == nil {
				return damaged("a bucket is gone")
			}
			c := b.Cursor()
			k, value := c.Seek(from)
			if from == nil {
				k, value = c.First()
			}
			for ; k != nil && len(values) < pageGroups; k, value = c.Next() {
				if len(value) > maxSaltBytes {
					return damaged("value %x in keys has %d bytes", k, len(value))
				}
				values = append(values, change{key: append([]byte(nil), k...), value: append([]byte(nil), value...)})
			}
			return nil
		})
		for _, kv := range values {
			v.salt(kv.key, kv.value)
			from = append(kv.key, 0)
		}
		if err != nil || len(values) < pageGroups {
			return err
		}
	}
}
