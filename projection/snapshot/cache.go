package snapshot

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"sort"
	"sync"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
	"parodywave/projection"
)

// A Log is the log of a cache.
type Log interface {
	eventlog.AuditLog
	eventlog.Segmenter

	// ID tells one log from another.
	ID() [16]byte

	// End returns the position of the last record, which is durable, and the
	// log chain there.
	End() (eventlog.Position, chain.Digest)

	// LogChainAt returns the log chain at a position. It must return an error
	// that wraps eventlog.ErrNotFound above the end.
	LogChainAt(ctx context.Context, at eventlog.Position) (chain.Digest, error)
}

// A Cache is an open file and the index of what counts in it.
type Cache struct {
	log    Log
	logger *slog.Logger
	path   string

	// Held for reading while reading a frame; only the writer changes the file.
	mu         sync.RWMutex
	file       *file // nil: nothing is saved
	index      index
	generation uint64 // rises with each Distrust

	meter  meter
	writer writer
}

// Open opens the cache of a log at path, or creates one. It never fails: without a
// usable file, the cache is empty and stays so, and logs why.
func Open(ctx context.Context, path string, log Log, logger *slog.Logger) *Cache {
	c := &Cache{log: log, logger: logger, path: path, index: newIndex()}
	c.meter.every, c.meter.due = every, map[eventlog.Stream]*due{}
	frames, err := c.load(ctx)
	if err != nil && !missing(err) {
		logger.Warn("the cache cannot be used: making it again", "path", path, "why", err)
	}
	if err != nil {
		if c.file, err = newFile(path, log.ID()); err != nil {
			c.refuse(err)
		}
	}
	for i := range frames {
		c.index.add(&frames[i])
	}
	c.begin()
	return c
}

// load opens the file for writing and returns the frames that match the log.
func (c *Cache) load(ctx context.Context) ([]frame, error) {
	f, frames, err := openFile(c.path, c.log.ID(), os.O_RDWR)
	if err != nil {
		return nil, err
	}
	n, err := valid(ctx, c.log, frames)
	end := headSize
	if n > 0 {
		end = frames[n-1].end()
	}
	if err == nil && n < len(frames) {
		c.logger.Warn("part of the cache was made from another log: dropping it", "path", c.path, "snapshots", len(frames)-n)
	}
	if err == nil {
		err = f.cut(end) // together with an incomplete frame
	}
	if err != nil {
		f.f.Close()
		return nil, err
	}
	c.file = f
	return frames[:n], nil
}

// valid returns how many of the frames, from the first on, were made from log.
func valid(ctx context.Context, log Log, frames []frame) (int, error) {
	for i := 1; i < len(frames); i++ {
		if frames[i].mark.position < frames[i-1].mark.position {
			frames = frames[:i] // never written so
			break
		}
	}
	var failed error
	fits := func(f *frame) bool {
		c, err := log.LogChainAt(ctx, f.mark.position)
		if err != nil && !errors.Is(err, eventlog.ErrNotFound) {
			failed = errors.Join(failed, err)
		}
		return err == nil && c == f.mark.chain
	}
	n := len(frames)
	if n == 0 || fits(&frames[n-1]) { // nearly always
		return n, failed
	}
	return sort.Search(n, func(i int) bool { return !fits(&frames[i]) }), failed
}

// refuse ends saving.
func (c *Cache) refuse(err error) {
	c.logger.Warn("nothing is cached", "path", c.path, "why", err)
	c.mu.Lock()
	c.file, c.index = nil, newIndex()
	c.mu.Unlock()
}

// Snapshot implements projection.Snapshotter.
func (c *Cache) Snapshot(_ context.Context, stream eventlog.Stream, at eventlog.Revision) *projection.Thread {
	for {
		f, b, err := c.fetch(func(x *index) *frame { return x.nearest(stream, at) })
		if f == nil {
			return nil
		}
		var t *projection.Thread
		if err == nil {
			t, err = thaw(f, b)
		}
		if err == nil {
			return t
		}
		c.logger.Warn("a snapshot cannot be used: folding the log instead", "thread", stream, "revision", f.revision, "why", err)
		c.mu.Lock()
		c.index.drop(f)
		c.mu.Unlock()
		c.writer.mend(stream)
	}
}

// fetch returns the frame that pick returns, and its unpacked payload.
func (c *Cache) fetch(pick func(*index) *frame) (*frame, []byte, error) {
	c.mu.RLock()
	if c.file == nil {
		c.mu.RUnlock()
		return nil, nil, nil
	}
	f := pick(&c.index)
	var b []byte
	var err error
	if f != nil {
		b, err = f.read(c.file.f)
	}
	c.mu.RUnlock()
	if f != nil && err == nil {
		b, err = unpack(b)
	}
	return f, b, err
}

func thaw(f *frame, b []byte) (*projection.Thread, error) {
	t, err := projection.Thaw(b)
	if err == nil && (t.Stream != f.stream || t.Revision != f.revision) {
		err = errors.New("the content is of another thread or revision")
	}
	return t, err
}

// Distrust implements projection.Snapshotter. It must also be called after a
// redaction in a stream (Appended does); the cache then rewrites its file, which
// still has the text.
func (c *Cache) Distrust(stream eventlog.Stream) {
	if c == nil {
		return
	}
	c.mu.Lock()
	c.generation++
	c.index.forget(stream)
	c.mu.Unlock()
	c.writer.forget(stream)
}

// Forget drops everything that is saved, before the log is folded from its
// beginning.
func (c *Cache) Forget() {
	if c == nil || c.disabled() {
		return
	}
	c.mu.Lock()
	c.generation++
	empty := c.index.state == nil && len(c.index.threads) == 0
	c.index = newIndex()
	c.mu.Unlock()
	if !empty {
		c.writer.clear()
	}
}

// newest returns the newest saved revision of a stream, 0 if there is none.
func (c *Cache) newest(stream eventlog.Stream) eventlog.Revision {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if f := c.index.nearest(stream, 0); f != nil {
		return f.revision
	}
	return 0
}
