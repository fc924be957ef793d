package intake

import (
	"strings"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ndjson"
	"parodywave/projection"
	"parodywave/server/internal/wire"
)

// Check reports what is wrong with an export that verifies and still cannot be
// imported, since its records make no thread.
func Check(doc *ndjson.Document) error {
	_, err := Fold(doc)
	return err
}

// Fold folds an export exactly as its thread will be folded once it is in the
// log, so that nothing gets into the log that cannot be opened again. Its errors
// are *wire.Error.
func Fold(doc *ndjson.Document) (*projection.Thread, error) {
	t := projection.NewThread(doc.Stream)
	for i, e := range doc.Events {
		if _, ok := e.Payload.(event.Opened); i == 0 && !ok {
			return nil, wire.Errorf(wire.BadValue, "revision 1 does not open the thread")
		}
		if c, ok := t.Client(e.Client); ok && c.Author != e.Author && e.Client != (eventlog.ClientID{}) {
			return nil, wire.Errorf(wire.BadValue, "revision %d and its client have different authors", e.Revision)
		}
		if f, ok := e.Payload.(event.Changed); ok && f.Change.Len() == t.Len() && f.Change.CutsPair(t.Unit) {
			return nil, wire.Errorf(wire.BadValue, "revision %d cuts a surrogate pair", i+1)
		}
		switch f := e.Payload.(type) {
		case event.Version:
			if f.Revision == 0 || f.Revision >= e.Revision {
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
	if clean, bad := wire.CleanTitle(t.Title, limits); bad != nil {
		return nil, bad
	} else if clean != t.Title {
		return nil, wire.Errorf(wire.BadValue, "the title %.200q is not in the normalized form that servers store", t.Title)
	}
	for _, a := range doc.Authors {
		if clean, bad := wire.CleanUser(a.Name, limits); bad != nil || clean != a.Name {
			return nil, wire.Errorf(wire.BadValue, "the name %.200q of author %s is not in the normalized form that servers store", a.Name, event.AuthorString(a.ID))
		}
	}
	return t, nil
}
