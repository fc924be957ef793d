package client

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// A connection is what a Client and a Reader have in common: one WebSocket, which
// is made again when it is lost.
type connection struct {
	user   string
	ctx    context.Context // of all that runs; cancel ends it
	cancel context.CancelFunc
	done   chan struct{} // closed when the goroutine that reads has ended

	mu      sync.Mutex
	changed sync.Cond // of mu: anything below, and the fields of a Client or a Reader
	rev     uint64
	chain   string // at rev, between two frames
	link    *link  // nil while there is no connection
	err     error
	stats   Stats
}

// Stats count what happened to a client.
type Stats struct {
	Pushes   int // sent
	Resumes  int // connections made again
	Stales   int // pushes refused as stale
	Beacons  int // digests that matched the text
	Received int // entries
}

// start makes the first connection with connect, and reads it with serve in a
// goroutine of its own until Close or an error. serve returns nil when the
// connection is lost.
func (c *connection) start(ctx context.Context, user string, connect func(context.Context) (*link, error), serve func(*link) error) error {
	c.user, c.done = user, make(chan struct{})
	c.changed.L = &c.mu
	c.ctx, c.cancel = context.WithCancel(context.WithoutCancel(ctx))
	l, err := connect(ctx)
	if err != nil {
		c.cancel()
		return err
	}
	go func() {
		defer close(c.done)
		for l != nil {
			err := serve(l)
			c.mu.Lock()
			c.link = nil
			c.mu.Unlock()
			_ = l.conn.Close()
			if c.ctx.Err() != nil {
				return
			}
			if err != nil {
				c.fail(err)
				return
			}
			l = c.again(connect)
		}
	}()
	return nil
}

// again connects until it succeeds; nil means that the client has ended.
func (c *connection) again(connect func(context.Context) (*link, error)) *link {
	var p pause
	for p.wait(c.ctx) {
		l, err := connect(c.ctx)
		if err == nil {
			return l
		}
		var refusal *Refusal
		if errors.Is(err, ErrDiverged) || errors.As(err, &refusal) && refusal.Code != "unavailable" {
			c.fail(err)
			return nil
		}
	}
	return nil
}

// Rev returns the newest revision received.
func (c *connection) Rev() uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.rev
}

// Stats returns the counters.
func (c *connection) Stats() Stats {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.stats
}

// Err returns the error that ended the client, nil while it runs.
func (c *connection) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}

// Reach waits until a revision is received.
func (c *connection) Reach(ctx context.Context, rev uint64) error {
	return c.wait(ctx, func() bool { return c.rev >= rev })
}

// wait waits until a condition holds, which is checked under mu.
func (c *connection) wait(ctx context.Context, until func() bool) error {
	defer context.AfterFunc(ctx, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.changed.Broadcast()
	})()
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.err == nil && ctx.Err() == nil && !until() {
		c.changed.Wait()
	}
	switch {
	case c.err != nil:
		return c.err
	case !until():
		return fmt.Errorf("%s waits at revision %d: %w", c.user, c.rev, ctx.Err())
	}
	return nil
}

// Close leaves, without waiting for pending changes. It returns the error that
// ended the client before, if any.
func (c *connection) Close() error {
	c.fail(ErrClosed)
	<-c.done
	if err := c.Err(); !errors.Is(err, ErrClosed) {
		return err
	}
	return nil
}

// fail ends the client; the first error stays.
func (c *connection) fail(err error) {
	c.mu.Lock()
	if c.err == nil {
		c.err = err
	}
	l := c.link
	c.changed.Broadcast()
	c.mu.Unlock()
	c.cancel()
	if l != nil {
		_ = l.conn.Close()
	}
}
