package boltlog

import (
	"context"
	"fmt"
	"math"
	"slices"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
)

// Prune removes the records of the stream chain.Unchained through a revision. In the
// same transaction it appends record, which should say so, to that stream; if the
// record's time is before its predecessor's, it gets that time.
//
// Removed records become holes: their positions stay counted, blocks are rebuilt,
// and neighbouring groups of holes become one. Verification of the stream starts
// after them, from a chain value that is kept. The removed bytes stay in free pages
// of the file until those are reused or the file is compacted.
//
// The error wraps eventlog.ErrNotFound if the stream ends before through, and
// eventlog.ErrInvalid if through was pruned already; the others are those of Append.
func (l *Log) Prune(ctx context.Context, through eventlog.Revision, record eventlog.Record) error {
	l.moving.Lock()
	defer l.moving.Unlock()
	p, err := l.newPrune(ctx, through)
	if err != nil {
		return fmt.Errorf("prune %s through revision %d: %w", chain.Unchained, through, err)
	}
	_, err = l.submit(ctx, &request{stream: chain.Unchained, records: []eventlog.Record{record},
		alone: &relocation{changes: p.changes, begin: p.begin, publish: p.publish, rollback: p.rollback}})
	return err
}

// A prune prepares its changes beside the committer, which is safe: it excludes
// other prunes and sealings, and appends never change the records it removes.
type prune struct {
	log     *Log
	stream  *stream
	cut     cut
	head    eventlog.Revision // before the record that Prune appends
	changes []change
	blocks  map[eventlog.Position]int // new sizes, by first position
	shrunk  int                       // bytes that the tail loses
}

func (l *Log) newPrune(ctx context.Context, through eventlog.Revision) (*prune, error) {
	l.mu.RLock()
	s, closed := l.streams[chain.Unchained], l.closed
	var start cut
	var head eventlog.Revision
	rank := uint64(slices.Index(l.order, s))
	if s != nil {
		start, head = s.start, s.head.Revision
	}
	l.mu.RUnlock()
	switch {
	case closed:
		return nil, eventlog.ErrClosed
	case len(l.damages) > 0:
		return nil, l.undamaged("prune")
	case through == 0:
		return nil, eventlog.ErrInvalid
	case l.options.ReadOnly:
		return nil, fmt.Errorf("opened read-only: %w", eventlog.ErrUnavailable)
	case s == nil || through > head:
		return nil, eventlog.ErrNotFound
	case through <= start.through:
		return nil, fmt.Errorf("was pruned through %d: %w", start.through, eventlog.ErrInvalid)
	}
	at, err := l.ChainAt(ctx, chain.Unchained, through)
	if err != nil {
		return nil, err
	}
	p := &prune{log: l, stream: s, cut: cut{through: through, rank: rank, chain: at}, blocks: map[eventlog.Position]int{}}
	if err := p.holes(ctx, start.through+1); err != nil {
		return nil, err
	}
	p.changes = append(p.changes, change{bucketMeta, []byte(keyPruned + chain.Unchained), p.cut.encode(chain.Unchained)})
	return p, nil
}

// holes collects the changes that remove the records from a revision on.
func (p *prune) holes(ctx context.Context, from eventlog.Revision) error {
	l, through := p.log, p.cut.through
	h := punch{prune: p, opener: l.opener(), before: l.opener()}
	first, _ := chain.Span(uint64(from))
	end, _ := chain.Span(uint64(through + 1))
	for span := first; span < end; span++ {
		p.changes = append(p.changes, change{bucketKeys, saltKey(chain.Unchained, span), nil})
	}
	var entries []indexEntry
	for from <= through {
		if err := ctx.Err(); err != nil {
			return err
		}
		l.mu.RLock()
		entries = p.stream.groups.from(from, entries, pageGroups)
		l.mu.RUnlock()
		for _, e := range entries {
			if e.first > through {
				break
			}
			if err := h.at(e.at); err != nil {
				return err
			}
		}
		last := entries[len(entries)-1].first
		if len(entries) < pageGroups || last > through {
			break
		}
		from = last + 1 // this reads the last one again, which changes nothing
	}
	h.flush()
	return nil
}

// begin makes readers skip the records to be removed.
func (p *prune) begin() error {
	p.log.mu.Lock()
	p.stream.cutting, p.head = p.cut.through, p.stream.head.Revision
	p.log.mu.Unlock()
	return nil
}

// publish moves the start of the stream. The caller holds Log.mu.
func (p *prune) publish() {
	l, s, through := p.log, p.stream, p.cut.through
	s.start, s.cutting = p.cut, 0
	entries := s.groups.from(through+1, nil, math.MaxInt)
	s.groups = groupIndex{}
	if p.head > through { // otherwise no earlier value has a record of it any more
		for _, e := range entries {
			s.groups.add(indexEntry{e.at, max(e.first, through+1)})
		}
	}
	for i := range l.blocks {
		if size, ok := p.blocks[l.blocks[i].first]; ok {
			l.blocks[i].size = size
		}
	}
	l.tailBytes -= p.shrunk
	l.cuts++
}

// rollback undoes begin.
func (p *prune) rollback() {
	p.log.mu.Lock()
	p.stream.cutting = 0
	p.log.mu.Unlock()
}
