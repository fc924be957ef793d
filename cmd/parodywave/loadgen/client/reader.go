package client

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/gorilla/websocket"
	"github.com/oklog/ulid/v2"
)

// ReaderOptions say who reads where.
type ReaderOptions struct {
	URL    string // of the server
	User   string // who reads
	Thread string // id of the thread

	Frames *Frames // of the thread, shared by its readers; nil: of its own

	// OnBatch is called for every frame of the stream, with the moment at which
	// it had been read and decoded.
	OnBatch func(*Batch, time.Time)
}

// A Reader follows a thread in text mode and keeps no text: it costs as little
// as it can, so that many of them say how fast the server is and not how fast
// they are. What comes is OnBatch's to judge; the Reader goes on after a
// revision that is missing or comes twice, and ends when two frames contradict
// each other.
type Reader struct {
	o      ReaderOptions
	id     string
	ctx    context.Context
	cancel context.CancelFunc
	done   chan struct{}

	mu      sync.Mutex
	changed sync.Cond
	rev     uint64
	chain   string
	link    *link
	err     error
	stats   Stats
}

// DialReader connects and joins. The connection is kept up until Close or an error.
func DialReader(ctx context.Context, o ReaderOptions) (*Reader, error) {
	if o.Frames == nil {
		o.Frames = new(Frames)
	}
	r := &Reader{o: o, id: ulid.Make().String(), done: make(chan struct{})}
	r.changed.L = &r.mu
	r.ctx, r.cancel = context.WithCancel(context.WithoutCancel(ctx))
	l, err := r.connect(ctx)
	if err != nil {
		r.cancel()
		return nil, err
	}
	go r.run(l)
	return r, nil
}

// Rev returns the revision of the last entry that came.
func (r *Reader) Rev() uint64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.rev
}

// Stats returns what was counted.
func (r *Reader) Stats() Stats {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.stats
}

// Err returns what ended the reader, nil while it lives.
func (r *Reader) Err() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.err
}

// Reach waits until the reader has a revision.
func (r *Reader) Reach(ctx context.Context, rev uint64) error {
	defer context.AfterFunc(ctx, func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.changed.Broadcast()
	})()
	r.mu.Lock()
	defer r.mu.Unlock()
	for r.err == nil && ctx.Err() == nil && r.rev < rev {
		r.changed.Wait()
	}
	switch {
	case r.err != nil:
		return r.err
	case r.rev < rev:
		return fmt.Errorf("%s at revision %d of %d: %w", r.o.User, r.rev, rev, ctx.Err())
	}
	return nil
}

// Close leaves. It returns what ended the reader before, if something had.
func (r *Reader) Close() error {
	r.fail(ErrClosed)
	<-r.done
	if err := r.Err(); !errors.Is(err, ErrClosed) {
		return err
	}
	return nil
}

func (r *Reader) fail(err error) {
	r.mu.Lock()
	if r.err == nil {
		r.err = err
	}
	l := r.link
	r.changed.Broadcast()
	r.mu.Unlock()
	r.cancel()
	if l != nil {
		_ = l.conn.Close()
	}
}

func (r *Reader) run(l *link) {
	defer close(r.done)
	for l != nil {
		err := r.serve(l)
		_ = l.conn.Close()
		if r.ctx.Err() != nil {
			return
		}
		if err != nil {
			r.fail(err)
			return
		}
		l = r.again()
	}
}

// again connects until it succeeds; nil means that the reader has ended.
func (r *Reader) again() *link {
	var p pause
	for p.wait(r.ctx) {
		l, err := r.connect(r.ctx)
		if err == nil {
			return l
		}
		var refusal *Refusal
		if errors.Is(err, ErrDiverged) || errors.As(err, &refusal) && refusal.Code != "unavailable" {
			r.fail(err)
			return nil
		}
	}
	return nil
}

// connect makes a connection, and joins or resumes on it.
func (r *Reader) connect(ctx context.Context) (*link, error) {
	l, err := dial(ctx, r.o.URL)
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { _ = l.conn.Close() })
	var f *frame
	if err = l.send(joinFrame(r.o.User, r.o.Thread, r.id, r.rev, r.chain)); err == nil {
		f, err = l.answer("join")
	}
	if !stop() && err == nil {
		err = ctx.Err()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	switch first := r.chain == ""; {
	case err != nil:
	case first:
		r.rev, r.chain = f.Rev, f.Chain
	case f.Reset || f.Head == nil || f.Rev != r.rev:
		err = fmt.Errorf("%s: %w: a resume from revision %d is answered with %d", r.o.User, ErrDiverged, r.rev, f.Rev)
	default:
		r.stats.Resumes++
	}
	if err != nil {
		_ = l.conn.Close()
		return nil, err
	}
	r.link = l
	return l, nil
}

// serve takes frames in. It returns nil when the connection has ended, and an
// error when the reader has to.
func (r *Reader) serve(l *link) error {
	for {
		data, err := l.bytes()
		switch {
		case websocket.IsCloseError(err, closeReplaced):
			return fmt.Errorf("client %s joined over another connection", r.id)
		case err != nil:
			return nil
		case bytes.HasPrefix(data, plainUpdate):
			err = r.take(data)
		case !idle(data):
			err = r.listen(data)
		}
		if err != nil {
			return err
		}
	}
}

func (r *Reader) take(data []byte) error {
	b, err := r.o.Frames.read(data)
	if err != nil {
		return fmt.Errorf("%s after revision %d: %w", r.o.User, r.rev, err)
	}
	if r.o.OnBatch != nil {
		r.o.OnBatch(b, time.Now())
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.rev, r.chain = b.Rev, b.Chain
	r.stats.Received += len(b.Notes)
	r.changed.Broadcast()
	return nil
}

// listen hears what else there is.
func (r *Reader) listen(data []byte) error {
	f, err := decode(data)
	switch {
	case err != nil:
		return err
	case f.Type == "update" && len(f.Updates) > 0:
		return r.take(data) // written in some other way
	case f.Type == "error" && f.Code != "rate_limited" && f.Code != "unavailable":
		return f.refusal()
	case f.Type != "beacon":
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if f.Rev == r.rev && f.Chain != r.chain {
		return fmt.Errorf("%s: %w: at revision %d the beacon's chain is %s and the stream's %s", r.o.User, ErrDiverged, r.rev, f.Chain, r.chain)
	}
	r.stats.Beacons++
	return nil
}
