package client

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"parodywave/eventlog/ot"

	"github.com/oklog/ulid/v2"
)

// ErrClosed: the client was closed.
var ErrClosed = errors.New("client is closed")

// ErrDiverged is wrapped when the client holds something that the server
// contradicts: one of the two has lost or altered an edit.
var ErrDiverged = errors.New("client and server disagree")

// Options say who types where.
type Options struct {
	URL    string // of the server
	User   string // who types
	Thread string // id of the thread; where it is empty, one is opened with
	Title  string // this title

	PushMax    int // changes in a push; 0: 256
	PendingMax int // from so many pending changes on Edit waits; 0: 2048

	// OnUpdate is called for every entry of the stream, once it is applied.
	OnUpdate func(Update)
}

// An Update is an entry of the stream, as this client got it.
type Update struct {
	Rev          uint64
	User, Author string
	Client       string // empty for records that are no change
	Seq          uint64
	At           int64     // server's time, Unix milliseconds
	Kind         string    // empty for a change
	Change       ot.Change // as it is in the log
	Own          bool      // a pending change of this client came back: it is on disk
	Typed        time.Time // of an own one: when Edit was called
	Received     time.Time
	Digest       uint64 // as of a Note; set for OnUpdate
}

// A Client is an editor in text mode.
type Client struct {
	o      Options
	id     string
	ctx    context.Context
	cancel context.CancelFunc
	done   chan struct{} // closed: the reader has ended

	mu      sync.Mutex
	changed sync.Cond // of mu: anything below
	thread  string
	title   string
	text    *Text
	rev     uint64
	chain   string // at rev; empty within a frame
	pending []ot.Change
	typed   []time.Time // of each pending change
	seq     uint64      // of the last pending change, or of the last confirmed
	rebaser ot.Rebaser
	sent    int    // pending changes that are in flight, the first ones
	pushMax int    // now; smaller after a stale
	pullTo  uint64 // nothing is pushed before rev is there
	stales  int    // in a row
	link    *link  // nil while there is no connection
	err     error
	stats   Stats
}

// Stats count what happened to a client.
type Stats struct {
	Pushes   int // sent
	Resumes  int // connections made again
	Stales   int // pushes refused as stale
	Beacons  int // digests that agreed with the text
	Received int // entries
}

// Dial connects and joins. The connection is kept up until Close or an error.
func Dial(ctx context.Context, o Options) (*Client, error) {
	if o.PushMax == 0 {
		o.PushMax = 256
	}
	if o.PendingMax == 0 {
		o.PendingMax = 2048
	}
	c := &Client{o: o, id: ulid.Make().String(), thread: o.Thread, pushMax: o.PushMax, done: make(chan struct{})}
	c.changed.L = &c.mu
	c.ctx, c.cancel = context.WithCancel(context.WithoutCancel(ctx))
	l, err := c.connect(ctx)
	if err != nil {
		c.cancel()
		return nil, err
	}
	go c.run(l)
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

// Edit has f make a change for the text as it is now, and types it. It waits
// while PendingMax changes are pending. f must not keep the text.
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
		return fmt.Errorf("edit of a text of %d units: %w: change is for %d", c.text.Len(), ot.ErrLength, change.Len())
	}
	c.text.Apply(change)
	c.pending = append(c.pending, change)
	c.typed = append(c.typed, time.Now())
	c.seq++
	c.unlockAndPush()
	return nil
}

// Splice types insert in the place of n units from pos on.
func (c *Client) Splice(pos, n int, insert string) error {
	units, err := ot.Units(insert)
	if err != nil {
		return err
	}
	return c.Edit(func(t *Text) ot.Change { return ot.Replace(t.Len(), pos, pos+n, units) })
}

// View calls f with the text and the revision under it. f must not keep the text.
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

// Rev returns the newest revision that the client has.
func (c *Client) Rev() uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.rev
}

// Typed returns how many changes were typed, which is the seq of the last.
func (c *Client) Typed() uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.seq
}

// Stats returns what was counted.
func (c *Client) Stats() Stats {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.stats
}

// Err returns what ended the client, nil while it lives.
func (c *Client) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}

// Settle waits until everything typed has come back.
func (c *Client) Settle(ctx context.Context) error {
	return c.wait(ctx, func() bool { return len(c.pending) == 0 })
}

// Reach waits until the client has a revision.
func (c *Client) Reach(ctx context.Context, rev uint64) error {
	return c.wait(ctx, func() bool { return c.rev >= rev })
}

func (c *Client) wait(ctx context.Context, until func() bool) error {
	defer context.AfterFunc(ctx, c.wake)()
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.err == nil && ctx.Err() == nil && !until() {
		c.changed.Wait()
	}
	switch {
	case c.err != nil:
		return c.err
	case !until():
		return fmt.Errorf("%s at revision %d, %d pending: %w", c.o.User, c.rev, len(c.pending), ctx.Err())
	}
	return nil
}

func (c *Client) wake() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.changed.Broadcast()
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

// Close leaves. What is pending is given up. It returns what ended the client
// before, if something had.
func (c *Client) Close() error {
	c.fail(ErrClosed)
	<-c.done
	if err := c.Err(); !errors.Is(err, ErrClosed) {
		return err
	}
	return nil
}

// fail ends the client; the first error stays.
func (c *Client) fail(err error) {
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

// diverged ends the client because of what the server said.
func (c *Client) diverged(format string, args ...any) error {
	return fmt.Errorf("%s (client %s) in thread %s at revision %d: %w: %s",
		c.o.User, c.id, c.thread, c.rev, ErrDiverged, fmt.Sprintf(format, args...))
}

// Pending returns the changes that have not come back.
func (c *Client) Pending() []ot.Change {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := slices.Clone(c.pending)
	for i := range out {
		out[i] = out[i].Clone()
	}
	return out
}
