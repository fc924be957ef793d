package client

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// A connection is what a Client and a Reader have in common: their place in the
// stream, and a WebSocket (link) that is replaced when it is lost.
type connection struct {
	user   string
	ctx    context.Context // done once the client ends; see fail
	cancel context.CancelFunc
	done   chan struct{} // closed when the reading goroutine has ended

	mu      sync.Mutex
	changed sync.Cond // on mu; broadcast after a change of a field below or of the Client's or Reader's own
	rev     uint64    // of the last entry received
	chain   string    // at rev; valid only between two frames, which carry it at their end
	link    *link     // nil while disconnected
	err     error     // ended the client; the first one stays
	stats   Stats
}

// Stats count what happened to a client.
type Stats struct {
	Pushes   int // pushes sent
	Resumes  int // reconnections
	Stales   int // pushes refused as stale
	Beacons  int // beacons whose digest matched the text
	Received int // entries received
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
			l = c.reconnect(connect)
		}
	}()
	return nil
}

// reconnect tries until it has a link. It returns nil if the client ends: it was
// closed, it diverged, or the server refused it with a code other than unavailable.
func (c *connection) reconnect(connect func(context.Context) (*link, error)) *link {
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

// Reach waits until the client has received a revision.
func (c *connection) Reach(ctx context.Context, rev uint64) error {
	return c.wait(ctx, func() bool { return c.rev >= rev })
}

// wait waits until a condition holds. It checks the condition under mu.
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
		return fmt.Errorf("%s is still at revision %d: %w", c.user, c.rev, ctx.Err())
	}
	return nil
}

// Close ends the client without waiting for pending changes. It returns the error that
// ended the client before, if any.
func (c *connection) Close() error {
	c.fail(ErrClosed)
	<-c.done
	if err := c.Err(); !errors.Is(err, ErrClosed) {
		return err
	}
	return nil
}

// fail ends the client with an error, unless another error has ended it.
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
