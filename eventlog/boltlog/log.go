package boltlog

import (
	"context"
	"fmt"
	"io"
	"os"
	"sync"
	"sync/atomic"

	"go.etcd.io/bbolt"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
)

const (
	maxGroupRecords = 4096
	maxGroupBytes   = 256 << 10 // of encoded records; one record may be larger
	maxRecordBytes  = 64 << 20  // shape and text together
	maxValueBytes   = maxRecordBytes + 1<<20
)

// A Log is an eventlog.AuditLog in a file. All methods may be called
// concurrently.
type Log struct {
	path    string
	options Options
	db      *bbolt.DB
	file    os.FileInfo // as it was when it was loaded
	watch   *watch
	id      identity
	badMeta []int
	wrecked atomic.Bool // a fault left locks of bbolt held

	// Read-locked by Verify; locked by who changes what is stored where: a prune,
	// and a sealing while it commits.
	restoring sync.RWMutex

	mu      sync.RWMutex
	streams map[eventlog.Stream]*stream
	order   []*stream // as they began
	last    eventlog.Position
	chain   chain.Digest // L at last
	closed  bool

	blocks    []blockRef
	sealed    mark // where the blocks end
	tailBytes int  // of the groups after that
	remnants  bool // there may be some in the tail
	cuts      int  // prunes so far: what was read before one may not be sealed after it

	queue     queue
	committer committer
	stopped   chan struct{} // closed when the committer has ended
	sealer    sealer
}

// A blockRef is what is known of a block without reading it.
type blockRef struct {
	first, last eventlog.Position
	size        int // bytes
	bytes       int // the same without compression, of shapes and texts
	streams     int // that have records in it
}

func (b *blockRef) count() uint64 { return uint64(b.last-b.first) + 1 }

// A mark is a position and L there.
type mark struct {
	position eventlog.Position
	chain    chain.Digest
}

// A stream is what is known of one without reading.
type stream struct {
	// Under Log.mu; only the committer writes.
	head   eventlog.Head
	start  cut // zero for a stream that was never pruned, but for its chain
	groups groupIndex
	sealed eventlog.Head // after what blocks hold of it

	// While a prune is under way: where the stream will start. Under Log.mu.
	cutting eventlog.Revision

	// The committer's alone.
	next   eventlog.Head // after the appends being committed
	salts  *salts        // of span; nil where there are none or none were read
	span   uint64
	looked uint64   // one more than the span of which salts on disk were looked for
	dirty  bool     // salts are not yet on disk
	ended  []change // salts that are not yet on disk of spans before
	fresh  bool     // began in the batch being committed
}

func newStream(name eventlog.Stream) *stream {
	s := &stream{head: eventlog.Head{Stream: name, Chain: chain.Start(string(name))}}
	s.start.chain, s.next, s.sealed = s.head.Chain, s.head, s.head
	return s
}

// Path returns the path that Open was given.
func (l *Log) Path() string { return l.path }

// ID returns the random id that the log got when its file was created.
func (l *Log) ID() [16]byte { return l.id.id }

// Created returns when the file was created, in Unix milliseconds.
func (l *Log) Created() int64 { return l.id.created }

// End returns the position of the last record, 0 in an empty log, and the log
// chain there.
func (l *Log) End() (eventlog.Position, chain.Digest) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.last, l.chain
}

// Head implements eventlog.Log.
func (l *Log) Head(_ context.Context, name eventlog.Stream) (eventlog.Head, error) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if l.closed {
		return eventlog.Head{}, eventlog.ErrClosed
	}
	if s := l.streams[name]; s != nil {
		return s.head, nil
	}
	return eventlog.Head{Stream: name, Chain: chain.Start(string(name))}, nil
}

// Streams implements eventlog.Log.
func (l *Log) Streams(context.Context) ([]eventlog.Head, error) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if l.closed {
		return nil, eventlog.ErrClosed
	}
	heads := make([]eventlog.Head, len(l.order))
	for i, s := range l.order {
		heads[i] = s.head
	}
	return heads, nil
}

// began puts s behind the other streams.
func (l *Log) began(s *stream) {
	l.streams[s.head.Stream] = s
	l.order = append(l.order, s)
}

// Store returns the log with all that it can do.
func (l *Log) Store() eventlog.Store {
	return eventlog.Store{AuditLog: l, Segments: l, Prune: l.Prune, CopyTo: l.CopyTo}
}

// CopyTo writes a copy of the file as it is now to w, while the log is in use.
// The copy is a log of its own. Commits go on meanwhile, but pages that they
// free are not used again before the copy is done, so the file grows.
func (l *Log) CopyTo(w io.Writer) error {
	l.mu.RLock()
	closed := l.closed
	l.mu.RUnlock()
	if closed {
		return eventlog.ErrClosed
	}
	return l.view("copy", func(tx *bbolt.Tx) error {
		if _, err := tx.WriteTo(w); err != nil {
			return fmt.Errorf("copy %s: %w", l.path, err)
		}
		return nil
	})
}

// Close implements eventlog.Log. It waits for the append being committed and for
// readers inside a transaction; appends that still wait get ErrClosed. A tail that
// is worth it is sealed first.
func (l *Log) Close() error {
	l.mu.Lock()
	already := l.closed
	l.closed = true
	l.mu.Unlock()
	l.queue.close()
	<-l.stopped
	if !already {
		l.sealer.end()
	}
	if already || l.wrecked.Load() {
		return nil // of a wrecked file the locks may be held for ever
	}
	if err := guard("close", l.db.Close); err != nil {
		return fmt.Errorf("close %s: %w", l.path, err)
	}
	return nil
}
