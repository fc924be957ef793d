package boltlog

import (
	"fmt"
	"slices"
	"strings"

	"parodywave/eventlog"
)

// strict ends a walk at the first error.
func strict(err error) error { return err }

// A loader builds the index of a log from its stored values, in their order.
type loader struct {
	log    *Log
	opener *opener

	identified bool
	began      []eventlog.Position // of each stream, the position of its first remaining record

	salter  func(key []byte) (*salts, error)
	spoiled []spoiled // values of keys
	pruned  bool      // some positions are holes
	open    error     // the last value is damaged, and no later one vouches for its end
}

// A spoiled value of keys has no right checksum.
type spoiled struct {
	key []byte
	err error
}

func (d *loader) meta(key, value []byte) (err error) {
	if string(key) == keyFormat {
		d.identified = true
		d.log.id, err = decodeIdentity(d.log.path, value)
		return err
	}
	name, ok := strings.CutPrefix(string(key), keyPruned)
	if !ok || name == "" {
		return damaged("key %q in meta", key)
	}
	c, err := decodeCut(key, value)
	if err != nil {
		return err
	}
	d.pruned = true
	s := newStream(eventlog.Stream(name))
	s.start = c
	s.head.Revision, s.head.Chain = c.through, c.chain
	d.log.streams[s.head.Stream] = s
	return nil
}

func (d *loader) salts(key, value []byte) error {
	if _, _, err := splitSaltKey(key); err != nil {
		return err
	}
	if _, err := decodeSalts(key, value); err != nil {
		d.spoiled = append(d.spoiled, spoiled{slices.Clone(key), err})
	}
	return nil
}

func (d *loader) block(key, value []byte) error {
	e, err := d.opener.open(value)
	if err != nil {
		e, err = d.mend(bucketBlocks, key, value, err)
	}
	if err != nil {
		return fmt.Errorf("block at %x: %w", key, err)
	}
	if string(key) != string(positionKey(e.Last())) {
		return damaged("block at key %x ends at position %d", key, e.Last())
	}
	if err := d.extent(&e); err != nil {
		return err
	}
	l := d.log
	l.blocks = append(l.blocks, e.ref(value))
	for i := range e.Parts {
		s := l.streams[e.Parts[i].Stream]
		s.sealed = s.head
	}
	l.sealed.position, l.sealed.chain = l.last, l.chain
	return nil
}

func (d *loader) group(key, value []byte) error {
	e, err := d.opener.open(value)
	if err != nil {
		e, err = d.mend(bucketTail, key, value, err)
	}
	if err != nil {
		return fmt.Errorf("group at %x: %w", key, err)
	}
	if string(key) != string(positionKey(e.First)) || e.block != nil {
		return damaged("group at key %x begins at position %d", key, e.First)
	}
	l := d.log
	if e.First <= l.sealed.position && e.Last() <= l.sealed.position {
		l.remnants = true
		return nil
	}
	l.tailBytes += len(value)
	return d.extent(&e)
}

// extent adds the next extent.
func (d *loader) extent(e *extent) error {
	l := d.log
	if !e.mended {
		d.open = nil
	}
	if e.First != l.last+1 {
		return damaged("an extent from position %d follows position %d", e.First, l.last)
	}
	for i := range e.Parts {
		p := &e.Parts[i]
		s := l.streams[p.Stream]
		if s == nil {
			s = newStream(p.Stream)
			l.streams[p.Stream] = s
		}
		if p.First != s.head.Revision+1 || p.Time < s.head.Time && len(s.groups.blocks) > 0 {
			return damaged("position %d: %s continues with revision %d at time %d, after %d at %d",
				e.First, p.Stream, p.First, p.Time, s.head.Revision, s.head.Time)
		}
		if len(s.groups.blocks) == 0 {
			l.began(s)
			d.began = append(d.began, e.First)
		}
		s.groups.add(indexEntry{e.First, p.First})
		s.head = eventlog.Head{Stream: s.head.Stream, Revision: p.Last(), Time: p.Time, Chain: p.Chain}
		s.next = s.head
	}
	l.last, l.chain = e.Last(), e.Log
	return nil
}

// order moves a pruned stream to where it began; its remaining records begin later.
func (d *loader) order() {
	l := d.log
	for i, s := range l.order {
		if s.start.through == 0 {
			continue
		}
		if l.id.version == 1 {
			at := eventlog.Position(s.start.rank)
			s.start.rank = 0
			for j := range l.order[:i] {
				if d.began[j] <= at {
					s.start.rank = uint64(j) + 1
				}
			}
		}
		to := int(min(s.start.rank, uint64(i)))
		copy(l.order[to+1:i+1], l.order[to:i])
		l.order[to] = s
		return // only one stream is ever pruned
	}
}
