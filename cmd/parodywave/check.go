package main

import (
	"fmt"
	"strings"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ndjson"
	"parodywave/projection"
)

// proved calls each with the events of a stream. It checks the records against
// their commitments, the chain, the head and the redactions in the stream.
func (s *source) proved(a *app, stream eventlog.Stream, each func(eventlog.Record, event.Event) error) (chain.Digest, error) {
	black := ndjson.NewRedactions()
	c, hasher, last := chain.Start(string(stream)), chain.Hasher{}, eventlog.Revision(0)
	for r, err := range s.Prove(a.ctx, stream, 0) {
		if err != nil {
			return c, err
		}
		if last == 0 && r.Revision > 1 { // older records were pruned
			if c, err = s.ChainAt(a.ctx, stream, r.Revision-1); err != nil {
				return c, err
			}
		}
		commitment := r.Proof.Commitment
		if !r.Proof.Redacted {
			commitment = hasher.Commit(r.Proof.Salt, r.Text)
		}
		v := r.Values(commitment)
		if c = hasher.Next(c, &v); c != r.Proof.Chain {
			return c, fault(stream, r.Revision, "the record does not match its chain value")
		}
		e, err := event.Decode(r)
		if err != nil {
			return c, err
		}
		if err := each(r, e); err != nil {
			return c, err
		}
		black.Add(&r, e.Payload)
		last = r.Revision
	}
	head, err := s.Head(a.ctx, stream)
	if err != nil {
		return c, err
	}
	if last > 0 && (head.Revision != last || head.Chain != c) {
		return c, fault(stream, head.Revision, "the records end at revision %d", last)
	}
	if at, err := black.Check(); err != nil {
		return c, fault(stream, at, "%v", err)
	}
	return c, nil
}

// checkThread checks and folds one thread, and prints a line if it is valid.
func (s *source) checkThread(a *app, stream eventlog.Stream) error {
	t := projection.NewThread(stream)
	c, err := s.proved(a, stream, func(r eventlog.Record, e event.Event) error {
		if _, ok := e.Payload.(event.Opened); ok != (r.Revision == 1) {
			return fault(stream, r.Revision, "kind %s: a thread must be opened at revision 1, and only there", r.Kind)
		}
		_, err := t.Apply(e)
		return err
	})
	if err != nil {
		return err
	}
	if err := checkBlame(t); err != nil {
		return err
	}
	fmt.Fprintf(a.out, "ok  %s  %d revisions  chain %s  %s\n", stream, t.Revision, c, visible(t.Title))
	for _, m := range t.Imports {
		fmt.Fprintf(a.out, "    revisions 1 to %d were imported at revision %d, %s, by %s, from a file with SHA-256 %s\n",
			m.Revisions, m.Revision, stamp(m.Time), visible(s.name(m.Author)), m.Digest)
	}
	return nil
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

// checkStream checks and folds a stream that is not a thread.
func (s *source) checkStream(a *app, stream eventlog.Stream) error {
	authors, connections := projection.NewAuthors(), projection.NewConnections()
	_, err := s.proved(a, stream, func(_ eventlog.Record, e event.Event) error {
		switch stream {
		case eventlog.Authors:
			return authors.Apply(e)
		case eventlog.Connections:
			return connections.Apply(e)
		}
		return nil
	})
	return err
}

func fault(stream eventlog.Stream, at eventlog.Revision, format string, args ...any) error {
	return fmt.Errorf("%s revision %d: %s: %w", stream, at, fmt.Sprintf(format, args...), eventlog.ErrDamaged)
}
