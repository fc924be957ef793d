package client

import (
	"context"
	"errors"
	"fmt"
	"time"

	"parodywave/eventlog/ot"

	"github.com/oklog/ulid/v2"
)

// ErrClosed: the client was closed.
var ErrClosed = errors.New("client is closed")

// ErrDiverged is wrapped when the server contradicts what the client has: one of
// them has lost or altered an edit.
var ErrDiverged = errors.New("client and server disagree")

// Options configure a Client.
type Options struct {
	URL    string // of the server
	User   string // name of the author
	Thread string // id of the thread; if it is empty, a thread is opened
	Title  string // of a thread that is opened

	PushMax    int // changes in a push; 0: 256
	PendingMax int // Edit waits while that many changes are pending; 0: 2048

	// OnUpdate is called for every entry of the stream, once it is applied.
	OnUpdate func(Update)
}

// An Update is an entry of the stream, as this client received it.
type Update struct {
	Rev          uint64
	User, Author string
	Client       string // empty for records that are no change
	Seq          uint64
	At           int64     // server's time, Unix milliseconds
	Kind         string    // empty for a change
	Change       ot.Change // as it is in the log
	Own          bool      // a pending change of this client came back: it is on disk
	Typed        time.Time // if Own: when Edit was called
	Received     time.Time
	Digest       uint64 // as in a Note; set for OnUpdate
}

// A Client is an editor in text mode.
type Client struct {
	o  Options
	id string
	connection

	// All below is guarded by connection.mu.
	thread  string
	title   string
	text    *Text
	pending []ot.Change
	typed   []time.Time // of each pending change
	seq     uint64      // of the last pending change, or of the last confirmed
	rebaser ot.Rebaser
	sent    int    // pending changes that are in flight, the first ones
	pushMax int    // now; smaller after a stale
	pullTo  uint64 // nothing is pushed before rev reaches it
	stales  int    // in a row
}

// Dial connects and joins. A lost connection is made again, until Close or an
// error.
func Dial(ctx context.Context, o Options) (*Client, error) {
	if o.PushMax == 0 {
		o.PushMax = 256
	}
	if o.PendingMax == 0 {
		o.PendingMax = 2048
	}
	c := &Client{o: o, id: ulid.Make().String(), thread: o.Thread, pushMax: o.PushMax}
	if err := c.start(ctx, o.User, c.connect, c.serve); err != nil {
		return nil, err
	}
	return c, nil
}

// ID returns the client's id, a ULID.
func (c *Client) ID() string { return c.id }

// Thread returns the id of the thread.
func (c *Client) Thread() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.thread
}

// Edit applies the change that f returns for the current text, and queues it for
// the server. It waits while PendingMax changes are pending. f must not keep the
// text.
func (c *Client) Edit(f func(*Text) ot.Change) error {
	c.mu.Lock()
	for c.err == nil && len(c.pending) >= c.o.PendingMax {
		c.changed.Wait()
	}
	if c.err != nil {
		defer c.mu.Unlock()
		return c.err
	}
	change := f(c.text)
	if change.Len() != c.text.Len() {
		defer c.mu.Unlock()
		return fmt.Errorf("edit a text of %d units: %w: the change is for %d", c.text.Len(), ot.ErrLength, change.Len())
	}
	c.text.Apply(change)
	c.pending = append(c.pending, change)
	c.typed = append(c.typed, time.Now())
	c.seq++
	c.unlockAndPush()
	return nil
}

// Splice replaces n units at pos with insert.
func (c *Client) Splice(pos, n int, insert string) error {
	units, err := ot.Units(insert)
	if err != nil {
		return err
	}
	return c.Edit(func(t *Text) ot.Change { return ot.Replace(t.Len(), pos, pos+n, units) })
}

// View calls f with the text, the revision below the pending changes, and their
// number. f must not keep the text.
func (c *Client) View(f func(t *Text, rev uint64, pending int)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f(c.text, c.rev, len(c.pending))
}

// String returns the text.
func (c *Client) String() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.text.String()
}

// Typed returns how many changes were typed; it is the seq of the last one.
func (c *Client) Typed() uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.seq
}

// Settle waits until all typed changes have come back.
func (c *Client) Settle(ctx context.Context) error {
	return c.wait(ctx, func() bool { return len(c.pending) == 0 })
}

// Cut drops the connection, as a bad network would. The client resumes.
func (c *Client) Cut() {
	c.mu.Lock()
	l := c.link
	c.mu.Unlock()
	if l != nil {
		_ = l.conn.NetConn().Close()
	}
}

// diverged returns an error that wraps ErrDiverged. The caller holds mu.
func (c *Client) diverged(format string, args ...any) error {
	return fmt.Errorf("%s (client %s) in thread %s at revision %d: %w: %s",
		c.o.User, c.id, c.thread, c.rev, ErrDiverged, fmt.Sprintf(format, args...))
}
