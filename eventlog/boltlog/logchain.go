package boltlog

import (
	"context"
	"fmt"
	"slices"

	"go.etcd.io/bbolt"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
)

// LogChainAt returns L of a position, which may be 0. Beyond the end of the log the
// error wraps eventlog.ErrNotFound. At the end of a block or group it is a lookup;
// elsewhere it recomputes the chains from the nearest L stored before.
func (l *Log) LogChainAt(ctx context.Context, p eventlog.Position) (chain.Digest, error) {
	l.mu.RLock()
	last, end, sealed, closed := l.last, l.chain, l.sealed, l.closed
	l.mu.RUnlock()
	switch {
	case closed:
		return chain.Digest{}, eventlog.ErrClosed
	case p > last:
		return chain.Digest{}, fmt.Errorf("position %d of %d: %w", p, last, eventlog.ErrNotFound)
	case p == last:
		return end, nil
	case p == sealed.position:
		return sealed.chain, nil
	case p == 0:
		return chain.LogStart(), nil
	}
	d, err := l.logChain(ctx, p)
	if err != nil {
		return chain.Digest{}, fmt.Errorf("log chain at position %d: %w", p, err)
	}
	return d, nil
}

// valueAt opens the value that holds a position.
func (l *Log) valueAt(o *opener, p eventlog.Position) (e extent, err error) {
	var value []byte
	err = l.view("log chain", func(tx *bbolt.Tx) error {
		s, err := l.openStore(tx)
		if err == nil {
			value, _, err = s.at(p)
		}
		return err
	})
	if err != nil {
		return extent{}, err
	}
	e, err = o.open(value)
	if err == nil && (e.First > p || e.Last() < p) {
		err = damaged("position %d is not among positions %d to %d", p, e.First, e.Last())
	}
	return e, err
}

func (l *Log) logChain(ctx context.Context, p eventlog.Position) (chain.Digest, error) {
	if err := l.undamaged("recompute"); err != nil {
		return chain.Digest{}, err
	}
	l.moving.RLock() // no prune or sealing moves records meanwhile
	defer l.moving.RUnlock()
	e, err := l.valueAt(l.opener(), p)
	if err != nil || e.Last() == p {
		return e.Log, err
	}
	end := chain.LogStart()
	if e.First > 1 {
		before, err := l.valueAt(l.opener(), e.First-1)
		if err != nil {
			return chain.Digest{}, err
		}
		end = before.Log
	}
	streams, err := l.chainsBefore(ctx, &e)
	if err != nil {
		return chain.Digest{}, err
	}
	var h chain.Hasher
	for r, err := range e.all() {
		if err != nil {
			return chain.Digest{}, err
		}
		if r.Position > p {
			break
		}
		c := streams[r.Stream]
		if c == nil {
			continue // not in the log chain
		}
		if _, err := c.next(r); err != nil {
			return chain.Digest{}, err
		}
		end = h.LogNext(end, string(r.Stream), uint64(r.Revision), c.chain)
	}
	return end, ctx.Err()
}

// chainsBefore returns, for each stream in an extent that the log chain covers, C
// before the extent. It opens each earlier value that it needs once.
func (l *Log) chainsBefore(ctx context.Context, e *extent) (map[eventlog.Stream]*chainer, error) {
	streams := map[eventlog.Stream]*chainer{}
	needs := map[eventlog.Position][]eventlog.Stream{}
	var order []eventlog.Position
	l.mu.RLock()
	for i := range e.Parts {
		p := &e.Parts[i]
		if p.Stream == chain.Unchained {
			continue
		}
		streams[p.Stream] = &chainer{salter: l.salts, name: p.Stream, chain: chain.Start(string(p.Stream))}
		if before, ok := l.streams[p.Stream].groups.before(p.First); ok {
			if needs[before.at] == nil {
				order = append(order, before.at)
			}
			needs[before.at] = append(needs[before.at], p.Stream)
		}
	}
	l.mu.RUnlock()
	slices.Sort(order)
	o := l.opener()
	for _, at := range order {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		b, err := l.valueAt(o, at)
		if err != nil {
			return nil, err
		}
		for _, name := range needs[at] {
			p := b.Part(name)
			if want := e.Part(name).First - 1; p == nil || p.Last() != want {
				return nil, damaged("positions %d to %d do not end with revision %d of %s", b.First, b.Last(), want, name)
			}
			streams[name].chain = p.Chain
		}
	}
	return streams, nil
}
