package boltlog

import (
	"context"
	"fmt"
	"math"

	"go.etcd.io/bbolt"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
	"parodywave/eventlog/internal/pack"
)

// Prune removes the records of the stream chain.Unchained through a revision,
// and in the same transaction appends record, which should tell of it, to that
// stream. The record's time is raised to its predecessor's if it is before.
//
// The records removed become holes: their positions stay counted, and neighbouring
// groups of which nothing is left become one. Verification of the stream starts
// after them with the chain value that is kept in their stead. Their bytes remain
// in free pages of the file until those are used again or the file is copied anew.
//
// It returns an error that wraps eventlog.ErrNotFound if the stream ends before
// through, eventlog.ErrInvalid if through was pruned already, and otherwise what
// Append does.
func (l *Log) Prune(ctx context.Context, through eventlog.Revision, record eventlog.Record) error {
	if through == 0 {
		return fmt.Errorf("prune %s through 0: %w", chain.Unchained, eventlog.ErrInvalid)
	}
	l.pruning.Lock()
	defer l.pruning.Unlock()
	_, err := l.submit(ctx, &request{stream: chain.Unchained, prune: through, records: []eventlog.Record{record}})
	return err
}

// A pruned is a prune that is being committed.
type pruned struct {
	stream *stream
	cut    cut
	head   eventlog.Revision // before the record that tells of it
}

// prune adds a prune to the batch, in which it is alone, or sets its error.
func (c *committer) prune(q *request) {
	if q.err = c.tryPrune(q); q.err != nil {
		q.final = true
		return
	}
	q.head = c.pruned.stream.next
}

func (c *committer) tryPrune(q *request) error {
	l := c.log
	s := l.streams[q.stream]
	switch {
	case s == nil || q.prune > s.head.Revision:
		return fmt.Errorf("prune %s through revision %d: %w", q.stream, q.prune, eventlog.ErrNotFound)
	case q.prune <= s.start.through:
		return fmt.Errorf("prune %s through revision %d, was pruned through %d: %w", q.stream, q.prune, s.start.through, eventlog.ErrInvalid)
	}
	q.records[0].Time = s.head.Stamp(q.records[0].Time)
	if err := check(s, q); err != nil {
		return err
	}
	at, err := l.ChainAt(context.Background(), q.stream, q.prune)
	if err != nil {
		return err
	}
	if err := c.loadSalts(s, q); err != nil {
		return err
	}
	kept := cut{through: q.prune, began: s.start.began, chain: at}
	changes, err := l.holes(s, q.prune)
	if err != nil {
		return fmt.Errorf("prune %s through revision %d: %w", q.stream, q.prune, err)
	}
	c.puts = append(changes, change{bucketMeta, []byte(keyPruned + q.stream), kept.encode(q.stream)})
	c.pruned = &pruned{s, kept, s.head.Revision}
	l.mu.Lock()
	s.cutting = q.prune
	l.mu.Unlock()
	c.touch(s)
	c.add(s, &q.records[0])
	return nil
}

// holes returns the changes that remove the records of s through a revision.
func (l *Log) holes(s *stream, through eventlog.Revision) ([]change, error) {
	p := punch{stream: s.head.Stream, through: through}
	var entries []indexEntry
	from := s.start.through + 1
	for from <= through {
		entries = s.groups.from(from, entries, pageGroups)
		err := l.view("prune", func(tx *bbolt.Tx) error {
			tail := tx.Bucket([]byte(bucketTail))
			for _, e := range entries {
				if e.first > through {
					break
				}
				v, err := copyGroup(tail, e.group)
				if err != nil {
					return err
				}
				if err := p.group(tail, v); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		last := entries[len(entries)-1].first
		if len(entries) < pageGroups || last > through {
			break
		}
		from = last + 1 // the last one is read again, as are groups in which nothing changes
	}
	p.flush()
	first, _ := chain.Span(uint64(s.start.through + 1))
	end, _ := chain.Span(uint64(through + 1))
	for span := first; span < end; span++ {
		p.changes = append(p.changes, change{bucketKeys, saltKey(s.head.Stream, span), nil})
	}
	return p.changes, nil
}

// A punch rewrites groups with holes, and joins neighbours that are nothing else.
type punch struct {
	stream  eventlog.Stream
	through eventlog.Revision
	decoder pack.Decoder
	builder pack.Builder
	changes []change
	done    eventlog.Position // the last position looked at

	// A run of groups of which nothing is left, not yet in changes.
	first eventlog.Position
	count uint64
	log   chain.Digest
}

func (p *punch) group(tail *bbolt.Bucket, value []byte) error {
	g, err := p.decoder.Open(value)
	if err != nil || g.First <= p.done {
		return err
	}
	p.done = g.Last()
	left, err := p.rebuild(g)
	if err != nil {
		return err
	}
	if left > 0 {
		value := p.builder.Seal(g.Log)
		p.flush()
		p.changes = append(p.changes, change{bucketTail, positionKey(g.First), value})
		return nil
	}
	if p.count > 0 && p.first+eventlog.Position(p.count) != g.First {
		p.flush()
	}
	if p.count == 0 {
		if err := p.before(tail, g.First); err != nil {
			return err
		}
	}
	if p.count > 0 {
		p.changes = append(p.changes, change{bucketTail, positionKey(g.First), nil})
	} else {
		p.first = g.First
	}
	p.count, p.log = p.count+g.Count, g.Log
	return nil
}

// before begins a run with the group before a position, if that is all holes.
func (p *punch) before(tail *bbolt.Bucket, at eventlog.Position) error {
	c := tail.Cursor()
	c.Seek(positionKey(at))
	k, v := c.Prev()
	if k == nil || len(v) > maxValueBytes {
		return nil
	}
	var d pack.Decoder // the other one's group is in use
	g, err := d.Open(append([]byte(nil), v...))
	if err != nil {
		return err
	}
	if len(g.Parts) == 0 {
		p.first, p.count = g.First, g.Count
	}
	return nil
}

// rebuild builds a group with its holes, and returns how many records are left.
func (p *punch) rebuild(g *pack.Group) (left int, err error) {
	p.builder.Reset(g.First)
	next := g.First
	for {
		var r eventlog.Record
		ok, err := g.Next(&r)
		if err != nil {
			return 0, err
		}
		if !ok {
			p.builder.Holes(uint64(g.Last() + 1 - next))
			return left, nil
		}
		p.builder.Holes(uint64(r.Position - next))
		if next = r.Position + 1; r.Stream == p.stream && r.Revision <= p.through {
			p.builder.Holes(1)
			continue
		}
		p.builder.Add(&r, g.Part(r.Stream).Chain, false) // the chain of the last record is what is kept
		left++
	}
}

// flush writes the run.
func (p *punch) flush() {
	if p.count == 0 {
		return
	}
	p.builder.Reset(p.first)
	p.builder.Holes(p.count)
	p.changes = append(p.changes, change{bucketTail, positionKey(p.first), p.builder.Seal(p.log)})
	p.count = 0
}

// publish moves the start of the stream. The caller holds Log.mu.
func (p *pruned) publish() {
	s := p.stream
	s.start, s.cutting = p.cut, 0
	entries := s.groups.from(p.cut.through+1, nil, math.MaxInt)
	if s.groups = (groupIndex{}); p.head == p.cut.through {
		return // no group that was there before holds anything of it
	}
	for _, e := range entries {
		s.groups.add(indexEntry{e.group, max(e.first, p.cut.through+1)})
	}
}

// stop forgets a prune that failed.
func (p *pruned) stop(l *Log) {
	l.mu.Lock()
	p.stream.cutting = 0
	l.mu.Unlock()
}
