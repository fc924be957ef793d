package loadgen

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"parodywave/cmd/parodywave/loadgen/client"
	"parodywave/server/hdr"
)

// A thread is one thread with its connections, writers first.
type thread struct {
	plan    Plan
	name    string
	id      string
	conns   []*conn
	frames  client.Frames                    // of its readers
	writers atomic.Pointer[map[string]*conn] // by client; set when all have joined
	base    uint64                           // the revision when all had joined; set with writers
	from    atomic.Int64                     // when measuring begins, Unix nanoseconds; 0: not yet

	mu        sync.Mutex
	latency   hdr.Histogram // to each other client
	last      hdr.Histogram // to the last of them
	ack       hdr.Histogram
	delivered uint64 // edits received, a writer's own included
}

func (t *thread) join(ctx context.Context, i int) error {
	c := &conn{t: t}
	user := "load reader"
	if i < t.plan.Writers {
		user = "load writer"
	}
	user = fmt.Sprintf("%s %d", user, i)
	var err error
	if i < t.plan.full() {
		c.got = map[string]*tally{}
		c.client, err = client.Dial(ctx, client.Options{URL: t.plan.URL, User: user, Thread: t.id, Title: t.name, OnUpdate: c.received})
		if err == nil {
			t.id, c.connection = c.client.Thread(), c.client
		}
	} else {
		c.connection, err = client.DialReader(ctx, client.ReaderOptions{URL: t.plan.URL, User: user, Thread: t.id, Frames: &t.frames, OnBatch: c.read})
	}
	if err != nil {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.conns = append(t.conns, c)
	return nil
}

// joined prepares measuring, after all connections are made and before any edit.
func (t *thread) joined() {
	writers := map[string]*conn{}
	for i, c := range t.conns {
		if c.first = c.Rev(); i < t.plan.Writers {
			writers[c.client.ID()] = c
		}
		t.base = max(t.base, c.first)
	}
	t.writers.Store(&writers)
}

// editsOf returns a batch's edits, one per note: nil for a note that is no edit.
func (t *thread) editsOf(b *client.Batch) any {
	writers := t.writers.Load()
	if writers == nil {
		return nil
	}
	all := make([]*edit, len(b.Notes))
	for i, n := range b.Notes {
		if w := (*writers)[n.Client]; w != nil {
			all[i] = w.edits.Load().of(n.Seq)
		}
	}
	return all
}

// arrived records that another connection received an edit at a time in Unix
// nanoseconds. The caller holds mu.
func (t *thread) arrived(s *edit, at, from int64) {
	typed := s.typed.Load()
	if typed == 0 || from == 0 || typed < from {
		return
	}
	d := time.Duration(at - typed)
	t.latency.Add(d)
	if s.arrived.Add(1) == uint32(len(t.conns)-1) {
		t.last.Add(d)
	}
}

// settle waits until all connections have all edits, and returns the head.
func (t *thread) settle(ctx context.Context) (head uint64, err error) {
	for _, c := range t.conns[:t.plan.full()] {
		err = errors.Join(err, c.client.Settle(ctx))
		head = max(head, c.Rev())
	}
	for _, c := range t.conns {
		if c.client == nil || c.Err() == nil {
			err = errors.Join(err, c.Reach(ctx, head))
		}
	}
	return head, err
}

func (t *thread) close() {
	var all sync.WaitGroup
	for _, c := range t.conns {
		all.Go(c.close)
	}
	all.Wait()
}
