package snapshot

import (
	"context"
	"sync"
	"time"

	"parodywave/eventlog"
	"parodywave/projection"
)

const (
	// stateEvery is the number of records after which the state is saved, if there
	// are at least stateShare for each thread.
	stateEvery = 1 << 16
	stateShare = 16
	// closeWait limits how long Close saves threads.
	closeWait = 2 * time.Second
)

// A writer is the goroutine that writes the file, and its tasks.
type writer struct {
	mu        sync.Mutex
	threads   []eventlog.Stream // to save
	forgotten []eventlog.Stream
	rewrite   bool // to remove text
	follow    *follow
	demanded  bool // to save the state

	wake   chan struct{}
	frozen chan frozen
	quit   chan struct{}
	over   sync.Once
	done   chan struct{}

	// The goroutine's own.
	ctx    context.Context
	cancel context.CancelFunc
	failed bool // a write failed, which is logged once
	scrub  scrub
}

// A frozen is a thread that is ready to write.
type frozen struct {
	stream     eventlog.Stream
	revision   eventlog.Revision
	bytes      []byte
	generation uint64
}

func (c *Cache) begin() {
	w := &c.writer
	w.wake, w.frozen = make(chan struct{}, 1), make(chan frozen, 16)
	w.quit, w.done = make(chan struct{}), make(chan struct{})
	w.ctx, w.cancel = context.WithCancel(context.Background())
	w.scrub = newScrub(&c.index)
	go c.write()
}

func (w *writer) save(stream eventlog.Stream) {
	w.ask(func() { w.threads = append(w.threads, stream) })
}

func (w *writer) forget(stream eventlog.Stream) {
	w.ask(func() { w.forgotten, w.rewrite = append(w.forgotten, stream), true })
}

func (w *writer) clear() { w.ask(func() { w.rewrite = true }) }

// ask has f add to what the writer is to do.
func (w *writer) ask(f func()) {
	w.mu.Lock()
	f()
	w.mu.Unlock()
	w.rouse()
}

func (w *writer) rouse() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// Save saves t at its revision, which the log must have on disk. It waits while many
// other threads are still to be written.
func (c *Cache) Save(t *projection.Thread) {
	if c == nil || c.disabled() {
		return
	}
	select {
	case c.writer.frozen <- frozen{t.Stream, t.Revision, t.Freeze(nil), c.trust()}:
	case <-c.writer.done:
	}
}

func (c *Cache) disabled() bool {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.file == nil
}

func (c *Cache) trust() uint64 {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.generation
}

// Close saves what is worth saving, and closes the file. The log must still be open,
// and nothing may be appended to it any more.
func (c *Cache) Close() error {
	if c == nil {
		return nil
	}
	w := &c.writer
	w.over.Do(func() { close(w.quit) })
	give := time.AfterFunc(closeWait, w.cancel)
	defer give.Stop()
	<-w.done
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.file == nil {
		return nil
	}
	f := c.file.f
	c.file = nil
	return f.Close()
}

// write does the writer's tasks until Close.
func (c *Cache) write() {
	w := &c.writer
	defer close(w.done)
	for {
		select {
		case f := <-w.frozen:
			c.put(f)
		case <-w.wake:
			c.work()
		case <-w.scrub.next:
			c.look()
		case <-w.quit:
			c.finish()
			return
		}
	}
}

// work does all present tasks.
func (c *Cache) work() {
	w := &c.writer
	for {
		c.writeForgotten()
		w.mu.Lock()
		rewrite, threads := w.rewrite, w.threads
		w.rewrite, w.threads = false, nil
		w.mu.Unlock()
		for _, stream := range threads {
			c.saveThread(stream)
		}
		if c.stateDue() {
			c.saveState()
		}
		c.compact(rewrite)
		if !rewrite && len(threads) == 0 {
			return
		}
	}
}

func (c *Cache) writeForgotten() {
	w := &c.writer
	w.mu.Lock()
	forgotten := w.forgotten
	w.forgotten = nil
	w.mu.Unlock()
	for _, stream := range forgotten {
		c.append(frame{kind: kindForget, stream: stream}, nil, 0)
	}
}

// saveThread folds a thread from its newest snapshot on, and saves it.
func (c *Cache) saveThread(stream eventlog.Stream) {
	c.meter.mu.Lock()
	delete(c.meter.due, stream)
	c.meter.mu.Unlock()
	if c.disabled() || c.writer.ctx.Err() != nil {
		return
	}
	generation := c.trust()
	t, err := projection.Replay(c.writer.ctx, c.Source(), stream, 0)
	if err != nil {
		c.logger.Warn("a thread cannot be saved", "thread", stream, "why", err)
		return
	}
	if t.Revision > c.newest(stream) {
		c.put(frozen{stream, t.Revision, t.Freeze(nil), generation})
	}
}

// finish saves the threads that are worth saving, and then the state.
func (c *Cache) finish() {
	w := &c.writer
	c.meter.mu.Lock()
	for stream, d := range c.meter.due {
		if d.bytes >= c.meter.every/idleShare {
			c.enqueue(stream, d)
		}
	}
	c.meter.mu.Unlock()
	for {
		select {
		case f := <-w.frozen:
			c.put(f)
			continue
		default:
		}
		break
	}
	c.work()
	for w.scrub.next != nil && w.ctx.Err() == nil {
		c.look()
	}
	c.work()                // tasks from that
	if w.ctx.Err() != nil { // the threads took too long: save at least the state
		w.ctx = context.Background()
	}
	c.saveState()
	c.compact(false)
}
