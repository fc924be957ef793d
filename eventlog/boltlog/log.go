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
	path     string
	options  Options
	db       *bbolt.DB
	file     os.FileInfo // at loading
	watch    *watch
	id       identity
	badMeta  []int
	marks    marks // at loading
	warnings []string

	// Set at loading.
	unreadable map[eventlog.Stream]*eventlog.DamageError
	damages    []eventlog.DamageError // in log order
	mended     map[string][]byte      // replacements of damaged values, by bucket and key
	wrecked    atomic.Bool            // a fault has left locks of bbolt held

	// Verify holds it for reading. A prune, and a sealing while it commits, hold it
	// for writing: they change where records are stored.
	moving sync.RWMutex

	mu      sync.RWMutex
	streams map[eventlog.Stream]*stream
	order   []*stream // in the order in which they began
	last    eventlog.Position
	chain   chain.Digest // L at last
	closed  bool

	blocks    []blockRef
	sealed    mark // the end of the blocks
	tailBytes int  // of the groups after them
	remnants  bool // the tail may have some
	cuts      int  // number of prunes: groups read before a prune must not be sealed after it

	queue     queue
	committer committer
	stopped   chan struct{} // closed when the committer has ended
	sealer    sealer
}

// A blockRef describes a block, so that it need not be read.
type blockRef struct {
	first, last eventlog.Position
	size        int // bytes
	bytes       int // of shapes and texts, not compressed
	streams     int // number of streams with records in it
}

func (b *blockRef) count() uint64 { return uint64(b.last-b.first) + 1 }

// A mark is a position and L at it.
type mark struct {
	position eventlog.Position
	chain    chain.Digest
}

// A stream is the state of a stream in memory.
type stream struct {
	// Guarded by Log.mu; only the committer writes them.
	head   eventlog.Head
	start  cut // of a stream that was never pruned, only its chain is set
	groups groupIndex
	sealed eventlog.Head // at the end of the blocks

	// While a prune commits: the last revision that it removes. Guarded by Log.mu.
	cutting eventlog.Revision

	// Only the committer uses these.
	next   eventlog.Head // after the appends being committed
	salts  *salts        // of span; nil if there are none or they are not loaded
	span   uint64
	looked uint64   // one more than the last span whose salts were looked up on disk
	dirty  bool     // salts are not on disk yet
	ended  []change // salts of earlier spans that are not on disk yet
	fresh  bool     // began in the batch being committed
}

func newStream(name eventlog.Stream) *stream {
	s := &stream{head: eventlog.Head{Stream: name, Chain: chain.Start(string(name))}}
	s.start.chain, s.next, s.sealed = s.head.Chain, s.head, s.head
	return s
}

// Path returns the path that Open was given.
func (l *Log) Path() string { return l.path }

// ID returns the log's random ID, which never changes.
func (l *Log) ID() [16]byte { return l.id.id }

// Warnings returns what an operator should know about the file as Open found it, and
// what to do. There are none if all is well.
func (l *Log) Warnings() []string { return l.warnings }

// End returns the position of the last record, 0 in an empty log, and L at it.
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
	heads := make([]eventlog.Head, 0, len(l.order))
	for _, s := range l.order {
		if l.unreadable[s.head.Stream] == nil {
			heads = append(heads, s.head)
		}
	}
	return heads, nil
}

// began adds a new stream.
func (l *Log) began(s *stream) {
	l.streams[s.head.Stream] = s
	l.order = append(l.order, s)
}

// Store returns the log with all its abilities.
func (l *Log) Store() eventlog.Store {
	s := eventlog.Store{AuditLog: l, Segments: l, Prune: l.Prune, CopyTo: l.CopyTo}
	if len(l.unreadable) > 0 {
		s.Damages = l
	}
	return s
}

// CopyTo writes a copy of the file as it is now to w, while the log is in use. The
// copy is a complete log. Commits continue meanwhile, but cannot reuse pages until
// the copy is done, so the file grows.
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

// Close implements eventlog.Log. It waits for the running commit and for readers
// inside a transaction; waiting appends return ErrClosed. Close first seals a tail
// of 1,024 records or more.
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
		return nil // bbolt's locks may never be released
	}
	if err := guard("close", l.db.Close); err != nil {
		return fmt.Errorf("close %s: %w", l.path, err)
	}
	return nil
}
