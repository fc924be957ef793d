package snapshot

import (
	"slices"
	"time"

	"parodywave/eventlog"
)

const (
	// A scrub begins scrubAfter the start, when those who were waiting are there,
	// and takes one part in scrubShare of a core and of what the disk can read.
	scrubAfter = 5 * time.Second
	scrubShare = 10
)

// A scrub looks through what was saved before the file was opened, a frame at a
// time between other work, so that damage is found while the log is
// there to repair it, and not when the entry is needed. It is the writer's own.
type scrub struct {
	frames []*frame
	found  bool
	next   <-chan time.Time // when to look at the next frame; nil: there is none
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

// look checks the next frame, the first in the file before the others. After the
// last the file is rewritten, if anything was found.
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

// counts reports whether a frame is one that the index knows.
func (c *Cache) counts(f *frame) bool {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.index.state == f || slices.Contains(c.index.threads[f.stream], f)
}

// discard has a frame count no more, and its thread saved again.
func (c *Cache) discard(f *frame, why error) {
	c.logger.Warn("a saved entry is damaged: saving it again", "path", c.path, "thread", f.stream, "revision", f.revision, "why", why)
	c.mu.Lock()
	c.index.drop(f)
	c.mu.Unlock()
	if f.kind == kindThread {
		c.writer.save(f.stream)
	}
}

// mend has the file rewritten without a frame of a thread that was found to
// be damaged, and the thread saved again.
func (w *writer) mend(stream eventlog.Stream) {
	w.mu.Lock()
	w.rewrite, w.threads = true, append(w.threads, stream)
	w.mu.Unlock()
	w.rouse()
}
