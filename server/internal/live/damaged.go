package live

import (
	"parodywave/eventlog"
	"parodywave/projection"
)

// A damaged thread is in the list, with its title if that can be read. To join it, and
// every question about it, gets its *eventlog.DamageError. The directory, which is saved
// beside the log, does not have it: a repair makes another thread of it.

// listedThreads returns the directory with the damaged threads in it; the caller holds mu.
func (h *Hub) listedThreads() *projection.Directory {
	if len(h.damaged) == 0 {
		return h.directory
	}
	d := h.directory.Clone()
	for _, t := range h.damaged {
		d.Put(t.Summary)
	}
	return d
}

// Damaged returns why a thread cannot be read, nil if it can.
func (h *Hub) Damaged(stream eventlog.Stream) *eventlog.DamageError { return h.damaged[stream].Why }
