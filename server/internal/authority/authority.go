package authority

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/projection"
	"parodywave/server/internal/wire"
)

// A Config is what an authority is given.
type Config struct {
	Stream eventlog.Stream
	Log    projection.Source
	// Now returns Unix milliseconds.
	Now func() int64
	// After calls f once after d, from any goroutine.
	After func(d time.Duration, f func())
	// NewClient returns a fresh id for records that the server makes.
	NewClient func() eventlog.ClientID
	Room      Room
	// MaxText is the most bytes of UTF-8 that an edit may leave the text with.
	MaxText int
	Logger  *slog.Logger
}

const (
	inboxSize = 16 // each costs 64 bytes a thread; who waits for room gets in as others are taken
	// batchMax bounds the requests and the records of one append, and
	// batchBytes its texts; one request may go over.
	batchMax   = 4096
	batchBytes = 4 << 20
)

// An Authority is the single writer of one thread. Its methods may be called
// concurrently, also after Run has returned: they then report unavailable.
type Authority struct {
	cfg   Config
	inbox chan request
	done  chan struct{}

	// Owned by Run; no lock.
	thread  *projection.Thread
	chain   chain.Digest // of thread.Revision, once published
	bytes   int          // UTF-8 of the text
	window  window
	past    past
	fanout  fanout
	texts   map[Peer]*textPeer
	lines   map[Peer]*linePeer
	batch   batch
	beacon  beaconState
	pairs   bool // the text may hold surrogate pairs
	stopped bool
	failed  int   // appends of which nothing was said
	quiet   int64 // nothing is said of them before that, Unix milliseconds

	// Bounds, which the tests make small, and the function rebase, in whose
	// place they put a wrong one.
	catchUpMax, costMax int
	rebase              func(Push, []event.Event) ([]ot.Change, int, error)
}

// A request is something to do in the authority's goroutine. An edit joins the
// batch; anything else is done when all before it is durable, unless it says
// otherwise.
type request struct {
	peer Peer
	re   string // what a failure answers
	edit func() *wire.Error
	do   func()
	now  bool               // do need not wait for what is before it
	done chan<- *wire.Error // told the outcome, if not nil; has room for it
}

// New returns the authority of a thread whose records up to now are in t. The
// caller then calls Run.
func New(cfg Config, t *projection.Thread, head chain.Digest) *Authority {
	a := &Authority{
		cfg:   cfg,
		inbox: make(chan request, inboxSize),
		done:  make(chan struct{}),
		texts: map[Peer]*textPeer{},
		lines: map[Peer]*linePeer{},

		window:     window{max: windowMax, age: windowAge},
		catchUpMax: catchUpMax,
		costMax:    costMax,
		rebase:     rebase,
	}
	a.window.base = t.Revision
	a.adopt(t, head)
	return a
}

func (a *Authority) adopt(t *projection.Thread, head chain.Digest) {
	a.thread, a.chain = t, head
	text := t.Text()
	a.bytes = len(text)
	a.pairs = a.bytes > 0 && hasPair(t.Units(0, t.Len()))
	if a.fanout.touched == nil {
		a.fanout.touched, a.fanout.told = map[int]eventlog.Revision{}, t.Revision
	}
	a.batch.reset(t.Revision)
	a.beacon = beaconState{revision: t.Revision, at: a.cfg.Now()}
}

// Run serves requests until ctx is done, then finishes what was accepted.
func (a *Authority) Run(ctx context.Context) {
	defer a.close()
	for {
		select {
		case <-ctx.Done():
			a.drain()
			return
		case r := <-a.inbox:
			a.serve(r)
		}
		if a.stopped {
			a.drain()
			return
		}
	}
}

// close makes sure that nobody waits for an answer: what was sent meanwhile is
// refused, here or by its sender.
func (a *Authority) close() {
	close(a.done)
	a.refuse()
}

func (a *Authority) refuse() {
	for {
		select {
		case r := <-a.inbox:
			a.fail(r, errStopped)
		default:
			return
		}
	}
}

// serve takes r and everything that waits behind it.
func (a *Authority) serve(r request) {
	for {
		a.take(r)
		select {
		case r = <-a.inbox:
		default:
			a.flush()
			return
		}
	}
}

// drain refuses nothing that was accepted into the inbox.
func (a *Authority) drain() {
	for {
		select {
		case r := <-a.inbox:
			a.serve(r)
		default:
			return
		}
	}
}

func (a *Authority) take(r request) {
	if a.stopped {
		a.fail(r, errStopped)
		return
	}
	if r.edit == nil {
		if r.now {
			r.do()
			return
		}
		if a.flush(); a.stopped {
			a.fail(r, errStopped)
			return
		}
		r.do()
		if r.done != nil {
			r.done <- nil
		}
		return
	}
	if err := r.edit(); err != nil {
		// The answer must not overtake the receipts of edits before it.
		a.flush()
		if err.Head > 0 { // of what is on disk, if that is not what was hoped for
			err.Head = a.thread.Revision
		}
		a.inOrder(r.peer)
		a.fail(r, err)
		return
	}
	b := &a.batch
	b.requests = append(b.requests, r)
	if len(b.records) >= batchMax || len(b.requests) >= batchMax || b.bytes >= batchBytes {
		a.flush()
	}
}

func (a *Authority) fail(r request, err *wire.Error) {
	if r.peer != nil {
		if r.edit != nil {
			r.peer.Settled(r.re, false)
		}
		a.send(r.peer, Failed{err, r.re})
	}
	if r.done != nil {
		r.done <- err
	}
}

var errStopped = &wire.Error{Code: wire.Unavailable, Text: "the thread is being closed: send again"}

// enqueue hands r over; false means that the authority has stopped.
func (a *Authority) enqueue(r request) bool {
	select {
	case a.inbox <- r:
		select {
		case <-a.done: // nobody reads on
			a.refuse()
		default:
		}
		return true
	case <-a.done:
		return false
	}
}

// post sends an edit of a peer, which hears of a failure by a message.
func (a *Authority) post(p Peer, re string, edit func() *wire.Error) {
	if r := (request{peer: p, re: re, edit: edit}); !a.enqueue(r) {
		a.fail(r, errStopped)
	}
}

// wait sends r and waits for its outcome.
func (a *Authority) wait(ctx context.Context, r request) error {
	done := make(chan *wire.Error, 1)
	r.done = done
	if !a.enqueue(r) {
		return errStopped
	}
	select {
	case err := <-done:
		if err != nil {
			return err
		}
		return nil
	case <-a.done:
		select { // it may have been among the last
		case err := <-done:
			if err != nil {
				return err
			}
			return nil
		default:
			return errStopped
		}
	case <-ctx.Done():
		return fmt.Errorf("thread %s: %w", a.cfg.Stream, ctx.Err())
	}
}

// View calls f with the thread and its chain value as they are on disk. The
// thread must not be changed nor kept.
func (a *Authority) View(ctx context.Context, f func(*projection.Thread, chain.Digest)) error {
	return a.wait(ctx, request{do: func() { f(a.thread, a.chain) }})
}

// Rename gives the thread another title. p may be nil.
func (a *Authority) Rename(p Peer, author eventlog.AuthorID, title string) {
	a.post(p, "rename", func() *wire.Error {
		if title == a.thread.Title {
			return nil
		}
		a.record(event.Renamed{Title: title}, author, a.cfg.NewClient(), 0)
		for _, l := range a.lines {
			l.due = true // the title is part of join
		}
		return nil
	})
}
