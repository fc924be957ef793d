package eventlog

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"sync"

	"parodywave/eventlog/chain"
)

// NewMemory returns a log in memory: the reference implementation, for tests and
// demonstrations. It is lost when the process ends.
func NewMemory() AuditLog {
	return &memory{streams: map[Stream]*memStream{}, keys: map[memSpan]chain.Key{}}
}

type memSpan struct {
	stream Stream
	span   uint64
}

type memory struct {
	mu      sync.RWMutex
	closed  bool
	order   []Stream
	streams map[Stream]*memStream
	all     []memRef
	keys    map[memSpan]chain.Key
	hasher  chain.Hasher // owned by Append, under mu
}

type memStream struct {
	head    Head
	records []Record // each with its Proof
}

type memRef struct {
	stream *memStream
	index  int
}

func (m *memory) Append(ctx context.Context, stream Stream, expected Revision, records ...Record) (Head, error) {
	if err := ctx.Err(); err != nil {
		return Head{}, fmt.Errorf("append to %s: %w", stream, err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return Head{}, ErrClosed
	}
	s := m.streams[stream]
	if s == nil {
		s = &memStream{head: Head{Stream: stream, Chain: chain.Start(string(stream))}}
	}
	if s.head.Revision != expected {
		return Head{}, &ConflictError{stream, expected, s.head.Revision}
	}
	head := s.head
	for i := range records {
		if err := records[i].Check(stream, head); err != nil {
			return Head{}, err
		}
		head.Time = records[i].Time
	}
	if len(records) > 0 && m.streams[stream] == nil {
		m.streams[stream], m.order = s, append(m.order, stream)
	}
	for _, r := range records {
		m.add(s, r)
	}
	return s.head, nil
}

func (m *memory) add(s *memStream, r Record) {
	r.Stream, r.Revision = s.head.Stream, s.head.Revision+1
	r.Position = Position(len(m.all) + 1)
	r.Shape, r.Text = slices.Clone(r.Shape), slices.Clone(r.Text)
	p := Proof{}
	if r.Proof != nil {
		p = *r.Proof
	} else if len(r.Text) > 0 {
		p.Salt = m.key(r.Stream, r.Revision).Derive(uint64(r.Revision))
	}
	if !p.Redacted {
		p.Commitment = m.hasher.Commit(p.Salt, r.Text)
	}
	v := r.Values(p.Commitment)
	p.Chain = m.hasher.Next(s.head.Chain, &v)
	r.Proof = &p
	s.records = append(s.records, r)
	s.head.Revision, s.head.Time, s.head.Chain = r.Revision, r.Time, p.Chain
	m.all = append(m.all, memRef{s, len(s.records) - 1})
}

func (m *memory) key(stream Stream, r Revision) chain.Key {
	span, _ := chain.Span(uint64(r))
	k, ok := m.keys[memSpan{stream, span}]
	if !ok {
		k = chain.NewKey()
		m.keys[memSpan{stream, span}] = k
	}
	return k
}

// give returns a copy of a record that belongs to the caller.
func (r Record) give(proof bool) Record {
	r.Shape, r.Text = slices.Clone(r.Shape), slices.Clone(r.Text)
	if p := r.Proof; proof {
		q := *p
		r.Proof = &q
	} else {
		r.Proof = nil
	}
	return r
}

func (m *memory) Read(ctx context.Context, stream Stream, after Revision) iter.Seq2[Record, error] {
	return m.read(ctx, stream, after, false)
}

func (m *memory) Prove(ctx context.Context, stream Stream, after Revision) iter.Seq2[Record, error] {
	return m.read(ctx, stream, after, true)
}

func (m *memory) read(ctx context.Context, stream Stream, after Revision, proof bool) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		m.mu.RLock()
		closed, s := m.closed, m.streams[stream]
		var records []Record
		if s != nil && int(after) < len(s.records) {
			records = s.records[after:len(s.records):len(s.records)]
		}
		m.mu.RUnlock()
		if closed {
			yield(Record{}, ErrClosed)
			return
		}
		for _, r := range records {
			if err := ctx.Err(); err != nil {
				yield(Record{}, err)
				return
			}
			if !yield(r.give(proof), nil) {
				return
			}
		}
	}
}

func (m *memory) Scan(ctx context.Context, after Position) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		for p := int(after); ; p++ {
			m.mu.RLock()
			closed, end := m.closed, p >= len(m.all)
			var r Record
			if !end {
				r = m.all[p].stream.records[m.all[p].index]
			}
			m.mu.RUnlock()
			err := ctx.Err()
			switch {
			case closed:
				yield(Record{}, ErrClosed)
				return
			case end:
				return
			case err != nil:
				yield(Record{}, err)
				return
			}
			if !yield(r.give(false), nil) {
				return
			}
		}
	}
}

func (m *memory) Head(_ context.Context, stream Stream) (Head, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	if m.closed {
		return Head{}, ErrClosed
	}
	if s := m.streams[stream]; s != nil {
		return s.head, nil
	}
	return Head{Stream: stream, Chain: chain.Start(string(stream))}, nil
}

func (m *memory) Streams(context.Context) ([]Head, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	if m.closed {
		return nil, ErrClosed
	}
	heads := make([]Head, len(m.order))
	for i, s := range m.order {
		heads[i] = m.streams[s].head
	}
	return heads, nil
}

func (m *memory) ChainAt(_ context.Context, stream Stream, at Revision) (chain.Digest, error) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	s := m.streams[stream]
	switch {
	case m.closed:
		return chain.Digest{}, ErrClosed
	case at == 0:
		return chain.Start(string(stream)), nil
	case s == nil || at > s.head.Revision:
		return chain.Digest{}, fmt.Errorf("revision %d of %s: %w", at, stream, ErrNotFound)
	}
	return s.records[at-1].Proof.Chain, nil
}

func (m *memory) Close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.closed = true
	return nil
}
