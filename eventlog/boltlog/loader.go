package boltlog

import (
	"fmt"
	"strings"

	"parodywave/eventlog"
	"parodywave/eventlog/internal/pack"
)

// strict ends a walk at the first thing that is wrong.
func strict(err error) error { return err }

// A loader builds the index of a log from its stored values, in their order.
type loader struct {
	log     *Log
	decoder pack.Decoder
}

func (d *loader) meta(key, value []byte) (err error) {
	if string(key) == keyFormat {
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
	_, err := decodeSalts(key, value)
	return err
}

func (d *loader) group(key, value []byte) error {
	g, err := d.decoder.Open(value)
	if err != nil {
		return fmt.Errorf("group at %x: %w", key, err)
	}
	l := d.log
	if string(key) != string(positionKey(g.First)) || g.First != l.last+1 {
		return damaged("group at %x begins with position %d and follows %d", key, g.First, l.last)
	}
	for i := range g.Parts {
		p := &g.Parts[i]
		s := l.streams[p.Stream]
		if s == nil {
			s = newStream(p.Stream)
			s.start.began = g.First
			l.streams[p.Stream] = s
		}
		if p.First != s.head.Revision+1 || p.Time < s.head.Time && len(s.groups.blocks) > 0 {
			return damaged("group at position %d: %s goes on with revision %d at %d, after %d at %d",
				g.First, p.Stream, p.First, p.Time, s.head.Revision, s.head.Time)
		}
		if len(s.groups.blocks) == 0 {
			l.began(s)
		}
		s.groups.add(indexEntry{g.First, p.First})
		s.head = eventlog.Head{Stream: s.head.Stream, Revision: p.Last(), Time: p.Time, Chain: p.Chain}
		s.next = s.head
	}
	l.last, l.chain = g.Last(), g.Log
	return nil
}
