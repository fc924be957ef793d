package snapshot

import (
	"slices"
	"time"

	"parodywave/eventlog"
)

const (
	// A scrub begins scrubAfter the start, when waiting clients are connected, and
	// takes 1/scrubShare of a core and of the disk's speed.
	scrubAfter = 5 * time.Second
	scrubShare = 10
)

// A scrub checks the frames that the file had when it was opened, one at a time
// between other tasks, so that damage is found early and not when a frame is needed.
// It belongs to the writer.
type scrub struct {
	frames []*frame
	found  bool
	next   <-chan time.Time // when to check the next frame; nil: there is none
}

func newScrub(x *index) scrub {
	s := scrub{next: time.After(scrubAfter)}
	for _, all := range x.threads {
		s.frames = append(s.frames, all...)
	}
	if x.state != nil {
		s.frames = append(s.frames, x.state)
	}
	slices.SortFunc(s.frames, func(a, b *frame) int { return int(b.offset - a.offset) })
	return s
}

// look checks the next frame, in the order of the file. After the last one it
// rewrites the file if any frame was damaged.
func (c *Cache) look() {
	s, start := &c.writer.scrub, time.Now()
	if n := len(s.frames) - 1; n >= 0 && !c.disabled() {
		f := s.frames[n]
		s.frames = s.frames[:n]
		if c.counts(f) {
			if _, err := f.read(c.file.f); err != nil {
				c.discard(f, err)
				s.found = true
			}
		}
		if n > 0 {
			s.next = time.After((scrubShare - 1) * time.Since(start))
			return
		}
	}
	s.frames, s.next = nil, nil
	if s.found {
		c.writer.clear()
	}
}

// counts reports whether a frame is in the index.
func (c *Cache) counts(f *frame) bool {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.index.state == f || slices.Contains(c.index.threads[f.stream], f)
}

// discard drops a frame from the index and saves its thread again.
func (c *Cache) discard(f *frame, why error) {
	c.logger.Warn("a saved entry is damaged: making it again", "path", c.path, "thread", f.stream, "revision", f.revision, "why", why)
	c.mu.Lock()
	c.index.drop(f)
	c.mu.Unlock()
	if f.kind == kindThread {
		c.writer.save(f.stream)
	}
}

// mend rewrites the file without a damaged frame of a thread, and saves the thread
// again.
func (w *writer) mend(stream eventlog.Stream) {
	w.ask(func() { w.rewrite, w.threads = true, append(w.threads, stream) })
}
