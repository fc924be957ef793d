package client

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"parodywave/eventlog/ot"

	"github.com/gorilla/websocket"
)

// connect makes a link, and joins or resumes the thread on it.
func (c *Client) connect(ctx context.Context) (*link, error) {
	l, err := dial(ctx, c.o.URL)
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { _ = l.conn.Close() })
	err = c.join(l)
	if !stop() && err == nil {
		err = ctx.Err()
	}
	if err != nil {
		_ = l.conn.Close()
		return nil, err
	}
	c.mu.Lock()
	c.link = l
	c.unlockAndPush()
	return l, nil
}

func (c *Client) join(l *link) error {
	if c.thread == "" {
		if err := l.send([]byte(`{"type":"open","user":` + text(c.o.User) + `,"title":` + text(c.o.Title) + `}`)); err != nil {
			return err
		}
		f, err := l.answer("join")
		if err != nil {
			return err
		}
		c.mu.Lock()
		c.thread = f.Thread
		c.mu.Unlock()
	}
	if err := l.send(joinFrame(c.o.User, c.thread, c.id, c.rev, c.chain)); err != nil {
		return err
	}
	f, err := l.answer("join")
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.joined(f)
}

// joined applies the answer to a join.
func (c *Client) joined(f *frame) error {
	c.title, c.sent = f.Title, 0
	if c.text == nil {
		if f.Text == nil {
			return c.diverged("the answer to a first join has no text")
		}
		units, err := ot.Units(*f.Text)
		if err != nil {
			return err
		}
		c.text, c.rev, c.chain = NewText(units), f.Rev, f.Chain
		return nil
	}
	c.stats.Resumes++
	switch {
	case f.Reset:
		return c.diverged("the server has a different log than before, with head %d", f.Rev)
	case f.Head == nil || f.Text != nil || f.Rev != c.rev:
		return c.diverged("the server answered the resume wrongly, with revision %d", f.Rev)
	}
	c.pullTo = *f.Head // pending changes wait until rev is there
	return nil
}

// serve handles frames until the link is lost, and then returns nil. Any error that it
// returns ends the client.
func (c *Client) serve(l *link) error {
	for {
		f, err := l.read()
		if websocket.IsCloseError(err, closeReplaced) {
			return fmt.Errorf("client %s joined again on another connection", c.id)
		}
		if err != nil {
			return nil
		}
		switch f.Type {
		case "update":
			err = c.update(f)
		case "beacon":
			err = c.compare(f)
		case "error":
			if f.Re == "update" {
				err = c.refused(f)
			} else if f.Code != "rate_limited" && f.Code != "unavailable" {
				err = f.refusal()
			}
		}
		if err != nil {
			return err
		}
	}
}

// update applies the entries of an update frame, and checks the revision at its end.
func (c *Client) update(f *frame) error {
	at := time.Now()
	for i := range f.Updates {
		u, err := c.apply(&f.Updates[i])
		if err != nil {
			return err
		}
		if u.Received = at; c.o.OnUpdate != nil {
			c.o.OnUpdate(u)
		}
	}
	c.mu.Lock()
	if f.Rev != c.rev {
		defer c.mu.Unlock()
		return c.diverged("a frame states revision %d at its end", f.Rev)
	}
	c.chain = f.Chain
	c.stats.Received += len(f.Updates)
	c.changed.Broadcast()
	c.unlockAndPush()
	return nil
}

// apply applies one entry: another client's change, this client's own, or a record
// without a change.
func (c *Client) apply(e *entry) (Update, error) {
	u := Update{Rev: e.Rev, User: e.User, Author: e.Author, Client: e.Client, Seq: e.Seq, At: e.At, Kind: e.Kind}
	if c.o.OnUpdate != nil {
		u.Digest = e.digest()
	}
	var err error
	if e.Changes != nil {
		u.Change, err = ot.Parse(e.Changes)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case err != nil:
		return u, c.diverged("revision %d: %v", e.Rev, err)
	case e.Rev != c.rev+1:
		return u, c.diverged("the next entry has revision %d", e.Rev)
	case e.Changes == nil:
		c.rev = e.Rev
		return u, c.checkLength(e)
	case e.Client == c.id && e.Kind == "":
		err = c.confirm(e, &u)
	default:
		err = c.merge(e, u.Change)
	}
	if err == nil {
		c.rev = e.Rev
	}
	return u, err
}

// confirm removes the first pending change, which has come back as an entry: it is on
// disk. The text has it already.
func (c *Client) confirm(e *entry, u *Update) error {
	if len(c.pending) == 0 {
		return c.diverged("the stream confirms seq %d, but no change is pending", e.Seq)
	}
	if first := c.seq - uint64(len(c.pending)) + 1; e.Seq != first {
		return c.diverged("the stream confirms seq %d, but the first pending change is seq %d", e.Seq, first)
	}
	if !c.pending[0].Equal(u.Change) {
		return c.diverged("the stream confirms seq %d as %v, but here it is %v", e.Seq, u.Change, c.pending[0])
	}
	u.Own, u.Typed = true, c.typed[0]
	c.pending, c.typed = c.pending[1:], c.typed[1:]
	if c.sent > 0 {
		c.sent--
	}
	c.stales, c.pushMax = 0, c.o.PushMax // the server accepts pushes again
	return nil
}

// merge rebases another client's entry over the pending changes and applies it.
func (c *Client) merge(e *entry, change ot.Change) error {
	if len(c.pending) > 0 {
		over, err := c.rebaser.Rebase(c.pending, change)
		if err != nil {
			return c.diverged("revision %d: %v", e.Rev, err)
		}
		change = over
	}
	if change.Len() != c.text.Len() {
		return c.diverged("revision %d changes a text of %d units, but the text has %d", e.Rev, change.Len(), c.text.Len())
	}
	c.text.Apply(change)
	return nil
}

// checkLength compares the length that an entry without a change states with the
// length of the text before the pending changes.
func (c *Client) checkLength(e *entry) error {
	length := c.text.Len()
	if len(c.pending) > 0 {
		length = c.pending[0].Len()
	}
	if e.Length != length {
		return c.diverged("%s at revision %d: the text has %d units on the server and %d here", e.Kind, e.Rev, e.Length, length)
	}
	return nil
}

// compare compares the chain and, if no change is pending, the text with a beacon of
// the same revision.
func (c *Client) compare(f *frame) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if f.Rev != c.rev {
		return nil
	}
	if f.Chain != c.chain {
		return c.diverged("the beacon has chain %s, but the stream has %s", f.Chain, c.chain)
	}
	if len(c.pending) > 0 {
		return nil
	}
	sum := sha256.Sum256(ot.AppendUTF8(nil, c.text.Units(0, c.text.Len())))
	if f.Length != c.text.Len() || f.SHA256 != hex.EncodeToString(sum[:]) {
		return c.diverged("the beacon states %d units with digest %s, but the text has %d with %x", f.Length, f.SHA256, c.text.Len(), sum)
	}
	c.stats.Beacons++
	return nil
}
