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
	"parodywave/projection/claims"
	"parodywave/server/internal/pool"
	"parodywave/server/internal/wire"
)

// A Config holds what an authority needs. All fields but Pool are required.
type Config struct {
	Stream eventlog.Stream
	Log    projection.Source
	Pool   *pool.Pool // for costly work beside; nil: senders do it themselves
	// Now returns the time of the clock in Unix milliseconds, for records. The clock may
	// be set forwards and back.
	Now func() int64
	// Elapsed returns milliseconds since some moment. It never goes back: pauses and
	// rates are measured by it.
	Elapsed func() int64
	// After calls f once, after d, from any goroutine.
	After func(d time.Duration, f func())
	// NewClient returns a fresh id for records that the server makes.
	NewClient func() eventlog.ClientID
	Room      Room
	// MaxText bounds the bytes of UTF-8 in the text after an edit.
	MaxText int
	// MaxLines bounds the lines of the text after an edit, 0 not at all.
	MaxLines int
	Logger   *slog.Logger
}

const (
	inboxSize = 16 // each slot costs 64 bytes a thread; senders wait for a free one
	// batchMax bounds the requests and the records of one append, and
	// batchBytes its texts. One request may exceed them.
	batchMax   = 4096
	batchBytes = 4 << 20
)

// An Authority is the single writer of one thread. Its methods may be called
// concurrently. After Run has returned they report unavailable.
type Authority struct {
	cfg   Config
	inbox chan request
	done  chan struct{}

	beside  beside
	marks   marks
	resumes resumes

	// Owned by Run's goroutine and, while that waits for the disk, by the reader that
	// holds beside.own; no lock.
	thread  *projection.Thread
	chain   chain.Digest // of thread.Revision once its batch is on disk
	bytes   int          // of the text in UTF-8
	recent  recent
	resting bool // a timer to forget the resume cache is running
	walked  int  // steps of the request at hand; see cost
	wide    int  // the most steps of a request
	memory  *claims.Memory
	fanout  fanout
	texts   map[Peer]*textPeer
	lines   map[Peer]*linePeer
	batch   batch
	beacon  beaconState
	pairs   bool // the text may hold surrogate pairs
	stopped bool
	failed  int   // failed appends since the last that was logged
	quiet   int64 // before which no failure is logged

	// Bounds that tests make smaller, and functions that tests replace by wrong
	// ones.
	catchUpMax, costMax int
	rebase              func(wire.Push, []event.Event) ([]ot.Change, int, error)
}

// A request is work for the authority's goroutine. An edit joins the batch.
// Anything else runs when all edits before it are durable, unless now is set.
type request struct {
	peer   Peer
	re     string // the message type that an error answers
	edit   func() *wire.Error
	do     func()
	now    bool         // do does not wait for the edits before it
	done   chan<- error // receives the outcome, unless it is nil; has room for it
	served *bool        // do was called already, beside an append; nil if that cannot be
}

// New returns the authority of a thread whose records so far are folded into t,
// with the chain value head. The caller must call Run.
func New(cfg Config, t *projection.Thread, head chain.Digest) *Authority {
	a := &Authority{
		cfg:   cfg,
		inbox: make(chan request, inboxSize),
		done:  make(chan struct{}),
		texts: map[Peer]*textPeer{},
		lines: map[Peer]*linePeer{},

		recent:     recent{max: recentMax, age: recentAge},
		catchUpMax: catchUpMax,
		costMax:    costMax,
		rebase:     rebase,
	}
	a.beside.own = make(chan struct{}, 1)
	a.beside.own <- struct{}{}
	a.recent.base, a.memory = t.Revision, claims.New(t, claims.Max)
	a.adopt(t, head)
	a.expose()
	return a
}

func (a *Authority) adopt(t *projection.Thread, head chain.Digest) {
	a.thread, a.chain = t, head
	text := t.Text()
	a.bytes = len(text)
	a.pairs = a.bytes > 0 && hasPair(t.Units(0, t.Len()))
	if a.fanout.touched == nil {
		a.fanout.touched, a.fanout.sent = map[int]eventlog.Revision{}, t.Revision
	}
	a.batch.reset(t.Revision)
	a.beacon = beaconState{revision: t.Revision, at: a.cfg.Elapsed()}
}

// Run serves requests until ctx is done and then finishes those that it
// accepted.
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

// close refuses the requests that are left in the inbox, so that no sender
// waits forever. A sender that enqueues one later refuses it itself.
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

// serve handles r and every request that is waiting behind it.
func (a *Authority) serve(r request) {
	for {
		a.handle(r)
		select {
		case r = <-a.inbox:
		default:
			a.commit()
			return
		}
	}
}

// drain serves every request that the inbox accepted.
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

func (a *Authority) handle(r request) {
	a.walked = 0
	if a.stopped {
		a.fail(r, errStopped)
		return
	}
	if r.edit == nil {
		if r.now {
			r.do()
			return
		}
		if a.commit(); a.stopped {
			a.fail(r, errStopped)
			return
		}
		if r.served != nil {
			if *r.served {
				return
			}
			*r.served = true
		}
		r.do()
		if r.done != nil {
			r.done <- nil
		}
		return
	}
	if err := r.edit(); err != nil {
		// The error must not overtake the receipts of earlier edits.
		a.commit()
		if err.Head > 0 { // with stale: the head that is on disk
			err.Head = a.thread.Revision
		}
		a.inOrder(r.peer)
		a.fail(r, err)
		return
	}
	b := &a.batch
	b.requests = append(b.requests, r)
	if len(b.records) >= batchMax || len(b.requests) >= batchMax || b.bytes >= batchBytes {
		a.commit()
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

// enqueue puts r into the inbox. It returns false if the authority has stopped.
func (a *Authority) enqueue(r request) bool {
	select {
	case a.inbox <- r:
		select {
		case <-a.done: // Run has returned
			a.refuse()
		default:
		}
		return true
	case <-a.done:
		return false
	}
}

// post enqueues an edit of a peer. If it fails the peer is sent an error.
func (a *Authority) post(p Peer, re string, edit func() *wire.Error) {
	if r := (request{peer: p, re: re, edit: edit}); !a.enqueue(r) {
		a.fail(r, errStopped)
	}
}

// wait enqueues r and waits for its outcome.
func (a *Authority) wait(ctx context.Context, r request) error {
	done := make(chan error, 1)
	r.done = done
	if !a.enqueue(r) {
		return errStopped
	}
	select {
	case err := <-done:
		return err
	case <-a.done:
		return stopped(done)
	case <-ctx.Done():
		return fmt.Errorf("thread %s: %w", a.cfg.Stream, ctx.Err())
	}
}

// stopped returns the outcome of a request now that Run has returned: it may have
// been served before.
func stopped(done <-chan error) error {
	select {
	case err := <-done:
		return err
	default:
		return errStopped
	}
}

// Rename gives the thread another title. p may be nil.
func (a *Authority) Rename(p Peer, author eventlog.AuthorID, title string) {
	a.post(p, "rename", func() *wire.Error {
		if title == a.thread.Title {
			return nil
		}
		a.record(event.Renamed{Title: title}, author, a.cfg.NewClient(), 0)
		for _, l := range a.lines {
			l.due = true // a join has the title
		}
		return nil
	})
}
