package ndjson

import (
	"context"
	"fmt"
	"io"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
)

// Names returns an author by ID, and false if the name is unknown.
type Names func(eventlog.AuthorID) (Author, bool)

// A Writer writes one export. It is not safe for concurrent use.
type Writer struct {
	w     io.Writer
	names Names
	seen  map[eventlog.AuthorID]bool
	head  eventlog.Head
	buf   []byte
}

// NewWriter returns a Writer to w, which should be buffered.
func NewWriter(w io.Writer, names Names) *Writer {
	return &Writer{w: w, names: names, seen: map[eventlog.AuthorID]bool{}}
}

// Write writes the next record of the stream, which must have a Proof, and before an
// author's first record the author.
func (w *Writer) Write(r eventlog.Record) error {
	w.buf = w.buf[:0]
	if !w.seen[r.Author] {
		w.seen[r.Author] = true
		if a, ok := w.names(r.Author); ok {
			w.buf = AppendAuthor(w.buf, a)
		}
	}
	var err error
	if w.buf, err = AppendRecord(w.buf, &r); err != nil {
		return err
	}
	w.head = eventlog.Head{Stream: r.Stream, Revision: r.Revision, Time: r.Time, Chain: r.Proof.Chain}
	_, err = w.w.Write(w.buf)
	return err
}

// End writes the end line and returns its head.
func (w *Writer) End() (eventlog.Head, error) {
	_, err := w.w.Write(AppendEnd(w.buf[:0], w.head.Stream, w.head.Revision, w.head.Chain))
	return w.head, err
}

// Export writes the records of stream up to a revision, or all if through is 0. The
// error wraps eventlog.ErrNotFound if the stream ends before through.
func Export(ctx context.Context, to io.Writer, log eventlog.Prover, stream eventlog.Stream, through eventlog.Revision, names Names) (eventlog.Head, error) {
	w := NewWriter(to, names)
	w.head = eventlog.Head{Stream: stream, Chain: chain.Start(string(stream))}
	for r, err := range log.Prove(ctx, stream, 0) {
		if err != nil {
			return w.head, fmt.Errorf("export %s: %w", stream, err)
		}
		if r.Revision != w.head.Revision+1 {
			return w.head, fmt.Errorf("export %s revision %d: follows %s revision %d", r.Stream, r.Revision, stream, w.head.Revision)
		}
		if err := w.Write(r); err != nil {
			return w.head, err
		}
		if r.Revision == through {
			break
		}
	}
	if w.head.Revision == 0 || w.head.Revision < through {
		return w.head, fmt.Errorf("export %s: it ends at revision %d: %w", stream, w.head.Revision, eventlog.ErrNotFound)
	}
	return w.End()
}
