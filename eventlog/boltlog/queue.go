package boltlog

import (
	"slices"
	"sync"

	"parodywave/eventlog"
)

// A request is an append or a relocation that waits for the committer.
type request struct {
	stream   eventlog.Stream
	expected eventlog.Revision
	records  []eventlog.Record
	alone    *relocation // nil for a plain append; may come with records

	head  eventlog.Head
	err   error
	final bool          // err does not depend on the batch's outcome
	done  chan struct{} // closed when head and err are set
}

func (q *request) bytes() int {
	n := 0
	for i := range q.records {
		n += len(q.records[i].Shape) + len(q.records[i].Text) + 32
	}
	return n
}

// A queue passes requests to the committer in order of arrival.
type queue struct {
	mu      sync.Mutex
	arrived sync.Cond
	waiting []*request
	err     error // if not nil, put returns it
}

// put adds a request, unless the queue is closed.
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

// withdraw removes a request. It returns false if the committer has it already.
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

// take waits for a request and returns it with all others that fit into a batch, or
// nil once the queue is closed. A relocation is never batched.
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

// failure returns the error that put returns, nil while the queue is open.
func (q *queue) failure() error {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.err
}

// close fails all waiting and later requests with ErrClosed.
func (q *queue) close() { q.fail(eventlog.ErrClosed) }

// fail fails all waiting and later requests with err.
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
