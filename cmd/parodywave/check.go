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

// checkThread proves, decodes and folds one thread, and prints a line when all
// is well.
func (s *source) checkThread(a *app, stream eventlog.Stream) error {
	t := projection.NewThread(stream)
	black := ndjson.NewRedactions()
	c, hasher := chain.Start(string(stream)), chain.Hasher{}
	for r, err := range s.Prove(a.ctx, stream, 0) {
		if err != nil {
			return err
		}
		commitment := r.Proof.Commitment
		if !r.Proof.Redacted {
			commitment = hasher.Commit(r.Proof.Salt, r.Text)
		}
		v := r.Values(commitment)
		if c = hasher.Next(c, &v); c != r.Proof.Chain {
			return fault(stream, r.Revision, "the record does not give its chain value")
		}
		e, err := event.Decode(r)
		if err != nil {
			return err
		}
		if _, ok := e.Fact.(event.Opened); ok != (r.Revision == 1) {
			return fault(stream, r.Revision, "kind %s: a thread is opened at revision 1", r.Kind)
		}
		if _, err := t.Apply(e); err != nil {
			return err
		}
		black.Add(&r, e.Fact)
	}
	head, err := s.Head(a.ctx, stream)
	if err != nil {
		return err
	}
	if head.Revision != t.Revision || head.Chain != c {
		return fault(stream, head.Revision, "the records end at revision %d", t.Revision)
	}
	if at, err := black.Check(); err != nil {
		return fault(stream, at, "%v", err)
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

// checkBlame checks that the rows and the spans are the text.
func checkBlame(t *projection.Thread) error {
	var pieces []string
	last := -1
	for r := range t.Rows() {
		last++
		if r.Line != last || r.Revision == 0 || r.Revision > t.Revision {
			return fault(t.Stream, r.Revision, "blame of line %d tells revision %d", r.Line+1, r.Revision)
		}
		pieces = append(pieces, t.Content(r))
	}
	if strings.Join(pieces, "\n") != t.Text() {
		return fault(t.Stream, t.Revision, "the rows of the blame are not the text")
	}
	n := 0
	for span := range t.Spans(0, t.Len()) {
		if n += span.Length; span.Revision == 0 || span.Revision > t.Revision {
			return fault(t.Stream, t.Revision, "characters are of revision %d", span.Revision)
		}
	}
	if n != t.Len() {
		return fault(t.Stream, t.Revision, "the spans of the blame have %d units and the text %d", n, t.Len())
	}
	return nil
}

// checkStream decodes and folds a stream that is no thread.
func (s *source) checkStream(a *app, stream eventlog.Stream) error {
	authors, connections := projection.NewAuthors(), projection.NewConnections()
	for r, err := range s.Read(a.ctx, stream, 0) {
		if err != nil {
			return err
		}
		var e event.Event
		if e, err = event.Decode(r); err != nil {
			return err
		}
		switch stream {
		case eventlog.Authors:
			err = authors.Apply(e)
		case eventlog.Connections:
			err = connections.Apply(e)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func fault(stream eventlog.Stream, at eventlog.Revision, format string, args ...any) error {
	return fmt.Errorf("%s revision %d: %s: %w", stream, at, fmt.Sprintf(format, args...), eventlog.ErrDamaged)
}
