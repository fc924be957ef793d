package boltlog

import (
	"context"
	"fmt"
	"iter"

	"go.etcd.io/bbolt"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
)

// Prove implements eventlog.Prover. Records of a group are yielded once the chain
// came out right at its end.
func (l *Log) Prove(ctx context.Context, name eventlog.Stream, after eventlog.Revision) iter.Seq2[eventlog.Record, error] {
	return func(yield func(eventlog.Record, error) bool) {
		r, err := l.reader(name, after)
		p := prover{reader: r}
		if err == nil && r.next <= r.until {
			err = p.begin(ctx)
		}
		for err == nil && p.next <= p.until {
			var groups [][]byte
			if groups, err = p.page(ctx); err == errAgain {
				p.restart()
				err = nil
				continue
			}
			for i := 0; err == nil && i < len(groups) && p.next <= p.until; i++ {
				var records []eventlog.Record
				if records, err = p.prove(groups[i]); err == errAgain {
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

// ChainAt implements eventlog.Prover.
func (l *Log) ChainAt(ctx context.Context, name eventlog.Stream, at eventlog.Revision) (chain.Digest, error) {
	l.mu.RLock()
	s, closed := l.streams[name], l.closed
	var head eventlog.Head
	var start cut
	if s != nil {
		head, start = s.head, s.start
	}
	l.mu.RUnlock()
	switch {
	case closed:
		return chain.Digest{}, eventlog.ErrClosed
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
	}
	for r, err := range l.Prove(ctx, name, at-1) {
		if err != nil {
			return chain.Digest{}, err
		}
		return r.Proof.Chain, nil
	}
	return chain.Digest{}, fmt.Errorf("revision %d of %s: %w", at, name, eventlog.ErrNotFound)
}

// A prover is a reader that recomputes the chain.
type prover struct {
	*reader
	chain  chain.Digest // before next
	hasher chain.Hasher
	salts  *salts
	span   uint64
}

// begin moves next back to where its group begins, and finds C before it.
func (p *prover) begin(ctx context.Context) error {
	l := p.log
	l.mu.RLock()
	s := l.streams[p.name]
	here := s.groups.from(p.next, nil, 1)
	before, ok := s.groups.before(here[0].first)
	start := s.start
	l.mu.RUnlock()
	p.next, p.chain = max(here[0].first, start.through+1), start.chain
	if !ok {
		return nil
	}
	c, err := p.endOf(before, p.next-1)
	if err != nil && p.pruned() {
		p.restart()
		return ctx.Err()
	}
	p.chain = c
	return err
}

// endOf returns C after a group in which the stream ends with revision last.
func (p *prover) endOf(e indexEntry, last eventlog.Revision) (chain.Digest, error) {
	var value []byte
	err := p.log.view("prove "+string(p.name), func(tx *bbolt.Tx) (err error) {
		value, err = copyGroup(tx.Bucket([]byte(bucketTail)), e.group)
		return err
	})
	if err != nil {
		return chain.Digest{}, err
	}
	g, err := p.decoder.Open(value)
	if err != nil {
		return chain.Digest{}, fmt.Errorf("prove %s at revision %d: %w", p.name, e.first, err)
	}
	part := g.Part(p.name)
	if part == nil || part.Last() != last {
		return chain.Digest{}, damaged("prove %s: group at position %d does not end with revision %d", p.name, g.First, last)
	}
	return part.Chain, nil
}

// restart begins again where a prune that came between has put the start.
func (p *prover) restart() {
	p.log.mu.RLock()
	defer p.log.mu.RUnlock()
	start := p.log.streams[p.name].start
	p.next, p.chain = start.through+1, start.chain
}

// prove returns the stream's records in one group, each with its proof.
func (p *prover) prove(value []byte) ([]eventlog.Record, error) {
	g, err := p.open(value)
	if err != nil {
		return nil, err
	}
	part := g.Part(p.name)
	if part.First != p.next {
		return nil, damaged("prove %s: group at position %d begins with revision %d, want %d", p.name, g.First, part.First, p.next)
	}
	records := make([]eventlog.Record, 0, part.Count)
	for {
		var rec eventlog.Record
		ok, err := g.Next(&rec)
		if err != nil {
			return nil, fmt.Errorf("prove %s: %w", p.name, err)
		}
		if !ok {
			break
		}
		if rec.Stream != p.name {
			continue
		}
		if err := p.record(&rec); err != nil {
			return nil, err
		}
		records = append(records, rec)
	}
	if p.chain != part.Chain {
		return nil, damaged("prove %s: revisions %d to %d do not give the chain value stored after them", p.name, part.First, part.Last())
	}
	p.next = part.Last() + 1
	return records, nil
}

// record sets the proof of a record.
func (p *prover) record(r *eventlog.Record) error {
	q := new(eventlog.Proof)
	if r.Proof != nil {
		q = r.Proof
	}
	if len(r.Text) > 0 {
		span, _ := chain.Span(uint64(r.Revision))
		if p.salts == nil || p.span != span {
			found, err := p.log.salts(saltKey(p.name, span))
			if err == nil && found == nil {
				err = damaged("no salts")
			}
			if err != nil {
				return fmt.Errorf("prove %s at revision %d: %w", p.name, r.Revision, err)
			}
			p.salts, p.span = found, span
		}
		q.Salt = p.salts.at(r.Revision)
	}
	if !q.Redacted {
		q.Commitment = p.hasher.Commit(q.Salt, r.Text)
	}
	v := r.Values(q.Commitment)
	p.chain = p.hasher.Next(p.chain, &v)
	q.Chain, r.Proof = p.chain, q
	return nil
}
