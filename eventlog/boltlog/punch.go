package boltlog

import (
	"fmt"

	"go.etcd.io/bbolt"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
	"parodywave/eventlog/internal/pack"
)

// A punch rewrites values with holes in the place of pruned records, and joins
// neighbouring groups that consist of holes.
type punch struct {
	prune   *prune
	opener  *opener
	before  *opener // of the previous group, while opener is in use
	builder pack.Builder
	blocks  blockBuilder
	done    eventlog.Position // the last position read

	// A run of groups that are all holes, not yet in changes.
	first eventlog.Position
	count uint64
	log   chain.Digest
}

func (p *punch) put(bucket string, key eventlog.Position, value []byte) {
	p.prune.changes = append(p.prune.changes, change{bucket, positionKey(key), value})
}

// at rewrites the value that holds a position.
func (p *punch) at(at eventlog.Position) error {
	if at <= p.done {
		return nil
	}
	var value, before []byte
	var sealed eventlog.Position
	err := p.prune.log.view("prune", func(tx *bbolt.Tx) error {
		s, err := p.prune.log.openStore(tx)
		if err != nil {
			return err
		}
		if value, sealed, err = s.at(at); err != nil || sealed > 0 || at == s.sealed+1 ||
			p.count > 0 && p.first+eventlog.Position(p.count) == at {
			return err
		}
		before, _, err = s.at(at - 1)
		return err
	})
	if err != nil {
		return err
	}
	e, err := p.opener.open(value)
	if err != nil {
		return err
	}
	p.done = e.Last()
	switch {
	case e.block != nil:
		return p.block(&e)
	case sealed > 0:
		_, err := p.rebuild(&e)
		if err == nil {
			p.put(bucketBlocks, sealed, p.builder.Encode(e.Log))
		}
		return err
	}
	return p.group(&e, value, before)
}

func (p *punch) gone(r *eventlog.Record) bool {
	return r.Stream == chain.Unchained && r.Revision <= p.prune.cut.through
}

// block rebuilds a block.
func (p *punch) block(e *extent) error {
	p.blocks.reset(p.prune.log.options.Packer)
	if err := p.blocks.add(e, p.gone); err != nil {
		return err
	}
	value, err := p.blocks.seal()
	if err != nil {
		return fmt.Errorf("block of positions %d to %d: %w", e.First, e.Last(), err)
	}
	p.put(bucketBlocks, e.Last(), value)
	p.prune.blocks[e.First] = len(value)
	return nil
}

// group rewrites a group of the tail; before is the previous value, or nil.
func (p *punch) group(e *extent, value, before []byte) error {
	left, err := p.rebuild(e)
	if err != nil {
		return err
	}
	p.prune.shrunk += len(value)
	if left > 0 {
		value := p.builder.Encode(e.Log)
		p.prune.shrunk -= len(value)
		p.flush()
		p.put(bucketTail, e.First, value)
		return nil
	}
	if p.count > 0 && p.first+eventlog.Position(p.count) != e.First {
		p.flush()
	}
	if p.count == 0 && before != nil { // the run begins with the previous group if that is all holes
		b, err := p.before.open(before)
		if err != nil {
			return err
		}
		if len(b.Parts) == 0 && b.Last() == e.First-1 {
			p.first, p.count = b.First, b.Count
		}
	}
	if p.count > 0 {
		p.put(bucketTail, e.First, nil)
	} else {
		p.first = e.First
	}
	p.count, p.log = p.count+e.Count, e.Log
	return nil
}

// rebuild rebuilds a group with holes, and returns how many records remain.
func (p *punch) rebuild(e *extent) (left int, err error) {
	p.builder.Reset(e.First)
	next := e.First
	for r, err := range e.all() {
		if err != nil {
			return 0, err
		}
		p.builder.Holes(uint64(r.Position - next))
		if next = r.Position + 1; p.gone(r) {
			p.builder.Holes(1)
			continue
		}
		p.builder.Add(r, e.Part(r.Stream).Chain, false) // only the chain after the last record is kept
		left++
	}
	p.builder.Holes(uint64(e.Last() + 1 - next))
	return left, nil
}

// flush adds the run to the changes.
func (p *punch) flush() {
	if p.count == 0 {
		return
	}
	p.builder.Reset(p.first)
	p.builder.Holes(p.count)
	value := p.builder.Encode(p.log)
	p.prune.shrunk -= len(value)
	p.put(bucketTail, p.first, value)
	p.count = 0
}
