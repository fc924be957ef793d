package load

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"parodywave/cmd/parodywave/typist"
	"parodywave/eventlog/ot"
)

// A thread is one thread and who is in it; writers come first.
type thread struct {
	plan    Plan
	name    string
	id      string
	members []*member
	writers atomic.Pointer[map[string]*member] // by client; set when all have joined
	from    atomic.Int64                       // when measuring begins, Unix nanoseconds; 0: not yet

	mu      sync.Mutex
	latency histogram
	ack     histogram
}

// A member is one client.
type member struct {
	t      *thread
	client *typist.Client
	typed  []atomic.Int64 // a writer's: Unix nanoseconds of each edit
	got    map[string]*tally
	text   string
	err    error
}

const letters = "etaoinshrdlucmfwypvbgkqjxz    \n"

// maxUnits is the length from which on writers delete.
const maxUnits = 20_000

func (t *thread) join(ctx context.Context, i int) error {
	m := &member{t: t, got: map[string]*tally{}}
	role := "reader"
	if i < t.plan.Writers {
		role, m.typed = "writer", make([]atomic.Int64, t.plan.edits())
	}
	c, err := typist.Dial(ctx, typist.Options{
		URL: t.plan.URL, User: fmt.Sprintf("load %s %d", role, i), Thread: t.id, Title: t.name, OnUpdate: m.received,
	})
	if err != nil {
		return err
	}
	m.client, t.id = c, c.Thread()
	t.members = append(t.members, m)
	return nil
}

// received notes an update. It runs in the client's reader.
func (m *member) received(u typist.Update) {
	if u.Kind != "" {
		return
	}
	count(m.got, u.Client, u.Seq)
	var typed int64
	if u.Own {
		typed = u.Typed.UnixNano()
	} else if writers := m.t.writers.Load(); writers != nil {
		if w := (*writers)[u.Client]; w != nil && u.Seq-1 < uint64(len(w.typed)) {
			typed = w.typed[u.Seq-1].Load()
		}
	}
	from := m.t.from.Load()
	if typed == 0 || from == 0 || typed < from {
		return
	}
	d := time.Duration(u.Received.UnixNano() - typed)
	m.t.mu.Lock()
	defer m.t.mu.Unlock()
	if u.Own {
		m.t.ack.add(d)
	} else {
		m.t.latency.add(d)
	}
}

// joined is called when everybody is there.
func (t *thread) joined() {
	writers := map[string]*member{}
	for _, m := range t.members[:t.plan.Writers] {
		writers[m.client.ID()] = m
	}
	t.writers.Store(&writers)
}

// write types at the plan's rate until ctx is done.
func (m *member) write(ctx context.Context, r *rand.Rand) {
	every := time.Duration(float64(time.Second) / m.t.plan.Rate)
	next := time.Now().Add(rand.N(every))
	caret := 0
	for i := range m.typed {
		if d := time.Until(next); d > 0 {
			select {
			case <-ctx.Done():
				return
			case <-time.After(d):
			}
		} else if ctx.Err() != nil {
			return
		}
		next = next.Add(every)
		err := m.client.Edit(func(text *typist.Text) ot.Change {
			n := text.Len()
			if caret = min(caret, n); r.IntN(40) == 0 {
				caret = r.IntN(n + 1)
			}
			m.typed[i].Store(time.Now().UnixNano())
			if n > maxUnits || caret > 0 && r.IntN(12) == 0 {
				at := max(caret, 1)
				caret = at - 1
				return ot.Replace(n, at-1, at, nil)
			}
			caret++
			return ot.Replace(n, caret-1, caret-1, []uint16{uint16(letters[r.IntN(len(letters))])})
		})
		if err != nil {
			m.err = err
			return
		}
	}
}

// settle waits until everybody has everything, and closes the clients.
func (t *thread) settle(ctx context.Context) {
	defer t.close()
	head := uint64(0)
	for _, m := range t.members {
		m.err = errors.Join(m.err, m.client.Settle(ctx))
		head = max(head, m.client.Rev())
	}
	for _, m := range t.members {
		if m.err == nil {
			m.err = m.client.Reach(ctx, head)
		}
		m.text = m.client.String()
	}
}

func (t *thread) close() {
	for _, m := range t.members {
		if err := m.client.Close(); m.err == nil {
			m.err = err
		}
	}
}
