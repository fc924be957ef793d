package live

import "sync/atomic"

// A stopwatch times the edits of one peer, one at a time: from the arrival of a
// message until the authority reports its edits durable. The authority reports
// messages in the order in which they arrived. An edit costs two readings of the
// clock; a client that only reads costs none.
type stopwatch struct {
	at       atomic.Int64  // when the timed message arrived, on stats.clock; 0: none is being timed
	which    atomic.Uint64 // its number
	answered atomic.Uint64 // how many messages were logged or refused
	arrived  uint64        // how many messages arrived; owned by the reader
}

// reset forgets all messages; the peer joins a thread.
func (w *stopwatch) reset() {
	w.at.Store(0)
	w.answered.Store(0)
	w.arrived = 0
}

// start times a message, unless an earlier one is being timed.
func (w *stopwatch) start(at int64) {
	w.arrived++
	if w.at.Load() == 0 {
		w.which.Store(w.arrived)
		w.at.Store(at)
	}
}

// logged counts a message whose edits are on disk. It returns when the message
// arrived, if it is the one that is being timed.
func (w *stopwatch) logged() (int64, bool) {
	n, at := w.answered.Add(1), w.at.Load()
	if at == 0 || n < w.which.Load() {
		return 0, false
	}
	exact := n == w.which.Load()
	return at, w.at.CompareAndSwap(at, 0) && exact
}

// refused counts a message that had no effect, and stops timing.
func (w *stopwatch) refused() {
	w.answered.Add(1)
	w.at.Store(0)
}
