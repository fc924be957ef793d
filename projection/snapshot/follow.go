package snapshot

import (
	"context"
	"errors"

	"parodywave/eventlog"
	"parodywave/projection"
)

// A follow is what a running server's state is saved from.
type follow struct {
	directory func() *projection.Directory
	rest      []byte // the state without the directory, frozen: it is rarely needed
	threads   int    // when it was saved last
}

// Follow has the state saved now and then from here on. It is s now, and
// nothing of s is kept; directory returns a list of threads that belongs to the
// caller, in which nothing must be that is not on disk.
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

// Demand has the state saved soon: it took long to get there.
func (c *Cache) Demand() {
	if c == nil {
		return
	}
	c.writer.mu.Lock()
	c.writer.demanded = true
	c.writer.mu.Unlock()
	c.writer.rouse()
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

// saveState saves the state as the log has it.
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
	// Text whose redaction the state has seen must be forgotten before.
	c.writeForgotten()
	c.append(frame{kind: kindState}, pack(s.freeze()), 0)
}

// state returns the state as the log has it.
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
