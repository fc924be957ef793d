package logtest

import (
	"context"
	"iter"
	"sync"
	"time"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
)

// An AckEarly is a log that lies: it acknowledges an append at once and makes it some
// time later. Within the process nobody notices, since reads wait for the appends that
// were acknowledged before them; a crash loses those that are not made yet. A test of durability that does not catch it is
// worthless. The heads that its Append and Head return have no chain value.
type AckEarly struct {
	inner eventlog.AuditLog
	delay time.Duration

	mu      sync.Mutex
	changed sync.Cond
	heads   map[eventlog.Stream]eventlog.Head
	due     []dueAppend
	acked   uint64 // appends acknowledged
	made    uint64 // and made, or lost
	closed  bool
	ended   chan struct{}
}

type dueAppend struct {
	stream   eventlog.Stream
	expected eventlog.Revision
	records  []eventlog.Record
	at       time.Time
}

// NewAckEarly returns an AckEarly that makes each append delay after its
// acknowledgement.
func NewAckEarly(log eventlog.AuditLog, delay time.Duration) *AckEarly {
	a := &AckEarly{inner: log, delay: delay, heads: map[eventlog.Stream]eventlog.Head{}, ended: make(chan struct{})}
	a.changed.L = &a.mu
	go a.run()
	return a
}

// run makes the outstanding appends, those of a stream that are due together as one. An
// append that fails is lost.
func (a *AckEarly) run() {
	defer close(a.ended)
	for {
		a.mu.Lock()
		for len(a.due) == 0 && !a.closed {
			a.changed.Wait()
		}
		if len(a.due) == 0 {
			a.mu.Unlock()
			return
		}
		next := a.due[0].at
		a.mu.Unlock()
		time.Sleep(time.Until(next))
		a.mu.Lock()
		n, streams := 0, map[eventlog.Stream]*dueAppend{}
		for now := time.Now(); n < len(a.due) && !a.due[n].at.After(now); n++ {
			d := a.due[n]
			if s := streams[d.stream]; s != nil {
				s.records = append(s.records, d.records...)
			} else {
				streams[d.stream] = &d
			}
		}
		a.due = a.due[n:]
		a.mu.Unlock()
		var all sync.WaitGroup
		for _, d := range streams {
			all.Go(func() { a.inner.Append(context.Background(), d.stream, d.expected, d.records...) })
		}
		all.Wait()
		a.mu.Lock()
		a.made += uint64(n)
		a.changed.Broadcast()
		a.mu.Unlock()
	}
}

// head returns the future head of a stream. The caller must hold a.mu.
func (a *AckEarly) head(stream eventlog.Stream) (eventlog.Head, error) {
	if a.closed {
		return eventlog.Head{}, eventlog.ErrClosed
	}
	h, ok := a.heads[stream]
	if !ok {
		var err error
		if h, err = a.inner.Head(context.Background(), stream); err != nil {
			return h, err
		}
		h.Chain = chain.Digest{}
		a.heads[stream] = h
	}
	return h, nil
}

// Append breaks the contract of eventlog.Log: it acknowledges appends that are not
// durable.
func (a *AckEarly) Append(ctx context.Context, stream eventlog.Stream, expected eventlog.Revision, records ...eventlog.Record) (eventlog.Head, error) {
	if err := ctx.Err(); err != nil {
		return eventlog.Head{}, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	h, err := a.head(stream)
	if err != nil {
		return eventlog.Head{}, err
	}
	if h.Revision != expected {
		return eventlog.Head{}, &eventlog.ConflictError{Stream: stream, Expected: expected, Head: h.Revision}
	}
	kept := make([]eventlog.Record, len(records))
	for i, r := range records {
		if err := r.Check(stream, h); err != nil {
			return eventlog.Head{}, err
		}
		h.Revision, h.Time = h.Revision+1, r.Time
		r.Shape, r.Text = append([]byte(nil), r.Shape...), append([]byte(nil), r.Text...)
		kept[i] = r
	}
	if len(kept) > 0 {
		a.heads[stream] = h
		a.acked++
		a.due = append(a.due, dueAppend{stream, expected, kept, time.Now().Add(a.delay)})
		a.changed.Broadcast()
	}
	return h, nil
}

// wait waits for the appends that are outstanding now.
func (a *AckEarly) wait() {
	a.mu.Lock()
	defer a.mu.Unlock()
	for acked := a.acked; a.made < acked; {
		a.changed.Wait()
	}
}

// Head implements eventlog.Log, without the chain value.
func (a *AckEarly) Head(_ context.Context, stream eventlog.Stream) (eventlog.Head, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.head(stream)
}

// Streams implements eventlog.Log.
func (a *AckEarly) Streams(ctx context.Context) ([]eventlog.Head, error) {
	a.wait()
	return a.inner.Streams(ctx)
}

// Read implements eventlog.Log.
func (a *AckEarly) Read(ctx context.Context, stream eventlog.Stream, after eventlog.Revision) iter.Seq2[eventlog.Record, error] {
	a.wait()
	return a.inner.Read(ctx, stream, after)
}

// Scan implements eventlog.Scanner.
func (a *AckEarly) Scan(ctx context.Context, after eventlog.Position) iter.Seq2[eventlog.Record, error] {
	a.wait()
	return a.inner.Scan(ctx, after)
}

// Prove implements eventlog.Prover.
func (a *AckEarly) Prove(ctx context.Context, stream eventlog.Stream, after eventlog.Revision) iter.Seq2[eventlog.Record, error] {
	a.wait()
	return a.inner.Prove(ctx, stream, after)
}

// ChainAt implements eventlog.Prover.
func (a *AckEarly) ChainAt(ctx context.Context, stream eventlog.Stream, at eventlog.Revision) (chain.Digest, error) {
	a.wait()
	return a.inner.ChainAt(ctx, stream, at)
}

// Close implements eventlog.Log.
func (a *AckEarly) Close() error {
	a.mu.Lock()
	a.closed = true
	a.changed.Broadcast()
	a.mu.Unlock()
	<-a.ended
	return a.inner.Close()
}
