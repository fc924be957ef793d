package intake

import (
	"context"
	"strings"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ndjson"
	"parodywave/projection"
	"parodywave/server/internal/wire"
)

// Check reports what is wrong with an export that verifies and still cannot be
// imported now, in Unix milliseconds, since its records make no thread. It changes the
// times of doc as an import does.
func Check(ctx context.Context, doc *ndjson.Document, now int64) error {
	Retime(doc, now)
	_, err := Fold(ctx, doc)
	return err
}

// Fold folds an export exactly as its thread will be folded once it is in the
// log, so that nothing gets into the log that cannot be opened again, or that no
// editor could have written. Its errors are *wire.Error, or the error of ctx.
func Fold(ctx context.Context, doc *ndjson.Document) (*projection.Thread, error) {
	t := projection.NewThread(doc.Stream)
	for i, e := range doc.Events {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if _, ok := e.Payload.(event.Opened); i == 0 && !ok {
			return nil, wire.Errorf(wire.BadValue, "revision 1 does not open the thread")
		}
		if err := e.Valid(); err != nil {
			return nil, wire.Errorf(wire.BadValue, "revision %d: %v", e.Revision, err)
		}
		if c, ok := t.Client(e.Client); ok && c.Author != e.Author && e.Client != (eventlog.ClientID{}) {
			return nil, wire.Errorf(wire.BadValue, "revision %d and its client have different authors", e.Revision)
		}
		if f, ok := e.Payload.(event.Changed); ok && f.Change.Len() == t.Len() && f.Change.CutsPair(t.Unit) {
			return nil, wire.Errorf(wire.BadValue, "revision %d cuts a surrogate pair", i+1)
		}
		switch f := e.Payload.(type) {
		case event.Version:
			if f.Revision >= e.Revision {
				return nil, wire.Errorf(wire.BadValue, "revision %d names revision %d, which is not before it", e.Revision, f.Revision)
			}
		case event.Imported:
			if f.Revisions != e.Revision-1 {
				return nil, wire.Errorf(wire.BadValue, "revision %d says that %d revisions were imported", e.Revision, f.Revisions)
			}
		}
		if _, err := t.Apply(e); err != nil {
			return nil, wire.Errorf(wire.BadValue, "the records do not make a thread: %s", strings.TrimSuffix(err.Error(), ": "+eventlog.ErrDamaged.Error()))
		}
	}
	if text := t.Text(); len(text) > limits.Text {
		return nil, wire.Errorf(wire.TooLarge, "the text has %d bytes, but a thread can have at most %d", len(text), limits.Text)
	}
	if n := t.LineCount(); n > limits.Lines {
		return nil, wire.Errorf(wire.TooLarge, "the text has %d lines, but a thread can have at most %d", n, limits.Lines)
	}
	for _, a := range doc.Authors {
		if err := (event.Named{Name: a.Name, Kind: a.Kind}).Valid(); err != nil {
			return nil, wire.Errorf(wire.BadValue, "author %s: %v", event.AuthorString(a.ID), err)
		}
	}
	return t, nil
}
