package snapshot

import (
	"sync"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/projection"
)

const (
	// every is the number of bytes of its log after which a thread is saved;
	// every/idleShare are enough when it leaves memory.
	every     = 64 << 10
	idleShare = 4
	// headerBytes is the size that a record's header counts as; recordBytes, a whole
	// record that was appended before this process began.
	headerBytes = 8
	recordBytes = 24
)

// A meter counts the bytes that are appended, to know when to save what.
type meter struct {
	every   int // bytes
	mu      sync.Mutex
	due     map[eventlog.Stream]*due
	records int // since the state was saved
}

// A due counts the bytes that were appended to a thread since it was saved.
type due struct {
	bytes  int
	queued bool
}

// Source returns the cache's log with its segments and snapshots.
func (c *Cache) Source() projection.Source { return projection.NewSource(c.log, c.log, c) }

var kindRedacted = event.Kind(event.Redacted{})

// Appended must be called by every writer of the log after each append that
// succeeded, with the records that follow a revision of stream. From these the
// cache knows when to save a thread or the state, and distrusts the snapshots of a
// redacted thread. It does nothing if c is nil. It may be called concurrently.
func (c *Cache) Appended(stream eventlog.Stream, after eventlog.Revision, records []eventlog.Record) {
	if c == nil || len(records) == 0 {
		return
	}
	bytes := 0
	for i := range records {
		bytes += headerBytes + len(records[i].Shape) + len(records[i].Text)
		if records[i].Kind == kindRedacted {
			c.Distrust(stream)
		}
	}
	c.appended(stream, after, bytes, len(records))
}

// appended counts records that are on disk now, the first after a revision.
func (c *Cache) appended(stream eventlog.Stream, after eventlog.Revision, bytes, records int) {
	m := &c.meter
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.records += records; m.records%stateEvery < records {
		c.writer.rouse()
	}
	d := m.due[stream]
	if d == nil {
		if !event.IsThread(stream) {
			return
		}
		d = &due{bytes: int(after-min(after, c.newest(stream))) * recordBytes}
		m.due[stream] = d
	}
	if d.bytes += bytes; d.bytes >= c.meter.every {
		c.enqueue(stream, d)
	}
}

// Idle says that a thread is no longer in use. If it is not worth saving, the meter
// forgets it: there may be many such threads.
func (c *Cache) Idle(stream eventlog.Stream) {
	if c == nil {
		return
	}
	c.meter.mu.Lock()
	defer c.meter.mu.Unlock()
	switch d := c.meter.due[stream]; {
	case d == nil || d.queued:
	case d.bytes >= c.meter.every/idleShare:
		c.enqueue(stream, d)
	default:
		delete(c.meter.due, stream)
	}
}

// enqueue makes the writer save a thread; the caller holds the meter's lock.
func (c *Cache) enqueue(stream eventlog.Stream, d *due) {
	if !d.queued {
		d.queued = true
		c.writer.save(stream)
	}
}
