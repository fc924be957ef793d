package boltlog

import (
	"fmt"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
)

// A sealCheck recomputes the chains of the records that leave the tail, so that
// nothing damaged gets a new checksum.
type sealCheck struct {
	log     *Log
	end     chain.Digest // L so far
	streams map[eventlog.Stream]*chainer
	hasher  chain.Hasher
}

func (s *sealer) newCheck(p *sealing) *sealCheck {
	return &sealCheck{log: s.log, end: p.sealed.chain, streams: map[eventlog.Stream]*chainer{}}
}

func (c *sealCheck) stream(name eventlog.Stream) *chainer {
	s := c.streams[name]
	if s == nil {
		c.log.mu.RLock()
		defer c.log.mu.RUnlock()
		st := c.log.streams[name]
		s = &chainer{salter: c.log.salts, name: name, chain: st.sealed.Chain}
		if st.start.through > st.sealed.Revision {
			s.chain = st.start.chain
		}
		c.streams[name] = s
	}
	return s
}

// extent checks the next extent, whose records are given.
func (c *sealCheck) extent(e *extent, records []eventlog.Record) error {
	for i := range records {
		r := &records[i]
		s := c.stream(r.Stream)
		if _, err := s.next(r); err != nil {
			return err
		}
		c.end = c.hasher.LogNext(c.end, string(r.Stream), uint64(r.Revision), s.chain)
	}
	for i := range e.Parts {
		if p := &e.Parts[i]; c.stream(p.Stream).chain != p.Chain {
			return damaged("%s: revisions %d to %d do not give the chain value stored after them", p.Stream, p.First, p.Last())
		}
	}
	if c.end != e.Log {
		return damaged("positions %d to %d do not give the log chain stored after them", e.First, e.Last())
	}
	return nil
}

// A chainer recomputes the chain of one stream, record by record.
type chainer struct {
	salter func(key []byte) (*salts, error) // reads a value of the bucket keys, nil if there is none
	name   eventlog.Stream
	chain  chain.Digest // after the last record
	hasher chain.Hasher
	salts  *salts
	span   uint64
}

var errNoSalts = damaged("its salts are missing")

// next extends the chain by a record, and returns the record's proof.
func (c *chainer) next(r *eventlog.Record) (eventlog.Proof, error) {
	var p eventlog.Proof
	if r.Proof != nil {
		p = *r.Proof
	}
	if len(r.Text) > 0 {
		span, _ := chain.Span(uint64(r.Revision))
		if c.salts == nil || c.span != span {
			found, err := c.salter(saltKey(c.name, span))
			if err == nil && found == nil {
				err = errNoSalts
			}
			if err != nil {
				return p, fmt.Errorf("%s at revision %d: %w", c.name, r.Revision, err)
			}
			c.salts, c.span = found, span
		}
		p.Salt = c.salts.at(r.Revision)
	}
	if !p.Redacted {
		p.Commitment = c.hasher.Commit(p.Salt, r.Text)
	}
	v := r.Values(p.Commitment)
	c.chain = c.hasher.Next(c.chain, &v)
	p.Chain = c.chain
	return p, nil
}
