// Package pool runs costly work beside the goroutines that own threads.
//
// The owner of a thread does only what is bounded by the edit at hand. Whatever reads
// history, compares texts or carries an edit over many others is work for a Pool: it
// has one worker less than the machine has cores, and at least one, so that typing
// keeps its share. Work that has the same key, and has not ended, is done once for all
// who asked. It is cancelled when the last of them has left. Where as much work waits as
// may, more is refused: the sender gets unavailable (503, with Retry-After).
//
// For example, 40 clients that come back after a restart and were at one revision read
// its history once:
//
//	events, err := pool.Do(ctx, p, "events/"+stream+"@700", func(ctx context.Context) ([]event.Event, error) {
//		return readEvents(ctx, log, stream, 700)
//	})
//
// They share the result, and must not change it.
package pool

import (
	"context"
	"runtime"
	"sync"

	"parodywave/server/internal/wire"
)

// Waiting is how many pieces of work may wait for a worker of New's pools.
const Waiting = 64

// A Pool has workers. Its methods and Do may be called concurrently. With a nil Pool, Do
// works in the caller's goroutine.
type Pool struct {
	workers chan struct{} // has an element for each one that works
	waiting chan struct{} // has an element for each piece of work that has not ended
	ctx     context.Context
	stop    context.CancelFunc

	mu    sync.Mutex
	calls map[string]*call // work that has not ended and that others may join, by key
}

// A call is a piece of work.
type call struct {
	key    string
	users  int // who wait for it; guarded by the pool's mu
	cancel context.CancelFunc
	done   chan struct{} // closed: value and err are set
	value  any
	err    error
}

// Workers is how many workers New's pools have: one less than there are cores, but at
// least one.
func Workers() int { return max(1, runtime.GOMAXPROCS(0)-1) }

// New returns a pool.
func New() *Pool { return sized(Workers(), Waiting) }

func sized(workers, waiting int) *Pool {
	ctx, stop := context.WithCancel(context.Background())
	return &Pool{
		workers: make(chan struct{}, workers), waiting: make(chan struct{}, workers+waiting),
		ctx: ctx, stop: stop, calls: map[string]*call{},
	}
}

// Close cancels all work, and refuses any later.
func (p *Pool) Close() {
	if p != nil {
		p.stop()
	}
}

var (
	errBusy    = wire.Errorf(wire.Unavailable, "the server reads as much history as it may now: nothing was changed, try again in a second")
	errStopped = wire.Errorf(wire.Unavailable, "the server is stopping: connect again")
)

// Do has a worker do work, and returns its result. Calls with the same key share one
// result, unless the key is empty; work must be the same for all of them. The error is
// from work or from ctx, or a *wire.Error if the pool refuses.
func Do[T any](ctx context.Context, p *Pool, key string, work func(context.Context) (T, error)) (T, error) {
	var none T
	if p == nil {
		return work(ctx)
	}
	c, err := p.join(key, func(ctx context.Context) (any, error) { return work(ctx) })
	if err != nil {
		return none, err
	}
	defer p.leave(c)
	select {
	case <-c.done:
	case <-ctx.Done():
		return none, ctx.Err()
	}
	if c.err != nil {
		return none, c.err
	}
	return c.value.(T), nil
}

// join returns the call with this key, or begins it.
func (p *Pool) join(key string, work func(context.Context) (any, error)) (*call, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ctx.Err() != nil {
		return nil, errStopped
	}
	if c := p.calls[key]; key != "" && c != nil {
		c.users++
		return c, nil
	}
	select {
	case p.waiting <- struct{}{}:
	default:
		return nil, errBusy
	}
	ctx, cancel := context.WithCancel(p.ctx)
	c := &call{key: key, users: 1, cancel: cancel, done: make(chan struct{})}
	if key != "" {
		p.calls[key] = c
	}
	go func() {
		c.value, c.err = p.run(ctx, work)
		close(c.done)
		p.mu.Lock()
		p.forget(c)
		p.mu.Unlock()
		cancel()
		<-p.waiting
	}()
	return c, nil
}

// run does work when a worker is free.
func (p *Pool) run(ctx context.Context, work func(context.Context) (any, error)) (any, error) {
	select {
	case p.workers <- struct{}{}:
	case <-ctx.Done():
		if p.ctx.Err() != nil {
			return nil, errStopped
		}
		return nil, ctx.Err()
	}
	defer func() { <-p.workers }()
	value, err := work(ctx)
	if err != nil && p.ctx.Err() != nil {
		err = errStopped
	}
	return value, err
}

// leave cancels a call that nobody waits for any more.
func (p *Pool) leave(c *call) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if c.users--; c.users == 0 {
		p.forget(c)
		c.cancel()
	}
}

// forget has the next call with c's key begin its own work. The caller holds mu.
func (p *Pool) forget(c *call) {
	if p.calls[c.key] == c {
		delete(p.calls, c.key)
	}
}
