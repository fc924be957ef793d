package boltlog

import (
	"context"
	"fmt"
	"iter"

	"go.etcd.io/bbolt"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
	"parodywave/eventlog/internal/pack"
)

// Prove implements eventlog.Prover. It yields the records of a block or group only
// after its chain has been verified to the end. If a prune removes the next records
// meanwhile (errAgain), it goes on with the first that remains.
func (l *Log) Prove(ctx context.Context, name eventlog.Stream, after eventlog.Revision) iter.Seq2[eventlog.Record, error] {
	return func(yield func(eventlog.Record, error) bool) {
		r, err := l.reader(name, after)
		p := prover{reader: r}
		if err == nil {
			p.chainer = chainer{salter: l.salts, name: name}
		}
		if err == nil && r.next <= r.until {
			err = p.begin(ctx)
		}
		for err == nil && p.next <= p.until {
			var values [][]byte
			if values, err = p.page(ctx); err == errAgain {
				p.restart()
				err = nil
				continue
			}
			for i := 0; err == nil && i < len(values) && p.next <= p.until; i++ {
				var records []eventlog.Record
				if records, err = p.prove(values[i]); err == errAgain {
					p.restart()
					err = nil
					break
				}
				for _, rec := range records {
					if err = ctx.Err(); err != nil {
						break
					}
					if rec.Revision > after && rec.Revision <= p.until && !yield(rec, nil) {
						return
					}
				}
			}
		}
		if err != nil {
			yield(eventlog.Record{}, err)
		}
	}
}

// ChainAt implements eventlog.Prover. At the head and at the end of the blocks it is
// a lookup; elsewhere it proves the stream's part of a block or group, which for a
// full block takes a tenth of a second.
func (l *Log) ChainAt(ctx context.Context, name eventlog.Stream, at eventlog.Revision) (chain.Digest, error) {
	l.mu.RLock()
	s, closed := l.streams[name], l.closed
	var head, sealed eventlog.Head
	var start cut
	if s != nil {
		head, sealed, start = s.head, s.sealed, s.start
	}
	l.mu.RUnlock()
	switch {
	case closed:
		return chain.Digest{}, eventlog.ErrClosed
	case l.unreadable[name] != nil:
		return chain.Digest{}, fmt.Errorf("revision %d of %s: %w", at, name, l.unreadable[name])
	case at == 0:
		return chain.Start(string(name)), nil
	case s == nil || at > head.Revision:
		return chain.Digest{}, fmt.Errorf("revision %d of %s: %w", at, name, eventlog.ErrNotFound)
	case at < start.through:
		return chain.Digest{}, fmt.Errorf("revision %d of %s, pruned through %d: %w", at, name, start.through, eventlog.ErrNotFound)
	case at == start.through:
		return start.chain, nil
	case at == head.Revision:
		return head.Chain, nil
	case at == sealed.Revision:
		return sealed.Chain, nil
	}
	for r, err := range l.Prove(ctx, name, at-1) {
		if err != nil {
			return chain.Digest{}, err
		}
		return r.Proof.Chain, nil
	}
	return chain.Digest{}, fmt.Errorf("revision %d of %s: %w", at, name, eventlog.ErrNotFound)
}

// A prover is a reader (read.go) that recomputes the chain.
type prover struct {
	*reader
	chainer chainer // has the chain value at revision next-1
}

// begin moves next back to the stream's first record in its block or group, and sets
// the chain value before it. That value is stored at the end of the previous block or
// group of the stream; without one, the chain begins at the stream's start.
func (p *prover) begin(ctx context.Context) error {
	l := p.log
	l.mu.RLock()
	s := l.streams[p.name]
	first, start := s.groups.from(p.next, nil, 1)[0].first, s.start
	l.mu.RUnlock()
	for {
		l.mu.RLock()
		before, ok := s.groups.before(first)
		l.mu.RUnlock()
		p.next, p.chainer.chain = max(first, start.through+1), start.chain
		if !ok {
			return nil
		}
		part, err := p.partAt(before)
		if err == nil && part.Last() == first-1 {
			p.chainer.chain = part.Chain
			return nil
		}
		if err == nil && part.Last() >= first && part.First < first {
			first = part.First // a block sealed meanwhile holds both
			continue
		}
		if err == nil {
			err = damaged("prove %s: revision %d does not follow those at position %d", p.name, first, before.at)
		}
		if p.pruned() {
			p.restart()
			return ctx.Err()
		}
		return err
	}
}

// partAt returns the stream's part of the block or group at an index entry.
func (p *prover) partAt(at indexEntry) (pack.Part, error) {
	var value []byte
	err := p.log.view("prove "+string(p.name), func(tx *bbolt.Tx) error {
		s, err := p.log.openStore(tx)
		if err == nil {
			value, _, err = s.at(at.at)
		}
		return err
	})
	if err != nil {
		return pack.Part{}, err
	}
	e, err := p.opener.open(value)
	if err != nil {
		return pack.Part{}, fmt.Errorf("prove %s at revision %d: %w", p.name, at.first, err)
	}
	part := e.Part(p.name)
	if part == nil {
		return pack.Part{}, damaged("prove %s: positions %d to %d hold no record of the stream", p.name, e.First, e.Last())
	}
	return *part, nil
}

// restart continues at the stream's start, which a prune has moved past next.
func (p *prover) restart() {
	p.log.mu.RLock()
	defer p.log.mu.RUnlock()
	start := p.log.streams[p.name].start
	p.next, p.chainer.chain = start.through+1, start.chain
}

// prove returns the stream's records in one block or group from next on, with their
// proofs, and moves next behind them.
func (p *prover) prove(value []byte) ([]eventlog.Record, error) {
	e, err := p.open(value)
	if err != nil {
		return nil, err
	}
	part := e.Part(p.name)
	records := make([]eventlog.Record, 0, part.Count)
	for rec, err := range e.records(p.name) {
		if err != nil {
			return nil, fmt.Errorf("prove %s: %w", p.name, err)
		}
		if rec.Revision < p.next {
			continue // proved already, as part of a group that this block replaced
		}
		proof, err := p.chainer.next(rec)
		if err != nil {
			return nil, fmt.Errorf("prove: %w", err)
		}
		rec.Proof = &proof
		records = append(records, *rec)
	}
	if p.chainer.chain != part.Chain {
		return nil, damaged("prove %s: revisions %d to %d do not give the chain value stored after them", p.name, p.next, part.Last())
	}
	p.next = part.Last() + 1
	return records, nil
}
