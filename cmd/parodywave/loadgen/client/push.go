package client

import "time"

// pushBytes is the size from which on a push takes no further change.
const pushBytes = 256 << 10

// unavailablePause is how long to wait before sending again what the log could
// not take.
const unavailablePause = 50 * time.Millisecond

// unlockAndPush releases mu, and sends what is pending if it is time to.
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
		_ = l.conn.Close() // the reader makes a new one
	}
}

// refused deals with an error frame about a push. It returns an error when
// there is no going on.
func (c *Client) refused(f *frame) error {
	c.mu.Lock()
	switch {
	case f.Code == "unavailable":
		l := c.link
		time.AfterFunc(unavailablePause, func() {
			c.mu.Lock()
			if c.link == l { // otherwise a resume has done it
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
