package client

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// ErrLost: the connection was lost before the receipt came, or before the edit
// was sent. It may be in the log or not.
var ErrLost = errors.New("no receipt: the connection was lost")

// A Line is a line as line mode is told of it.
type Line struct {
	Value     string `json:"value"`
	User      string `json:"user"`
	Submitted bool   `json:"submitted"`
}

// LineOptions say who types where in line mode.
type LineOptions struct {
	URL    string
	User   string
	Thread string // id of the thread; where it is empty, one is opened with
	Title  string // this title

	// OnLine is called for every update, the own receipts included.
	OnLine func(LineUpdate)
}

// A LineUpdate says what a line now reads.
type LineUpdate struct {
	Line     int
	Rev      uint64
	Mine     bool
	Received time.Time
	Now      Line
}

// A Receipt says that an edit is on disk.
type Receipt struct {
	LineUpdate
	Sent time.Time
}

// A LineClient is a client in line mode.
type LineClient struct {
	o      LineOptions
	ctx    context.Context
	cancel context.CancelFunc
	done   chan struct{}

	mu      sync.Mutex
	changed sync.Cond
	thread  string
	lines   []Line
	rev     uint64
	sent    []*sentLine // without a receipt, in order
	link    *link
	current *link // the connection on which a line became current; nil: none is
	err     error
}

// A sentLine waits for its receipt.
type sentLine struct {
	at      time.Time
	receipt chan Receipt // has room for one; closed when it is lost
}

// DialLine connects and joins. The connection is kept up until Close or an error.
func DialLine(ctx context.Context, o LineOptions) (*LineClient, error) {
	c := &LineClient{o: o, thread: o.Thread, done: make(chan struct{})}
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

// Thread returns the id of the thread.
func (c *LineClient) Thread() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.thread
}

// Lines returns all lines and the revision of the newest message about them.
func (c *LineClient) Lines() ([]Line, uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.lines), c.rev
}

// New starts a line at the end and waits for the receipt.
func (c *LineClient) New(ctx context.Context, value string) (Receipt, error) {
	return c.edit(ctx, beginsLine, `{"type":"new","value":`+text(value)+`}`)
}

// Update has the current line read value; with none it starts one. A current
// line goes with its connection: the error wraps ErrLost when that was lost
// since, and nothing is sent.
func (c *LineClient) Update(ctx context.Context, value string) (Receipt, error) {
	return c.edit(ctx, goesOn, `{"type":"update","value":`+text(value)+`}`)
}

// UpdateAt has the line that stood at an index at a revision read value, and
// makes it current.
func (c *LineClient) UpdateAt(ctx context.Context, line int, rev uint64, value string) (Receipt, error) {
	return c.edit(ctx, beginsLine, fmt.Sprintf(`{"type":"update","line":%d,"rev":%d,"value":%s}`, line, rev, text(value)))
}

// Submit is Update, and the line is finished and current no more.
func (c *LineClient) Submit(ctx context.Context, value string) (Receipt, error) {
	return c.edit(ctx, endsLine, `{"type":"submit","value":`+text(value)+`}`)
}

// What an edit does to the current line.
const (
	beginsLine = iota
	goesOn
	endsLine
)

// edit sends a frame and waits for its receipt. The error wraps ErrLost when
// the connection ended before.
func (c *LineClient) edit(ctx context.Context, what int, frame string) (Receipt, error) {
	c.mu.Lock()
	if c.err != nil {
		defer c.mu.Unlock()
		return Receipt{}, c.err
	}
	l := c.link
	if l == nil || what != beginsLine && c.current != nil && c.current != l {
		c.current = nil
		c.mu.Unlock()
		return Receipt{}, ErrLost
	}
	if c.current = l; what == endsLine {
		c.current = nil
	}
	s := &sentLine{at: time.Now(), receipt: make(chan Receipt, 1)}
	c.sent = append(c.sent, s)
	err := l.send([]byte(frame)) // under mu: the receipts come in the order of sending
	c.mu.Unlock()
	if err != nil {
		_ = l.conn.Close()
	}
	select {
	case r, ok := <-s.receipt:
		if !ok {
			if err := c.Err(); err != nil {
				return Receipt{}, err
			}
			return Receipt{}, ErrLost
		}
		return r, nil
	case <-ctx.Done():
		return Receipt{}, fmt.Errorf("%s waits for a receipt: %w", c.o.User, ctx.Err())
	}
}

// Joined waits until the client is connected and has the lines.
func (c *LineClient) Joined(ctx context.Context) error {
	return c.Until(ctx, func([]Line) bool { return c.link != nil })
}

// Until waits until the lines are as f wants them. f must not keep them.
func (c *LineClient) Until(ctx context.Context, f func([]Line) bool) error {
	defer context.AfterFunc(ctx, c.wake)()
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.err == nil && ctx.Err() == nil && !f(c.lines) {
		c.changed.Wait()
	}
	switch {
	case c.err != nil:
		return c.err
	case !f(c.lines):
		return fmt.Errorf("%s waits at revision %d: %w", c.o.User, c.rev, ctx.Err())
	}
	return nil
}

func (c *LineClient) wake() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.changed.Broadcast()
}

// Err returns what ended the client, nil while it lives.
func (c *LineClient) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}

// Close leaves. It returns what ended the client before, if something had.
func (c *LineClient) Close() error {
	c.fail(ErrClosed)
	<-c.done
	if err := c.Err(); !errors.Is(err, ErrClosed) {
		return err
	}
	return nil
}

func (c *LineClient) fail(err error) {
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

func (c *LineClient) connect(ctx context.Context) (*link, error) {
	l, err := dial(ctx, c.o.URL)
	if err != nil {
		return nil, err
	}
	ask := `{"type":"open","user":` + text(c.o.User) + `,"title":` + text(c.o.Title) + `}`
	if c.thread != "" {
		ask = `{"type":"join","user":` + text(c.o.User) + `,"id":"` + c.thread + `"}`
	}
	stop := context.AfterFunc(ctx, func() { _ = l.conn.Close() })
	defer stop()
	var f *frame
	if err = l.send([]byte(ask)); err == nil {
		f, err = l.answer("join")
	}
	if err != nil {
		_ = l.conn.Close()
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.thread, c.link = f.Thread, l
	c.lines, c.rev = f.Data, f.Rev
	c.changed.Broadcast()
	return l, nil
}

// run reads until the client ends, and makes lost connections again.
func (c *LineClient) run(l *link) {
	defer close(c.done)
	for l != nil {
		err := c.serve(l)
		if err != nil {
			c.fail(err)
		}
		c.mu.Lock()
		c.link = nil
		for _, s := range c.sent {
			close(s.receipt)
		}
		c.sent = nil
		c.changed.Broadcast()
		c.mu.Unlock()
		_ = l.conn.Close()
		if c.ctx.Err() != nil {
			return
		}
		l = c.again()
	}
}

func (c *LineClient) again() *link {
	var p pause
	for p.wait(c.ctx) {
		l, err := c.connect(c.ctx)
		if err == nil {
			return l
		}
		var refusal *Refusal
		if errors.As(err, &refusal) && refusal.Code != "unavailable" {
			c.fail(err)
			return nil
		}
	}
	return nil
}

// serve takes frames in; a nil error means that the connection has ended.
func (c *LineClient) serve(l *link) error {
	for {
		f, err := l.read()
		if websocket.IsCloseError(err, closeReplaced) {
			return fmt.Errorf("%s joined over another connection", c.o.User)
		}
		if err != nil {
			return nil
		}
		switch f.Type {
		case "update":
			if f.Updates == nil {
				err = c.take(f)
			}
		case "join":
			c.mu.Lock()
			c.lines, c.rev = f.Data, f.Rev
			c.changed.Broadcast()
			c.mu.Unlock()
		case "error":
			if f.Code == "unavailable" || f.Code == "rate_limited" {
				return nil // as if it were lost: the sender compares
			}
			err = f.refusal()
		}
		if err != nil {
			return err
		}
	}
}

func (c *LineClient) take(f *frame) error {
	line := Line{f.Value, f.User, f.Submitted}
	u := LineUpdate{Line: f.Line, Rev: f.Rev, Mine: f.Mine, Received: time.Now(), Now: line}
	if c.o.OnLine != nil {
		c.o.OnLine(u)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.changed.Broadcast()
	switch n := len(c.lines); {
	case f.Line >= 0 && f.Line < n:
		c.lines[f.Line] = line
	case f.Line == n:
		c.lines = append(c.lines, line)
	case !f.Mine || f.Line > n:
		return fmt.Errorf("%s: %w: line %d of %d", c.o.User, ErrDiverged, f.Line, n)
	}
	c.rev = max(c.rev, f.Rev)
	if f.Mine {
		if len(c.sent) == 0 {
			return fmt.Errorf("%s: %w: a receipt for nothing, revision %d", c.o.User, ErrDiverged, f.Rev)
		}
		c.sent[0].receipt <- Receipt{u, c.sent[0].at}
		c.sent = c.sent[1:]
	}
	return nil
}
