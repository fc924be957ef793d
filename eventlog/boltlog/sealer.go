package boltlog

import (
	"context"
	"errors"
	"sync"
	"time"

	"go.etcd.io/bbolt"

	"parodywave/eventlog"
)

// sealSizes say when to seal and how large blocks become.
type sealSizes struct {
	records uint64 // positions of a full block
	bytes   int    // or bytes of its shapes and texts
	packed  int    // or bytes of the block itself
	tail    int    // bytes of a tail that is sealed; so is one with the records of a block
	least   uint64 // records of a tail that is sealed on closing
	sweep   int    // groups that one transaction removes

	busy     uint64 // records in a tenth of a second that make sealing wait
	longest  uint64 // unless the tail has this many
	heaviest int    // or this many bytes
}

// Sealing takes about as much CPU time as appending, so it waits while ten thousand
// records a second are appended. Opening the log reads the tail: two million
// records take about a second.
var usualSizes = sealSizes{records: 1 << 16, bytes: 8 << 20, packed: 1 << 20, tail: 32 << 20, least: 1 << 10, sweep: 256,
	busy: 1000, longest: 2 << 20, heaviest: 256 << 20}

// closingTime is how long closing may seal. The rest stays in the tail.
const closingTime = 5 * time.Second

// A sealer seals the tail into blocks, in a goroutine beside the committer.
type sealer struct {
	log   *Log
	sizes sealSizes
	wake  chan struct{}
	ended chan struct{}
	stop  context.CancelFunc

	mu    sync.Mutex // held while sealing or sweeping
	block blockBuilder
	alone bool // the committer has ended
}

// errBusy: a Verify or a prune is running; seal later.
var errBusy = errors.New("log is being verified or pruned")

func (s *sealer) start(l *Log) {
	s.log, s.sizes, s.wake, s.ended = l, usualSizes, make(chan struct{}, 1), make(chan struct{})
	if l.options.sealAt != (sealSizes{}) {
		s.sizes = l.options.sealAt
	}
	ctx, stop := context.WithCancel(context.Background())
	s.stop = stop
	if l.remnants && len(l.damages) == 0 || s.full() {
		s.wake <- struct{}{}
	}
	go s.run(ctx)
}

// full reports whether the tail should be sealed. The caller must be the committer
// or hold Log.mu.
func (s *sealer) full() bool {
	l := s.log
	n := uint64(l.last - l.sealed.position)
	return !l.options.NoSeal && len(l.damages) == 0 && (n >= s.sizes.records || l.tailBytes >= s.sizes.tail && n > 0)
}

// look wakes the sealer if the tail is full. The committer calls it after each
// commit.
func (s *sealer) look() {
	if s.full() && !s.alone {
		select {
		case s.wake <- struct{}{}:
		default:
		}
	}
}

// The pause after a failed sealing, at first and at most.
const (
	firstPause = time.Second
	lastPause  = 5 * time.Minute
)

func (s *sealer) run(ctx context.Context) {
	defer close(s.ended)
	for pause := firstPause; ; {
		select {
		case <-ctx.Done():
			return
		case <-s.wake:
		}
		err := s.drain(ctx)
		if err == nil {
			pause = firstPause
			continue
		}
		if s.tell(err); ctx.Err() != nil {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
		pause = min(2*pause, lastPause)
		s.log.mu.RLock()
		s.look()
		s.log.mu.RUnlock()
	}
}

// drain seals until the tail is not full, and sweeps.
func (s *sealer) drain(ctx context.Context) error {
	defer s.forget()
	for s.isFull() {
		if err := s.calm(ctx); err != nil {
			return err
		}
		if err := s.one(ctx); err != nil {
			return err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sweep(ctx)
}

func (s *sealer) isFull() bool {
	s.log.mu.RLock()
	defer s.log.mu.RUnlock()
	return s.full()
}

// one seals one block and sweeps.
func (s *sealer) one(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.isFull() { // Seal was faster
		return nil
	}
	until, _ := s.log.End()
	if err := s.seal(ctx, until, false); err != nil {
		return err
	}
	return s.sweep(ctx)
}

// forget releases memory: the next sealing may be far off.
func (s *sealer) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.block = blockBuilder{}
}

// calm waits until few records are appended or the tail is as long as it may get.
func (s *sealer) calm(ctx context.Context) error {
	l := s.log
	for {
		before, _ := l.End()
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
		l.mu.RLock()
		came, tail, size := uint64(l.last-before), uint64(l.last-l.sealed.position), l.tailBytes
		l.mu.RUnlock()
		if came < s.sizes.busy || tail >= s.sizes.longest || size >= s.sizes.heaviest {
			return nil
		}
	}
}

// tell reports a failed sealing to OnSeal, unless it only came at a bad time.
func (s *sealer) tell(err error) {
	f := s.log.options.OnSeal
	if f != nil && !errors.Is(err, errBusy) && !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, eventlog.ErrClosed) {
		f(0, 0, err)
	}
}

// end seals a tail of some size when the log is closed. The committer has ended.
func (s *sealer) end() {
	if s.log == nil {
		return // read-only
	}
	s.stop()
	<-s.ended
	l := s.log
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.alone = true; len(l.damages) > 0 || l.wrecked.Load() || !errors.Is(l.queue.failure(), eventlog.ErrClosed) {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), closingTime)
	defer cancel()
	var err error
	if n := uint64(l.last - l.sealed.position); !l.options.NoSeal && n >= s.sizes.least {
		err = s.through(ctx, l.last, false)
	} else if l.remnants {
		err = s.sweep(ctx)
	}
	if err != nil {
		s.tell(err)
	}
}

// submit lets the committer commit a change.
func (s *sealer) submit(ctx context.Context, r *relocation) error {
	q := &request{alone: r, done: make(chan struct{})}
	if s.alone {
		s.log.committer.commit([]*request{q})
		return q.err
	}
	_, err := s.log.submit(ctx, q)
	return err
}

// sweep removes the remnants, some in each transaction.
func (s *sealer) sweep(ctx context.Context) error {
	l, most := s.log, s.sizes.sweep
	if s.alone {
		most *= 64 // no append waits
	}
	for {
		l.mu.RLock()
		until, some := l.sealed.position, l.remnants
		l.mu.RUnlock()
		if !some {
			return nil
		}
		r := new(relocation)
		err := l.view("sweep", func(tx *bbolt.Tx) error {
			tail := tx.Bucket([]byte(bucketTail))
			if tail == nil {
				return damaged("a bucket is gone")
			}
			c := tail.Cursor()
			for k, _ := c.First(); k != nil && keyPosition(k) <= until && len(r.changes) < most; k, _ = c.Next() {
				r.changes = append(r.changes, change{bucketTail, append([]byte(nil), k...), nil})
			}
			return nil
		})
		if err != nil {
			return err
		}
		if len(r.changes) == 0 {
			l.mu.Lock()
			l.remnants = false
			l.mu.Unlock()
			return nil
		}
		if err := s.submit(ctx, r); err != nil {
			return err
		}
	}
}
