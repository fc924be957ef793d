package snapshot

import (
	"context"
	"errors"

	"parodywave/eventlog"
	"parodywave/projection"
)

// A follow is what a running server's state is made of.
type follow struct {
	directory func() *projection.Directory
	rest      []byte // the rarely needed rest of the state, frozen
	threads   int    // number of threads when the state was saved last
}

// Follow makes the cache save the state from time to time. The state is s now; the
// cache keeps nothing of s. directory returns a list of threads for the cache to
// own; the log must have on disk everything in it.
func (c *Cache) Follow(s *State, directory func() *projection.Directory) {
	if c == nil {
		return
	}
	f := &follow{directory: directory, threads: s.Directory.Len()}
	f.keep(s)
	c.writer.mu.Lock()
	c.writer.follow = f
	c.writer.mu.Unlock()
}

func (f *follow) keep(s *State) {
	rest := *s
	rest.Directory = projection.NewDirectory()
	f.rest = rest.freeze()
}

// Demand makes the cache save the state soon, because catching up took long.
func (c *Cache) Demand() {
	if c == nil {
		return
	}
	c.writer.ask(func() { c.writer.demanded = true })
}

// stateDue reports whether the state is worth saving.
func (c *Cache) stateDue() bool {
	c.writer.mu.Lock()
	follow, demanded := c.writer.follow, c.writer.demanded
	c.writer.mu.Unlock()
	if follow == nil || demanded {
		return follow != nil
	}
	c.meter.mu.Lock()
	n := c.meter.records
	c.meter.mu.Unlock()
	return n >= stateEvery && n >= stateShare*follow.threads
}

// saveState catches the state up with the log and saves it.
func (c *Cache) saveState() {
	w := &c.writer
	w.mu.Lock()
	follow := w.follow
	w.demanded = false
	w.mu.Unlock()
	if follow == nil || c.disabled() {
		return
	}
	c.meter.mu.Lock()
	records := c.meter.records
	c.meter.records = 0
	c.meter.mu.Unlock()
	s, err := follow.state(w.ctx, c.Source())
	if err != nil {
		c.meter.mu.Lock()
		c.meter.records += records
		c.meter.mu.Unlock()
		if !errors.Is(err, eventlog.ErrClosed) {
			c.logger.Warn("the state cannot be saved", "path", c.path, "why", err)
		}
		return
	}
	// Forget frames for redactions that the state has seen must come first.
	c.writeForgotten()
	c.append(frame{kind: kindState}, pack(s.freeze()), 0)
}

// state returns the state, caught up with the log.
func (f *follow) state(ctx context.Context, src projection.Source) (*State, error) {
	s, err := thawState(f.rest)
	if err != nil {
		return nil, err
	}
	s.Directory = f.directory()
	if err := s.CatchUp(ctx, src); err != nil {
		return nil, err
	}
	f.keep(s)
	f.threads = s.Directory.Len()
	return s, nil
}
