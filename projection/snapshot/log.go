package snapshot

import (
	"sync"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/projection"
)

const (
	// every is after how many bytes of a thread's log it is saved, and idleShare
	// what part of them is worth it when the thread leaves memory.
	every     = 64 << 10
	idleShare = 4
	// headerBytes is what a record's header counts for, and recordBytes all of a
	// record that was appended before this process began.
	headerBytes = 8
	recordBytes = 24
)

// A meter counts what is appended, so that it is known when to save what.
type meter struct {
	every   int // bytes
	mu      sync.Mutex
	due     map[eventlog.Stream]*due
	records int // since the state was saved
}

// A due is what was appended to a thread since it was saved.
type due struct {
	bytes  int
	queued bool
}

// Source returns the cache's log to fold, from what is saved on.
func (c *Cache) Source() projection.Source { return projection.NewSource(c.log, c.log, c) }

var kindRedacted = event.Kind(event.Redacted{})

// Appended must be called by every writer of the log after each append that
// succeeded, with the records that follow a revision of stream: so the cache
// knows when a thread or the state is worth saving, and what a redaction makes
// worthless. It does nothing where c is nil. It may be called concurrently.
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

// Idle says that nobody uses a thread any more. A thread that is not worth saving then is
// counted no further: there may be many such threads.
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

// enqueue has a thread saved; the caller holds the meter.
func (c *Cache) enqueue(stream eventlog.Stream, d *due) {
	if !d.queued {
		d.queued = true
		c.writer.save(stream)
	}
}
