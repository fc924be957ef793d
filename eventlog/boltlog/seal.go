package boltlog

import (
	"context"
	"fmt"

	"parodywave/eventlog"
	"parodywave/eventlog/internal/pack"
)

// Seal moves all records that the log has when it is called from the tail into
// blocks, however few. Appends continue meanwhile. Seal waits for a running Verify.
func (l *Log) Seal(ctx context.Context) error {
	if l.options.ReadOnly {
		return fmt.Errorf("seal %s: opened read-only: %w", l.path, eventlog.ErrUnavailable)
	}
	l.mu.RLock()
	until, closed := l.last, l.closed
	l.mu.RUnlock()
	if closed {
		return eventlog.ErrClosed
	}
	if err := l.undamaged("seal"); err != nil {
		return err
	}
	s := &l.sealer
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.through(ctx, until, true); err != nil {
		return fmt.Errorf("seal %s: %w", l.path, err)
	}
	return nil
}

// through seals up to a position and sweeps. The caller must hold s.mu.
func (s *sealer) through(ctx context.Context, until eventlog.Position, wait bool) error {
	defer func() { s.block = blockBuilder{} }() // release its memory
	for s.position() < until {
		if err := s.seal(ctx, until, wait); err != nil {
			return err
		}
	}
	return s.sweep(ctx)
}

func (s *sealer) position() eventlog.Position {
	s.log.mu.RLock()
	defer s.log.mu.RUnlock()
	return s.log.sealed.position
}

// A sealing is one block that is being made.
type sealing struct {
	from, until eventlog.Position // the positions that it may include
	sealed      mark              // where the blocks end
	replaced    []blockRef        // the blocks that it includes
	tail        int               // bytes of the groups that it includes
	cuts        int
	plain       []byte // the value, if it is a group too large for a block
	made        blockRef
}

// plan returns what the next block is made of: the tail, and before it those of the
// last blocks that are not full, have at most twice as many records as all that
// follows them, and fit into one block. So a record is rewritten only when its
// block grows by half, there are never many small blocks, and the reading for one
// block is bounded.
func (s *sealer) plan(until eventlog.Position) sealing {
	l := s.log
	l.mu.RLock()
	defer l.mu.RUnlock()
	p := sealing{from: l.sealed.position + 1, until: until, sealed: l.sealed, cuts: l.cuts}
	total := min(uint64(until-l.sealed.position), s.sizes.records)
	i, sum := len(l.blocks), blockRef{}
	for ; i > 0; i-- {
		b := &l.blocks[i-1]
		sum.bytes, sum.streams = sum.bytes+b.bytes, sum.streams+b.streams
		if s.sizes.full(b) || b.count() > 2*total || sum.bytes > 2*s.sizes.bytes || sum.streams > pack.MaxBlockParts {
			break
		}
		total += b.count()
		p.from = b.first
	}
	p.replaced = append(p.replaced, l.blocks[i:]...)
	return p
}

// full reports whether a block is never sealed again together with what follows.
func (z *sealSizes) full(b *blockRef) bool {
	return b.count() >= z.records || b.size >= z.packed || b.bytes >= z.bytes || b.streams > pack.MaxBlockParts/2
}

// seal makes one block and puts it into the log.
func (s *sealer) seal(ctx context.Context, until eventlog.Position, wait bool) error {
	p := s.plan(until)
	value, err := s.make(ctx, &p)
	if err != nil && ctx.Err() == nil && len(p.replaced) > 0 { // it may have been too much for one block
		p.from, p.until, p.replaced = p.sealed.position+1, until, nil
		value, err = s.make(ctx, &p)
	}
	if err != nil {
		return err
	}
	if wait {
		s.log.moving.Lock()
	} else if !s.log.moving.TryLock() {
		return errBusy
	}
	defer s.log.moving.Unlock()
	if err := s.submit(ctx, s.commit(&p, value)); err != nil {
		return err
	}
	if f := s.log.options.OnSeal; f != nil {
		f(s.block.count, len(value), nil)
	}
	return nil
}

// make reads the positions of p until the block is full, and returns the block.
func (s *sealer) make(ctx context.Context, p *sealing) ([]byte, error) {
	m := &s.block
	m.reset(s.log.options.Packer)
	o, check := s.log.opener(), s.newCheck(p)
	p.tail, p.plain = 0, nil
	for at := p.from; at <= p.until && !s.enough(p); {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		values, err := s.log.page("seal", at)
		if err != nil {
			return nil, err
		}
		for i := 0; i < len(values) && at <= p.until && !s.enough(p); i++ {
			v := values[i]
			e, err := o.open(v.value)
			if err != nil {
				return nil, err
			}
			if m.count > 0 && (!m.fits(&e) || m.bytes+len(v.value) > pack.MaxBlockBytes && !v.sealed) {
				p.until = at - 1
				break
			}
			n := len(m.records)
			if err := m.add(&e, nil); err != nil {
				return nil, err
			}
			if at = e.Last() + 1; !v.sealed {
				if p.tail += len(v.value); m.bytes > pack.MaxBlockBytes {
					p.plain = v.value
				}
				if err := check.extent(&e, m.records[n:]); err != nil {
					return nil, err
				}
			}
		}
	}
	if m.last() <= p.sealed.position {
		return nil, fmt.Errorf("seal: the records after position %d do not fit into its block", m.last())
	}
	value := p.plain
	if value == nil || m.bytes <= pack.MaxBlockBytes {
		var err error
		if value, err = m.seal(); err != nil {
			return nil, err
		}
	}
	e, err := o.open(value)
	p.made = e.ref(value)
	return value, err
}

// enough reports whether the block is full.
func (s *sealer) enough(p *sealing) bool {
	m := &s.block
	return m.count > 0 && m.last() > p.sealed.position && (m.count >= s.sizes.records || m.bytes >= s.sizes.bytes)
}

// commit returns the change that replaces the values of p by their block. Groups of
// the tail stay: sweep removes them.
func (s *sealer) commit(p *sealing, value []byte) *relocation {
	l, m := s.log, &s.block
	r := &relocation{begin: func() error {
		if l.cuts != p.cuts { // a prune has come between; only the committer writes cuts
			return errBusy
		}
		return nil
	}}
	for _, b := range p.replaced {
		r.changes = append(r.changes, change{bucketBlocks, positionKey(b.last), nil})
	}
	r.changes = append(r.changes, change{bucketBlocks, positionKey(m.last()), value})
	r.publish = func() {
		l.blocks = append(l.blocks[:len(l.blocks)-len(p.replaced)], p.made)
		l.sealed = mark{m.last(), m.log}
		l.tailBytes -= p.tail
		l.remnants = true
		for i := range m.parts {
			part := &m.parts[i]
			st := l.streams[part.Stream]
			st.groups.replace(indexEntry{m.first, part.First}, m.last())
			st.sealed = eventlog.Head{Stream: part.Stream, Revision: part.Last(), Time: part.Time, Chain: part.Chain}
		}
	}
	return r
}
