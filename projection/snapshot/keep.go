package snapshot

// rewriteSlack is the number of useless bytes that never cause a rewrite.
const rewriteSlack = 1 << 20

func (c *Cache) put(f frozen) {
	if !c.disabled() {
		c.append(frame{kind: kindThread, stream: f.stream, revision: f.revision}, pack(f.bytes), f.generation)
	}
}

// append writes a frame and adds it to the index, unless something was distrusted
// since the frame was begun.
func (c *Cache) append(f frame, payload []byte, generation uint64) {
	if c.disabled() {
		return
	}
	if f.kind == kindThread && generation != c.trust() {
		return
	}
	f.mark.position, f.mark.chain = c.log.End()
	if err := c.file.append(&f, payload); err != nil {
		if !c.writer.failed {
			c.logger.Warn("the cache cannot be written", "path", c.path, "why", err)
		}
		c.writer.failed = true
		return
	}
	c.writer.failed = false
	c.mu.Lock()
	defer c.mu.Unlock()
	if f.kind != kindThread || generation == c.generation { // otherwise the next frame forgets it
		c.index.add(&f)
	}
}

// compact rewrites the file when half of it no longer counts, or at once, to remove
// text.
func (c *Cache) compact(must bool) {
	if c.disabled() {
		return
	}
	var frames []*frame
	c.mu.RLock()
	if !must && c.file.end < 2*c.index.live+rewriteSlack {
		c.mu.RUnlock()
		return
	}
	for _, all := range c.index.threads {
		frames = append(frames, all...)
	}
	if c.index.state != nil {
		frames = append(frames, c.index.state)
	}
	c.mu.RUnlock()
	next, moved, err := c.file.rewrite(frames)
	if err == nil {
		err = next.install()
	}
	if err != nil {
		c.logger.Warn("the cache cannot be rewritten", "path", c.path, "why", err)
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for f, offset := range moved {
		f.offset = offset
	}
	c.file.f.Close()
	c.file = next
}
