package boltlog

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"go.etcd.io/bbolt"

	"parodywave/eventlog"
	"parodywave/eventlog/internal/pack"
)

const (
	pageGroups = 256       // most groups that a reader copies at once
	pageBytes  = 256 << 10 // after which it copies no further group
)

// Read implements eventlog.Log. Of a pruned stream it starts after what was
// removed.
func (l *Log) Read(ctx context.Context, name eventlog.Stream, after eventlog.Revision) iter.Seq2[eventlog.Record, error] {
	return func(yield func(eventlog.Record, error) bool) {
		r, err := l.reader(name, after)
		if err != nil {
			yield(eventlog.Record{}, err)
			return
		}
		for r.next <= r.until {
			groups, err := r.page(ctx)
			for i := 0; err == nil && i < len(groups); i++ {
				var more bool
				if more, err = r.group(ctx, groups[i], yield); !more && err == nil {
					return
				}
			}
			if err != nil && err != errAgain {
				yield(eventlog.Record{}, err)
				return
			}
		}
	}
}

// A reader reads one stream up to where it ended when the reader was made.
type reader struct {
	log     *Log
	name    eventlog.Stream
	next    eventlog.Revision // to be yielded
	until   eventlog.Revision
	decoder pack.Decoder
	entries []indexEntry
}

func (l *Log) reader(name eventlog.Stream, after eventlog.Revision) (*reader, error) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if l.closed {
		return nil, eventlog.ErrClosed
	}
	r := &reader{log: l, name: name, next: 1}
	if s := l.streams[name]; s != nil {
		r.next, r.until = max(after, s.start.through)+1, s.head.Revision
	}
	if after >= r.until {
		r.next = r.until + 1
	}
	return r, nil
}

// page copies the groups from r.next on.
func (r *reader) page(ctx context.Context) ([][]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	l := r.log
	l.mu.RLock()
	s, closed := l.streams[r.name], l.closed
	r.entries = s.groups.from(r.next, r.entries, pageGroups)
	through := s.start.through
	l.mu.RUnlock()
	if closed {
		return nil, eventlog.ErrClosed
	}
	if r.next <= through {
		r.next = through + 1
		return nil, errAgain
	}
	var groups [][]byte
	err := l.view("read "+string(r.name), func(tx *bbolt.Tx) error {
		tail, size := tx.Bucket([]byte(bucketTail)), 0
		for _, e := range r.entries {
			v, err := copyGroup(tail, e.group)
			if err != nil {
				return fmt.Errorf("read %s at revision %d: %w", r.name, e.first, err)
			}
			groups = append(groups, v)
			if size += len(v); size > pageBytes {
				break
			}
		}
		return nil
	})
	if err != nil && r.pruned() {
		return nil, errAgain
	}
	return groups, err
}

// errAgain: a prune came between, the reader has moved to what it left, and the
// page must be read again.
var errAgain = errors.New("pruned meanwhile")

// copyGroup returns the group that begins at a position.
func copyGroup(tail *bbolt.Bucket, at eventlog.Position) ([]byte, error) {
	if tail == nil {
		return nil, damaged("a bucket is gone")
	}
	v := tail.Get(positionKey(at))
	if len(v) == 0 || len(v) > maxValueBytes {
		return nil, damaged("group at position %d has %d bytes", at, len(v))
	}
	return append(make([]byte, 0, len(v)), v...), nil
}

// pruned tells whether r.next was removed since it was found in the index, and
// moves it on if so.
func (r *reader) pruned() bool {
	l := r.log
	l.mu.RLock()
	defer l.mu.RUnlock()
	s := l.streams[r.name]
	through := max(s.start.through, s.cutting)
	if r.next > through {
		return false
	}
	r.next = through + 1
	return true
}

// open opens a group and checks that r.next lies in it.
func (r *reader) open(value []byte) (*pack.Group, error) {
	g, err := r.decoder.Open(value)
	if err != nil {
		return nil, fmt.Errorf("read %s at revision %d: %w", r.name, r.next, err)
	}
	if p := g.Part(r.name); p == nil || p.First > r.next || p.Last() < r.next {
		if r.pruned() {
			return nil, errAgain
		}
		return nil, damaged("read %s: revision %d is not in the group at position %d", r.name, r.next, g.First)
	}
	return g, nil
}

// group yields the records of one group. It returns false when there is no more
// to be yielded.
func (r *reader) group(ctx context.Context, value []byte, yield func(eventlog.Record, error) bool) (bool, error) {
	g, err := r.open(value)
	if err != nil {
		return false, err
	}
	for {
		var rec eventlog.Record
		ok, err := g.Next(&rec)
		if err != nil {
			return false, fmt.Errorf("read %s: %w", r.name, err)
		}
		if !ok || r.next > r.until {
			return r.next <= r.until, nil
		}
		if rec.Stream != r.name || rec.Revision < r.next {
			continue
		}
		if err := ctx.Err(); err != nil {
			return false, err
		}
		rec.Proof = nil
		if r.next++; !yield(rec, nil) {
			return false, nil
		}
	}
}
