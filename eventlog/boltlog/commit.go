package boltlog

import (
	"fmt"

	"go.etcd.io/bbolt"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
	"parodywave/eventlog/internal/pack"
)

// A committer writes batches. It belongs to one goroutine.
type committer struct {
	log *Log

	// Of the batch that is being committed.
	fresh   map[eventlog.Stream]*stream // streams that begin in it
	touched []*stream
	last    eventlog.Position
	chain   chain.Digest
	open    bool // the builder holds records
	puts    []change
	entries []streamEntry
	grown   int // bytes of new groups
	alone   *relocation

	builder pack.Builder
	hasher  chain.Hasher
}

// A change sets a key, or deletes it if value is nil.
type change struct {
	bucket     string
	key, value []byte
}

type streamEntry struct {
	stream *stream
	entry  indexEntry
}

// commit checks all requests of a batch, writes their records, and answers them.
func (c *committer) commit(batch []*request) {
	l := c.log
	c.last, c.chain = l.last, l.chain
	for _, q := range batch {
		if q.alone != nil {
			c.relocate(q)
		} else {
			c.decide(q)
		}
	}
	err, fatal := c.write(), false
	if err != nil {
		err, fatal = l.outcome(err)
		c.rollback()
	} else {
		c.publish()
	}
	if fatal {
		l.queue.fail(err)
	}
	for _, q := range batch {
		if err != nil && !q.final {
			q.err = err
		}
		close(q.done)
	}
	if fatal && l.options.OnFatal != nil {
		go l.options.OnFatal(err)
	}
}

// A relocation changes where records are stored. It is the only request of its
// batch.
type relocation struct {
	changes  []change
	begin    func() error // the committer calls it first
	publish  func()       // called under Log.mu once all is on disk
	rollback func()       // called if the commit fails
}

// relocate adds a request with a relocation to the empty batch, or sets its error.
func (c *committer) relocate(q *request) {
	q.final = true
	if q.alone.begin != nil {
		if q.err = q.alone.begin(); q.err != nil {
			return
		}
	}
	if len(q.records) > 0 {
		s := c.log.streams[q.stream]
		q.expected = s.head.Revision
		q.records[0].Time = s.head.Stamp(q.records[0].Time)
		if c.decide(q); q.err != nil {
			if q.alone.rollback != nil {
				q.alone.rollback()
			}
			return
		}
	}
	q.final = false
	c.alone, c.puts = q.alone, append(c.puts, q.alone.changes...)
}

// decide adds a request's records to the batch, or sets its error. An error that
// depends on a head which the batch itself has moved is not final: if the batch
// fails, the request gets the batch's error.
func (c *committer) decide(q *request) {
	if d := c.log.unreadable[q.stream]; d != nil {
		q.err, q.final = fmt.Errorf("append to %s: %w", q.stream, d), true
		return
	}
	s := c.stream(q.stream)
	if s == nil {
		s = newStream(q.stream)
		s.fresh = true
	}
	if s.next.Revision != q.expected {
		q.err = &eventlog.ConflictError{Stream: q.stream, Expected: q.expected, Head: s.next.Revision}
		q.final = s.next.Revision == s.head.Revision
		return
	}
	if q.err = check(s, q); q.err != nil {
		q.final = s.next.Revision == s.head.Revision
		return
	}
	if len(q.records) == 0 {
		q.head = s.next
		q.final = s.next.Revision == s.head.Revision
		return
	}
	if err := c.loadSalts(s, q); err != nil {
		q.err, q.final = fmt.Errorf("append to %s: %w: %w", q.stream, eventlog.ErrUnavailable, err), true
		return
	}
	c.touch(s)
	for i := range q.records {
		c.add(s, &q.records[i])
	}
	q.head = s.next
}

func (c *committer) stream(name eventlog.Stream) *stream {
	if s := c.log.streams[name]; s != nil { // only this goroutine writes streams
		return s
	}
	return c.fresh[name]
}

func check(s *stream, q *request) error {
	head := s.next
	for i := range q.records {
		r := &q.records[i]
		if err := r.Check(q.stream, head); err != nil {
			return err
		}
		if n := len(r.Shape) + len(r.Text); n > maxRecordBytes {
			return fmt.Errorf("append to %s: record of %d bytes, %d allowed: %w", q.stream, n, maxRecordBytes, eventlog.ErrInvalid)
		}
		head.Time = r.Time
	}
	return nil
}

// touch adds s to the streams that the batch changes.
func (c *committer) touch(s *stream) {
	if s.next.Revision > s.head.Revision {
		return
	}
	c.touched = append(c.touched, s)
	if s.fresh {
		c.fresh[s.head.Stream] = s
	}
}

// add adds one record to the batch.
func (c *committer) add(s *stream, from *eventlog.Record) {
	r := *from
	r.Stream, r.Revision = s.head.Stream, s.next.Revision+1
	p := c.proof(s, &r)
	if r.Proof = nil; p.Redacted {
		r.Proof = &p
	}
	v := r.Values(p.Commitment)
	s.next.Revision, s.next.Time = r.Revision, r.Time
	s.next.Chain = c.hasher.Next(s.next.Chain, &v)
	c.chain = c.hasher.LogNext(c.chain, v.Stream, v.Revision, s.next.Chain)
	c.last++
	if !c.open {
		c.builder.Reset(c.last)
		c.open = true
	}
	c.builder.Add(&r, s.next.Chain, false)
	if c.builder.Count() >= maxGroupRecords || c.builder.Size() >= maxGroupBytes {
		c.closeGroup()
	}
}

// proof returns a record's salt and commitment, and keeps the salt.
func (c *committer) proof(s *stream, r *eventlog.Record) eventlog.Proof {
	var p eventlog.Proof
	if r.Proof != nil {
		p = *r.Proof
	}
	if len(r.Text) == 0 {
		return eventlog.Proof{}
	}
	k := s.saltsFor(r.Revision)
	if r.Proof != nil {
		k.set(r.Revision, p.Salt)
		s.dirty = true
	} else {
		p.Salt = k.at(r.Revision)
	}
	if !p.Redacted {
		p.Commitment = c.hasher.Commit(p.Salt, r.Text)
	}
	return p
}

// closeGroup encodes the group that is being built.
func (c *committer) closeGroup() {
	if !c.open {
		return
	}
	c.open = false
	first := c.last - eventlog.Position(c.builder.Count()) + 1
	for _, p := range c.builder.Parts() {
		c.entries = append(c.entries, streamEntry{c.stream(p.Stream), indexEntry{first, p.First}})
	}
	value := c.builder.Encode(c.chain)
	c.grown += len(value)
	c.puts = append(c.puts, change{bucketTail, positionKey(first), value})
}

// write writes the batch in one transaction.
func (c *committer) write() error {
	c.closeGroup()
	if len(c.puts) == 0 {
		return nil
	}
	c.collectSalts()
	c.log.watch.reset()
	return c.log.update("commit", func(tx *bbolt.Tx) error {
		for _, p := range c.puts {
			if err := p.apply(tx); err != nil {
				return err
			}
		}
		return nil
	})
}

// publish makes the committed batch visible to readers.
func (c *committer) publish() {
	l := c.log
	l.mu.Lock()
	for _, s := range c.touched {
		s.head, s.dirty = s.next, false
		s.slim()
		if s.fresh {
			s.fresh = false
			l.began(s)
		}
	}
	if c.alone != nil && c.alone.publish != nil {
		c.alone.publish()
	}
	for _, e := range c.entries {
		e.stream.groups.add(e.entry)
	}
	l.last, l.chain = c.last, c.chain
	l.tailBytes += c.grown
	l.mu.Unlock()
	c.reset()
	l.sealer.look()
}

// rollback discards the batch.
func (c *committer) rollback() {
	if c.alone != nil && c.alone.rollback != nil {
		c.alone.rollback()
	}
	for _, s := range c.touched {
		s.next, s.salts, s.looked, s.dirty, s.ended = s.head, nil, 0, false, nil
	}
	c.reset()
}

func (c *committer) reset() {
	clear(c.fresh)
	clear(c.puts)
	c.open, c.touched, c.puts, c.entries, c.alone = false, c.touched[:0], c.puts[:0], c.entries[:0], nil
	c.grown = 0
}
