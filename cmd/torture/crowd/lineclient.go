package crowd

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"parodywave/cmd/parodywave/loadgen/client"

	"github.com/gorilla/websocket"
)

// ErrLost: the connection was lost before the receipt came, or before the edit
// was sent. It may be in the log or not.
var ErrLost = errors.New("no receipt: the connection was lost")

// A LineFrame is any message of line mode, in either direction.
type LineFrame struct {
	Type      string     `json:"type"`
	User      string     `json:"user,omitempty"`
	Title     string     `json:"title,omitempty"`
	ID        string     `json:"id,omitempty"`
	Thread    string     `json:"thread,omitempty"`
	Data      []LineText `json:"data,omitempty"`
	Line      *int       `json:"line,omitempty"`
	Rev       uint64     `json:"rev,omitempty"`
	Value     string     `json:"value,omitempty"`
	Submitted bool       `json:"submitted,omitempty"`
	Mine      bool       `json:"mine,omitempty"`
	Code      string     `json:"code,omitempty"`
	Text      string     `json:"text,omitempty"`
}

type LineText struct {
	Value     string `json:"value"`
	User      string `json:"user"`
	Submitted bool   `json:"submitted"`
}

// A LineClient is a client in line mode: it holds the lines as the server sends
// them, and matches receipts to edits in order. After a lost connection it joins
// again; edits without a receipt by then fail with ErrLost.
type LineClient struct {
	url, user, thread string
	onLine            func(*LineFrame) // is called for every update, receipts included
	ctx               context.Context
	cancel            context.CancelFunc
	done              chan struct{}

	mu      sync.Mutex
	changed sync.Cond // of mu: anything below
	lines   []LineText
	rev     uint64
	waiting []chan *LineFrame // for receipts; closed when the connection is lost
	conn    *websocket.Conn   // nil while there is no connection
	current *websocket.Conn   // the connection that has a current line
	err     error
}

// DialLine joins a thread or, if thread is "", opens one with a title. The
// connection is made again until Close or an error.
func DialLine(ctx context.Context, url, user, thread, title string, onLine func(*LineFrame)) (*LineClient, error) {
	c := &LineClient{url: url, user: user, thread: thread, onLine: onLine, done: make(chan struct{})}
	c.changed.L = &c.mu
	c.ctx, c.cancel = context.WithCancel(context.WithoutCancel(ctx))
	conn, err := Again(ctx, func() (*websocket.Conn, error) { return c.connect(title) })
	if err != nil {
		c.cancel()
		return nil, err
	}
	go c.run(conn)
	return c, nil
}

func (c *LineClient) connect(title string) (*websocket.Conn, error) {
	conn, _, err := websocket.DefaultDialer.DialContext(c.ctx, client.Endpoint(c.url), nil)
	if err != nil {
		return nil, err
	}
	ask := LineFrame{Type: "open", User: c.user, Title: title}
	if c.thread != "" {
		ask = LineFrame{Type: "join", User: c.user, ID: c.thread}
	}
	f := new(LineFrame)
	for err = conn.WriteJSON(ask); err == nil && f.Type != "join"; {
		f = new(LineFrame)
		if err = conn.ReadJSON(f); f.Type == "error" {
			err = c.refused(f)
		}
	}
	if err != nil {
		_ = conn.Close()
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.thread, c.conn, c.lines, c.rev = f.Thread, conn, f.Data, f.Rev
	c.changed.Broadcast()
	return conn, nil
}

// refused returns the error of an error message. One that trying again does not
// help ends the client.
func (c *LineClient) refused(f *LineFrame) error {
	err := fmt.Errorf("%s: %s: %s", c.user, f.Code, f.Text)
	if f.Code != "unavailable" && f.Code != "rate_limited" {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.err = err
	}
	return err
}

func (c *LineClient) run(conn *websocket.Conn) {
	defer close(c.done)
	for {
		c.serve(conn)
		_ = conn.Close()
		c.mu.Lock()
		c.conn = nil
		for _, w := range c.waiting {
			close(w)
		}
		c.waiting = nil
		c.changed.Broadcast()
		c.mu.Unlock()
		for err := ErrLost; err != nil; conn, err = c.connect("") {
			if sleep(c.ctx, 10*time.Millisecond); c.ctx.Err() != nil || c.err != nil {
				return
			}
		}
	}
}

// serve reads messages until the connection or the client has ended.
func (c *LineClient) serve(conn *websocket.Conn) {
	defer context.AfterFunc(c.ctx, func() { _ = conn.Close() })()
	for {
		f := new(LineFrame)
		switch err := conn.ReadJSON(f); {
		case err != nil:
			return
		case f.Type == "join":
			c.mu.Lock()
			c.lines, c.rev = f.Data, f.Rev
			c.changed.Broadcast()
			c.mu.Unlock()
		case f.Type == "update":
			c.onLine(f)
			c.mu.Lock()
			c.err = c.update(f)
			c.changed.Broadcast()
			c.mu.Unlock()
		case f.Type == "error":
			_ = c.refused(f)
			return // if it was only unavailable: as if the connection were lost
		}
		if c.err != nil {
			return
		}
	}
}

// update applies an update, and hands a receipt to its sender. The caller holds
// mu.
func (c *LineClient) update(f *LineFrame) error {
	line := LineText{f.Value, f.User, f.Submitted}
	switch n := len(c.lines); {
	case f.Line == nil:
		return fmt.Errorf("%s: an update without a line", c.user)
	case *f.Line >= 0 && *f.Line < n:
		c.lines[*f.Line] = line
	case *f.Line == n:
		c.lines = append(c.lines, line)
	case !f.Mine || *f.Line > n:
		return fmt.Errorf("%s: an update of line %d of %d", c.user, *f.Line, n)
	}
	c.rev = max(c.rev, f.Rev)
	if f.Mine {
		if len(c.waiting) == 0 {
			return fmt.Errorf("%s: a receipt for nothing, revision %d", c.user, f.Rev)
		}
		c.waiting[0] <- f
		c.waiting = c.waiting[1:]
	}
	return nil
}

// Create starts a line at the end.
func (c *LineClient) Create(value string) (*LineFrame, error) {
	return c.edit(LineFrame{Type: "new", Value: value})
}

// Change changes the current line, or starts one if there is none.
func (c *LineClient) Change(value string) (*LineFrame, error) {
	return c.edit(LineFrame{Type: "update", Value: value})
}

// ChangeAt changes the line that stood at an index at a revision, and makes it
// current.
func (c *LineClient) ChangeAt(line int, rev uint64, value string) (*LineFrame, error) {
	return c.edit(LineFrame{Type: "update", Line: &line, Rev: rev, Value: value})
}

// Submit changes the current line and finishes it.
func (c *LineClient) Submit(value string) (*LineFrame, error) {
	return c.edit(LineFrame{Type: "submit", Value: value})
}

// edit sends a message and waits for its receipt. A current line goes with its
// connection: then nothing is sent, and the error is ErrLost.
func (c *LineClient) edit(f LineFrame) (*LineFrame, error) {
	c.mu.Lock()
	conn := c.conn
	starts := f.Type == "new" || f.Line != nil
	switch {
	case c.err != nil:
		defer c.mu.Unlock()
		return nil, c.err
	case conn == nil || !starts && c.current != nil && c.current != conn:
		defer c.mu.Unlock()
		c.current = nil
		return nil, ErrLost
	}
	if c.current = conn; f.Type == "submit" {
		c.current = nil
	}
	receipt := make(chan *LineFrame, 1)
	c.waiting = append(c.waiting, receipt)
	if conn.WriteJSON(f) != nil { // under mu: receipts come in the order of sending
		_ = conn.Close()
	}
	c.mu.Unlock()
	if r := <-receipt; r != nil {
		return r, nil
	}
	return nil, ErrLost
}

// Joined waits until the client is connected, and returns the lines and their
// revision.
func (c *LineClient) Joined() ([]LineText, uint64, error) {
	return c.Until(func([]LineText) bool { return c.conn != nil })
}

// Until waits until the lines satisfy f, and returns them and their revision.
func (c *LineClient) Until(f func([]LineText) bool) ([]LineText, uint64, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.err == nil && c.ctx.Err() == nil && !f(c.lines) {
		c.changed.Wait()
	}
	return slices.Clone(c.lines), c.rev, errors.Join(c.err, c.ctx.Err())
}

// Thread returns the id of the thread.
func (c *LineClient) Thread() string { return c.thread }

// Close leaves. It returns the error that ended the client before, if any.
func (c *LineClient) Close() error {
	c.cancel()
	<-c.done
	c.mu.Lock()
	defer c.mu.Unlock()
	c.changed.Broadcast()
	return c.err
}
