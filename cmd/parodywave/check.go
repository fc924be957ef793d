package main

import (
	"fmt"
	"strings"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ndjson"
	"parodywave/projection"
	"parodywave/projection/snapshot"
)

// A check folds the records of one stream and finds in them what their checksums and
// the chain cannot show.
type check struct {
	stream  eventlog.Stream
	thread  *projection.Thread // nil if the stream is not a thread
	apply   func(eventlog.Record, event.Event) error
	black   *ndjson.Redactions
	compare *snapshot.ThreadComparer // nil: there is no cache to compare with

	first eventlog.Revision
	last  eventlog.Revision
	chain chain.Digest // at last, as the record's proof says
	err   error        // the first one; later records are not looked at

	refused eventlog.Revision // of the record that err is about
}

func newCheck(stream eventlog.Stream) *check {
	c := &check{stream: stream, black: ndjson.NewRedactions()}
	authors, connections := projection.NewAuthors(), projection.NewConnections()
	switch {
	case event.IsThread(stream):
		c.thread, c.apply = projection.NewThread(stream), c.applyThread
	case stream == eventlog.Authors:
		c.apply = func(_ eventlog.Record, e event.Event) error { return authors.Apply(e) }
	case stream == eventlog.Connections:
		c.apply = func(_ eventlog.Record, e event.Event) error { return connections.Apply(e) }
	default:
		c.apply = func(eventlog.Record, event.Event) error { return nil }
	}
	return c
}

// add adds the next record, which must have a Proof.
func (c *check) add(r eventlog.Record) {
	if c.err != nil {
		return
	}
	e, err := event.Decode(r)
	if err == nil {
		err = c.apply(r, e)
	}
	if err != nil {
		c.err, c.refused = err, r.Revision
		return
	}
	if c.first == 0 {
		c.first = r.Revision
	}
	c.black.Add(&r, e.Payload)
	c.last, c.chain = r.Revision, r.Proof.Chain
	if c.compare != nil {
		c.compare.At(c.thread)
	}
}

func (c *check) applyThread(r eventlog.Record, e event.Event) error {
	if _, ok := e.Payload.(event.Opened); ok != (r.Revision == 1) {
		return fault(r.Stream, r.Revision, "kind %s: a thread must be opened at revision 1, and only there", r.Kind)
	}
	_, err := c.thread.Apply(e)
	return err
}

// end returns the first error, after the last record.
func (c *check) end() error {
	if c.err == nil {
		if at, err := c.black.Check(); err != nil {
			c.err, c.refused = fault(c.stream, at, "%v", err), at
		}
	}
	if c.err == nil && c.thread != nil {
		c.err, c.refused = checkBlame(c.thread), c.first
	}
	if c.compare != nil && c.err == nil {
		c.compare.End(c.thread)
	}
	return c.err
}

// line returns the line that verify prints for a valid thread, and a line for each
// import.
func (c *check) line(name func(eventlog.AuthorID) string) string {
	t := c.thread
	line := fmt.Sprintf("ok  %s  %d revisions  chain %s  %s\n", t.Stream, t.Revision, c.chain, visible(t.Title))
	for _, m := range t.Imports {
		line += fmt.Sprintf("    revisions 1 to %d were imported at revision %d, %s, by %s, from a file with SHA-256 %s\n",
			m.Revisions, m.Revision, stamp(m.Time), visibleName(name(m.Author)), m.Digest)
	}
	return line
}

// checked checks one stream of a log: its records against their commitments, the
// chain, the head, and what a check finds.
func (s *source) checked(a *app, stream eventlog.Stream) (*check, error) {
	check := newCheck(stream)
	c, hasher := chain.Start(string(stream)), chain.Hasher{}
	for r, err := range s.Prove(a.ctx, stream, 0) {
		if err != nil {
			return check, err
		}
		if check.last == 0 && r.Revision > 1 { // older records were pruned
			if c, err = s.ChainAt(a.ctx, stream, r.Revision-1); err != nil {
				return check, err
			}
		}
		commitment := r.Proof.Commitment
		if !r.Proof.Redacted {
			commitment = hasher.Commit(r.Proof.Salt, r.Text)
		}
		v := r.Values(commitment)
		if c = hasher.Next(c, &v); c != r.Proof.Chain {
			return check, fault(stream, r.Revision, "the record does not match its chain value")
		}
		if check.add(r); check.err != nil {
			return check, check.err
		}
	}
	head, err := s.Head(a.ctx, stream)
	if err != nil {
		return check, err
	}
	if check.last > 0 && (head.Revision != check.last || head.Chain != c) {
		return check, fault(stream, head.Revision, "the records end at revision %d", check.last)
	}
	return check, check.end()
}

// checkBlame checks that the rows and the spans add up to the text.
func checkBlame(t *projection.Thread) error {
	var pieces []string
	last := -1
	for r := range t.Rows() {
		last++
		if r.Line != last || r.Revision == 0 || r.Revision > t.Revision {
			return fault(t.Stream, r.Revision, "blame of line %d has revision %d", r.Line+1, r.Revision)
		}
		pieces = append(pieces, t.Content(r))
	}
	if strings.Join(pieces, "\n") != t.Text() {
		return fault(t.Stream, t.Revision, "the rows of the blame do not add up to the text")
	}
	n := 0
	for span := range t.Spans(0, t.Len()) {
		if n += span.Length; span.Revision == 0 || span.Revision > t.Revision {
			return fault(t.Stream, t.Revision, "blame has characters of revision %d", span.Revision)
		}
	}
	if n != t.Len() {
		return fault(t.Stream, t.Revision, "the spans of the blame have %d units and the text %d", n, t.Len())
	}
	return nil
}

func fault(stream eventlog.Stream, at eventlog.Revision, format string, args ...any) error {
	return fmt.Errorf("%s revision %d: %s: %w", stream, at, fmt.Sprintf(format, args...), eventlog.ErrDamaged)
}
