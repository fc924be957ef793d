package client

import "time"

// pushBytes is the size at which a push gets no further change.
const pushBytes = 256 << 10

// unavailablePause is the wait before a push is sent again that the log could not
// store.
const unavailablePause = 50 * time.Millisecond

// unlockAndPush releases mu, and sends pending changes unless a push is in flight
// or entries are missing.
func (c *Client) unlockAndPush() {
	l := c.link
	if l == nil || c.sent > 0 || len(c.pending) == 0 || c.rev < c.pullTo || c.err != nil {
		c.mu.Unlock()
		return
	}
	first := c.seq - uint64(len(c.pending)) + 1
	frame, n := appendPush(nil, c.id, first, c.rev, c.pending[:min(len(c.pending), c.pushMax)], pushBytes)
	c.sent = n
	c.stats.Pushes++
	c.mu.Unlock()
	if l.send(frame) != nil {
		_ = l.conn.Close() // the goroutine that reads connects again
	}
}

// refused handles an error frame about a push. It returns an error if the client
// cannot continue.
func (c *Client) refused(f *frame) error {
	c.mu.Lock()
	switch {
	case f.Code == "unavailable":
		l := c.link
		time.AfterFunc(unavailablePause, func() {
			c.mu.Lock()
			if c.link == l { // otherwise the client has resumed
				c.sent = 0
			}
			c.unlockAndPush()
		})
		c.mu.Unlock()
		return nil
	case f.Code == "stale" && f.Head != nil:
		c.stats.Stales++
		if c.stales++; *f.Head < c.rev || c.stales > 32 {
			defer c.mu.Unlock()
			return c.diverged("stale with head %d, %d times in a row: %s", *f.Head, c.stales, f.message())
		}
		c.sent, c.pullTo, c.pushMax = 0, *f.Head, max(c.pushMax/2, 1)
		c.unlockAndPush()
		return nil
	}
	c.mu.Unlock()
	return f.refusal()
}
