package boltlog

import (
	"slices"
	"sync"

	"parodywave/eventlog"
)

// A request is an append, or something that comes alone, that waits for the
// committer.
type request struct {
	stream   eventlog.Stream
	expected eventlog.Revision
	records  []eventlog.Record
	alone    *restoring // not nil: also, or instead of, records

	head  eventlog.Head
	err   error
	final bool          // err holds whatever becomes of the batch
	done  chan struct{} // closed when head and err are set
}

func (q *request) bytes() int {
	n := 0
	for i := range q.records {
		n += len(q.records[i].Shape) + len(q.records[i].Text) + 32
	}
	return n
}

// A queue hands requests to the committer in the order in which they came.
type queue struct {
	mu      sync.Mutex
	arrived sync.Cond
	waiting []*request
	err     error // what a request gets now instead of waiting
}

// put adds a request, or returns why not.
func (q *queue) put(r *request) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.err != nil {
		return q.err
	}
	q.waiting = append(q.waiting, r)
	q.arrived.Signal()
	return nil
}

// withdraw takes a request out again, unless the committer has it already.
func (q *queue) withdraw(r *request) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	i := slices.Index(q.waiting, r)
	if i < 0 {
		return false
	}
	q.waiting = slices.Delete(q.waiting, i, i+1)
	return true
}

// take waits for a request and returns it with those that fit beside it. It
// returns nil once the queue is closed. A request with alone set comes alone.
func (q *queue) take(batch []*request) []*request {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.waiting) == 0 && q.err == nil {
		q.arrived.Wait()
	}
	records, bytes, n := 0, 0, 0
	for _, r := range q.waiting {
		records += len(r.records)
		bytes += r.bytes()
		if n > 0 && (records > maxGroupRecords || bytes > maxGroupBytes || r.alone != nil) {
			break
		}
		if n++; r.alone != nil {
			break
		}
	}
	batch = append(batch[:0], q.waiting[:n]...)
	q.waiting = slices.Delete(q.waiting, 0, n)
	if n == 0 {
		return nil
	}
	return batch
}

// failure returns what a request gets now instead of waiting, if anything.
func (q *queue) failure() error {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.err
}

// close refuses new requests and fails those that wait.
func (q *queue) close() { q.fail(eventlog.ErrClosed) }

// fail does so with an error.
func (q *queue) fail(err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.err == nil {
		q.err = err
	}
	for _, r := range q.waiting {
		r.err = err
		close(r.done)
	}
	q.waiting = nil
	q.arrived.Broadcast()
}
