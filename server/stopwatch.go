package server

import (
	"sync/atomic"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
)

// A stopwatch times edits of one peer, one at a time: from when a message came
// until what it brought is on disk, which is when the authority answers. It
// costs an edit two reads of the clock, and who only reads one look at a zero.
type stopwatch struct {
	at       atomic.Int64  // when the timed edit came, on Server.clock; 0: none is being timed
	which    atomic.Uint64 // its seq in text mode, its number in line mode
	answered atomic.Uint64 // edits in line mode, since the join
	came     uint64        // the same of those that came; owned by the reader
	client   eventlog.ClientID
}

// reset is for a join.
func (w *stopwatch) reset(client eventlog.ClientID) {
	w.at.Store(0)
	w.answered.Store(0)
	w.came, w.client = 0, client
}

// push starts with a push. One is in flight at a time: an earlier one has been
// answered, or never will be.
func (w *stopwatch) push(at int64, seq uint64) {
	w.at.Store(0)
	w.which.Store(seq)
	w.at.Store(at)
}

// line starts with an edit in line mode if no earlier one is being timed.
func (w *stopwatch) line(at int64) {
	w.came++
	if w.at.Load() == 0 {
		w.which.Store(w.came)
		w.at.Store(at)
	}
}

// logged returns when the timed push came, if it is among the entries.
func (w *stopwatch) logged(entries []event.Event) (int64, bool) {
	at := w.at.Load()
	if at == 0 {
		return 0, false
	}
	seq := w.which.Load()
	for i := range entries {
		if entries[i].Seq == seq && entries[i].Client == w.client {
			return at, w.at.CompareAndSwap(at, 0)
		}
	}
	return 0, false
}

// receipt returns when the timed line edit came, if it is the one that this
// receipt is for.
func (w *stopwatch) receipt() (int64, bool) {
	n, at := w.answered.Add(1), w.at.Load()
	if at == 0 || n < w.which.Load() {
		return 0, false
	}
	exact := n == w.which.Load()
	return at, w.at.CompareAndSwap(at, 0) && exact
}

// refused is for an edit that came to nothing, and drops what is being timed.
func (w *stopwatch) refused() {
	w.answered.Add(1)
	w.at.Store(0)
}

// drop is for receipts that were held back: they do not tell how long the disk
// took.
func (w *stopwatch) drop() { w.at.Store(0) }
