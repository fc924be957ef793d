package load

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"parodywave/cmd/parodywave/typist"
)

// A thread is one thread and who is in it; writers come first.
type thread struct {
	plan    Plan
	name    string
	id      string
	members []*member
	frames  typist.Frames                      // of its readers
	writers atomic.Pointer[map[string]*member] // by client; set when all have joined
	base    uint64                             // the revision when all had joined; set with writers
	from    atomic.Int64                       // when measuring begins, Unix nanoseconds; 0: not yet

	mu        sync.Mutex
	latency   histogram // to each other client
	last      histogram // to the last of them
	ack       histogram
	delivered uint64 // edits that members read, their own included
}

func (t *thread) join(ctx context.Context, i int) error {
	m := &member{t: t}
	user := "load reader"
	if i < t.plan.Writers {
		user = "load writer"
	}
	user = fmt.Sprintf("%s %d", user, i)
	var err error
	if i < t.plan.full() {
		m.got = map[string]*tally{}
		m.client, err = typist.Dial(ctx, typist.Options{URL: t.plan.URL, User: user, Thread: t.id, Title: t.name, OnUpdate: m.received})
		if err == nil {
			t.id = m.client.Thread()
		}
	} else {
		m.reader, err = typist.DialReader(ctx, typist.ReaderOptions{URL: t.plan.URL, User: user, Thread: t.id, Frames: &t.frames, OnBatch: m.read})
	}
	if err != nil {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.members = append(t.members, m)
	return nil
}

// joined is called when everybody is there, and nobody types yet.
func (t *thread) joined() {
	writers := map[string]*member{}
	for i, m := range t.members {
		if m.first = m.rev(); i < t.plan.Writers {
			writers[m.client.ID()] = m
		}
		t.base = max(t.base, m.first)
	}
	t.writers.Store(&writers)
}

// strokesOf returns the stroke of every note of a batch, nil where there is none.
func (t *thread) strokesOf(b *typist.Batch) any {
	writers := t.writers.Load()
	if writers == nil {
		return nil
	}
	all := make([]*stroke, len(b.Notes))
	for i, n := range b.Notes {
		if w := (*writers)[n.Client]; w != nil {
			all[i] = w.sheet.Load().of(n.Seq)
		}
	}
	return all
}

// arrived notes that an edit came to somebody else at a time in Unix nanoseconds.
// The caller holds mu.
func (t *thread) arrived(s *stroke, at, from int64) {
	typed := s.typed.Load()
	if typed == 0 || from == 0 || typed < from {
		return
	}
	d := time.Duration(at - typed)
	t.latency.add(d)
	if s.arrived.Add(1) == uint32(len(t.members)-1) {
		t.last.add(d)
	}
}

// settle waits until everybody has everything, and returns the head.
func (t *thread) settle(ctx context.Context) (head uint64, err error) {
	for _, m := range t.members[:t.plan.full()] {
		err = errors.Join(err, m.client.Settle(ctx))
		head = max(head, m.client.Rev())
	}
	for _, m := range t.members {
		if m.reader != nil {
			err = errors.Join(err, m.reader.Reach(ctx, head))
		} else if m.client.Err() == nil {
			err = errors.Join(err, m.client.Reach(ctx, head))
		}
	}
	return head, err
}

func (t *thread) close() {
	var all sync.WaitGroup
	for _, m := range t.members {
		all.Go(m.close)
	}
	all.Wait()
}
