package loadgen

import (
	"context"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"parodywave/cmd/parodywave/loadgen/client"
	"parodywave/eventlog/ot"
)

// A conn is one connection: a client with a text of its own, or a reader.
type conn struct {
	t *thread
	connection
	client *client.Client // the connection; nil for a reader
	first  uint64         // the revision at which it joined
	edits  atomic.Pointer[stepEdits]
	caret  int

	// Only the goroutine that reads the connection uses these, until it ends.
	got    map[string]*tally // of a client: seqs received, by writer
	seen   tally             // of a reader: revisions received, counted from first
	digest uint64            // sum over all entries above the thread's base
	count  uint64            // edits received

	err error
}

type connection interface {
	Rev() uint64
	Stats() client.Stats
	Err() error
	Reach(ctx context.Context, rev uint64) error
	Close() error
}

const letters = "etaoinshrdlucmfwypvbgkqjxz    \n"

// maxUnits is the length, in UTF-16 units, above which writers only delete.
const maxUnits = 20_000

func (c *conn) close() {
	if err := c.Close(); c.err == nil {
		c.err = err
	}
}

// received records an update that a client received.
func (c *conn) received(u client.Update) {
	writers := c.t.writers.Load()
	if writers != nil && u.Rev > c.t.base {
		c.digest += u.Digest
	}
	if u.Kind != "" {
		return
	}
	c.count++
	count(c.got, u.Client, u.Seq)
	at, from := u.Received.UnixNano(), c.t.from.Load()
	c.t.mu.Lock()
	defer c.t.mu.Unlock()
	c.t.delivered++
	if u.Own {
		if typed := u.Typed.UnixNano(); from != 0 && typed >= from {
			c.t.ack.Add(time.Duration(at - typed))
		}
	} else if writers != nil {
		if w := (*writers)[u.Client]; w != nil {
			if s := w.edits.Load().of(u.Seq); s != nil {
				c.t.arrived(s, at, from)
			}
		}
	}
}

// read records a batch that a reader received.
func (c *conn) read(b *client.Batch, now time.Time) {
	if c.t.writers.Load() == nil {
		return // writers start only after all have joined
	}
	if first := b.Notes[0].Rev; b.Dense && first > c.first {
		c.seen.addRun(first-c.first, uint64(len(b.Notes)))
	} else {
		for _, n := range b.Notes {
			c.seen.add(max(n.Rev, c.first) - c.first) // older ones are all 0, which counts as duplicated
		}
	}
	if b.Notes[0].Rev > c.t.base && b.Dense {
		c.digest += b.Digest
	} else {
		for _, n := range b.Notes {
			if n.Rev > c.t.base {
				c.digest += n.Digest
			}
		}
	}
	c.count += uint64(b.Edits)
	at, from := now.UnixNano(), c.t.from.Load()
	edits, _ := b.Extra.([]*edit)
	c.t.mu.Lock()
	defer c.t.mu.Unlock()
	c.t.delivered += uint64(b.Edits)
	for _, s := range edits {
		if s != nil {
			c.t.arrived(s, at, from)
		}
	}
}

// write types at a rate, in edits a second, until ctx is done or all edits of the
// step are typed.
func (c *conn) write(ctx context.Context, rate float64, r *rand.Rand) error {
	s := c.edits.Load()
	every := time.Duration(float64(time.Second) / rate)
	timer := time.NewTimer(rand.N(every))
	defer timer.Stop()
	next := time.Now().Add(rand.N(every))
	for i := range s.edits {
		if d := time.Until(next); d > 0 {
			timer.Reset(d)
			select {
			case <-ctx.Done():
				return nil
			case <-timer.C:
			}
		} else if ctx.Err() != nil {
			return nil
		}
		next = next.Add(every)
		err := c.client.Edit(func(text *client.Text) ot.Change {
			s.edits[i].typed.Store(time.Now().UnixNano())
			return c.keystroke(text.Len(), r)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// keystroke returns a change that types a character at the caret or deletes the
// one before it. One time in 40 the caret jumps first.
func (c *conn) keystroke(n int, r *rand.Rand) ot.Change {
	if c.caret = min(c.caret, n); r.IntN(40) == 0 {
		c.caret = r.IntN(n + 1)
	}
	if n > maxUnits || c.caret > 0 && r.IntN(12) == 0 {
		at := max(c.caret, 1)
		c.caret = at - 1
		return ot.Replace(n, at-1, at, nil)
	}
	c.caret++
	return ot.Replace(n, c.caret-1, c.caret-1, []uint16{uint16(letters[r.IntN(len(letters))])})
}
