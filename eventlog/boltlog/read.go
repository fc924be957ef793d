package boltlog

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"go.etcd.io/bbolt"

	"parodywave/eventlog"
)

const (
	pageGroups = 256       // the most values that a reader copies at once
	pageBytes  = 256 << 10 // a reader that has copied this much stops
)

// Read implements eventlog.Log. A pruned stream starts after its removed records.
func (l *Log) Read(ctx context.Context, name eventlog.Stream, after eventlog.Revision) iter.Seq2[eventlog.Record, error] {
	return func(yield func(eventlog.Record, error) bool) {
		r, err := l.reader(name, after)
		if err != nil {
			yield(eventlog.Record{}, err)
			return
		}
		r.records(ctx, yield)
	}
}

// Intact implements eventlog.Damages. Damaged salts leave the records of their stream
// readable, to the end.
func (l *Log) Intact(ctx context.Context, name eventlog.Stream) iter.Seq2[eventlog.Record, error] {
	return func(yield func(eventlog.Record, error) bool) {
		r, err := l.unprovedReader(name, 0)
		if err != nil {
			yield(eventlog.Record{}, err)
			return
		}
		if d := l.unreadable[name]; d != nil && d.Position > 0 {
			r.until = d.Revision - 1
		}
		r.records(ctx, yield)
	}
}

// records yields the records that r reads.
func (r *reader) records(ctx context.Context, yield func(eventlog.Record, error) bool) {
	for r.next <= r.until {
		values, err := r.page(ctx)
		for i := 0; err == nil && i < len(values); i++ {
			var more bool
			if more, err = r.value(ctx, values[i], yield); !more && err == nil {
				return
			}
		}
		if err != nil && err != errAgain {
			yield(eventlog.Record{}, err)
			return
		}
	}
}

// A reader reads one stream up to the head that it had when the reader was made.
type reader struct {
	log     *Log
	name    eventlog.Stream
	next    eventlog.Revision // yielded next
	until   eventlog.Revision
	opener  *opener
	entries []indexEntry
}

func (l *Log) reader(name eventlog.Stream, after eventlog.Revision) (*reader, error) {
	if d := l.unreadable[name]; d != nil {
		return nil, fmt.Errorf("read %s: %w", name, d)
	}
	return l.unprovedReader(name, after)
}

// unprovedReader is reader for a stream that may be damaged.
func (l *Log) unprovedReader(name eventlog.Stream, after eventlog.Revision) (*reader, error) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if l.closed {
		return nil, eventlog.ErrClosed
	}
	r := &reader{log: l, name: name, next: 1, opener: l.opener()}
	if s := l.streams[name]; s != nil {
		r.next, r.until = max(after, s.start.through)+1, s.head.Revision
	}
	if after >= r.until {
		r.next = r.until + 1
	}
	return r, nil
}

// page copies the values from r.next on. A group that was sealed since the index was
// read is in a block now, which has the same records and maybe more.
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
	var values [][]byte
	err := l.view("read "+string(r.name), func(tx *bbolt.Tx) error {
		s, err := l.openStore(tx)
		if err != nil {
			return err
		}
		size, last := 0, eventlog.Position(0)
		for _, e := range r.entries {
			if e.at <= last {
				continue // in the block before
			}
			v, sealed, err := s.at(e.at)
			if err != nil {
				return fmt.Errorf("read %s at revision %d: %w", r.name, e.first, err)
			}
			last = sealed
			values = append(values, v)
			if size += len(v); size > pageBytes {
				break
			}
		}
		return nil
	})
	if err != nil && r.pruned() {
		return nil, errAgain
	}
	return values, err
}

// errAgain: a prune removed the reader's next records. The reader has moved on to
// the first that remains, and must read the page again.
var errAgain = errors.New("pruned meanwhile")

// pruned reports whether r.next was pruned since it was found in the index; if so,
// it moves r.next to the first revision that remains.
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

// open opens a value and checks that r.next lies in it.
func (r *reader) open(value []byte) (extent, error) {
	e, err := r.opener.open(value)
	if err != nil {
		return e, fmt.Errorf("read %s at revision %d: %w", r.name, r.next, err)
	}
	if p := e.Part(r.name); p == nil || p.First > r.next || p.Last() < r.next {
		if r.pruned() {
			return e, errAgain
		}
		return e, damaged("read %s: revision %d is not among positions %d to %d", r.name, r.next, e.First, e.Last())
	}
	return e, nil
}

// value yields the records of one value. It returns false after the last record, and
// if the consumer stops.
func (r *reader) value(ctx context.Context, value []byte, yield func(eventlog.Record, error) bool) (bool, error) {
	e, err := r.open(value)
	if err != nil {
		return false, err
	}
	for rec, err := range e.records(r.name) {
		if err != nil {
			return false, fmt.Errorf("read %s: %w", r.name, err)
		}
		if r.next > r.until {
			return false, nil
		}
		if rec.Revision < r.next {
			continue
		}
		if err := ctx.Err(); err != nil {
			return false, err
		}
		rec.Proof = nil
		if r.next++; !yield(*rec, nil) {
			return false, nil
		}
	}
	return r.next <= r.until, nil
}
