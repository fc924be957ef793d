package load

import (
	"context"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"parodywave/cmd/parodywave/typist"
	"parodywave/eventlog/ot"
)

// A member is one connection: a client with a text of its own, or a reader.
type member struct {
	t      *thread
	client *typist.Client // nil for a reader
	reader *typist.Reader // nil for a client
	first  uint64         // revision at which it joined
	sheet  atomic.Pointer[sheet]
	caret  int

	// Its connection's goroutine's alone, until that has ended.
	got    map[string]*tally // a client's: edits, by who typed them
	seen   tally             // a reader's: revisions above first
	digest uint64            // sum of all entries above the thread's base
	count  uint64            // of edits

	err error
}

const letters = "etaoinshrdlucmfwypvbgkqjxz    \n"

// maxUnits is the length from which on writers delete.
const maxUnits = 20_000

func (m *member) rev() uint64 {
	if m.reader != nil {
		return m.reader.Rev()
	}
	return m.client.Rev()
}

func (m *member) resumed() int {
	if m.reader != nil {
		return m.reader.Stats().Resumes
	}
	return m.client.Stats().Resumes
}

func (m *member) close() {
	var err error
	if m.reader != nil {
		err = m.reader.Close()
	} else {
		err = m.client.Close()
	}
	if m.err == nil {
		m.err = err
	}
}

// received notes an update that a client was brought.
func (m *member) received(u typist.Update) {
	writers := m.t.writers.Load()
	if writers != nil && u.Rev > m.t.base {
		m.digest += u.Digest
	}
	if u.Kind != "" {
		return
	}
	m.count++
	count(m.got, u.Client, u.Seq)
	at, from := u.Received.UnixNano(), m.t.from.Load()
	m.t.mu.Lock()
	defer m.t.mu.Unlock()
	m.t.delivered++
	if u.Own {
		if typed := u.Typed.UnixNano(); from != 0 && typed >= from {
			m.t.ack.add(time.Duration(at - typed))
		}
	} else if writers != nil {
		if w := (*writers)[u.Client]; w != nil {
			if s := w.sheet.Load().of(u.Seq); s != nil {
				m.t.arrived(s, at, from)
			}
		}
	}
}

// read notes a batch that a reader was brought.
func (m *member) read(b *typist.Batch, now time.Time) {
	if m.t.writers.Load() == nil {
		return // nobody types before all have joined
	}
	if first := b.Notes[0].Rev; b.Dense && first > m.first {
		m.seen.addRun(first-m.first, uint64(len(b.Notes)))
	} else {
		for _, n := range b.Notes {
			m.seen.add(max(n.Rev, m.first) - m.first) // 0 and again and again: duplicated
		}
	}
	if b.Notes[0].Rev > m.t.base && b.Dense {
		m.digest += b.Digest
	} else {
		for _, n := range b.Notes {
			if n.Rev > m.t.base {
				m.digest += n.Digest
			}
		}
	}
	m.count += uint64(b.Edits)
	at, from := now.UnixNano(), m.t.from.Load()
	strokes, _ := b.Extra.([]*stroke)
	m.t.mu.Lock()
	defer m.t.mu.Unlock()
	m.t.delivered += uint64(b.Edits)
	for _, s := range strokes {
		if s != nil {
			m.t.arrived(s, at, from)
		}
	}
}

// write types at a rate, in edits a second, until ctx is done or the sheet is
// full.
func (m *member) write(ctx context.Context, rate float64, r *rand.Rand) error {
	s := m.sheet.Load()
	every := time.Duration(float64(time.Second) / rate)
	timer := time.NewTimer(rand.N(every))
	defer timer.Stop()
	next := time.Now().Add(rand.N(every))
	for i := range s.strokes {
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
		err := m.client.Edit(func(text *typist.Text) ot.Change {
			s.strokes[i].typed.Store(time.Now().UnixNano())
			return m.stroke(text.Len(), r)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// stroke types a character at the caret or takes one back; now and then the
// caret jumps.
func (m *member) stroke(n int, r *rand.Rand) ot.Change {
	if m.caret = min(m.caret, n); r.IntN(40) == 0 {
		m.caret = r.IntN(n + 1)
	}
	if n > maxUnits || m.caret > 0 && r.IntN(12) == 0 {
		at := max(m.caret, 1)
		m.caret = at - 1
		return ot.Replace(n, at-1, at, nil)
	}
	m.caret++
	return ot.Replace(n, m.caret-1, m.caret-1, []uint16{uint16(letters[r.IntN(len(letters))])})
}
