package server

import "sync/atomic"

// A stopwatch times edits of one peer, one at a time: from when a message came
// until what it brought is on disk, which the authority tells. Messages are
// logged, or refused, in the order in which they came. It costs an edit two reads
// of the clock, and who only reads nothing.
type stopwatch struct {
	at       atomic.Int64  // when the timed edit came, on Server.clock; 0: none is being timed
	which    atomic.Uint64 // which of those that came
	answered atomic.Uint64 // how many were logged or refused
	came     uint64        // owned by the reader
}

// reset is for a join.
func (w *stopwatch) reset() {
	w.at.Store(0)
	w.answered.Store(0)
	w.came = 0
}

// start starts with a message if no earlier one is being timed.
func (w *stopwatch) start(at int64) {
	w.came++
	if w.at.Load() == 0 {
		w.which.Store(w.came)
		w.at.Store(at)
	}
}

// logged is for a message whose edits are on disk. It returns when that came, if
// it is the one that is being timed.
func (w *stopwatch) logged() (int64, bool) {
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
