package server

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"unicode/utf8"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ndjson"
	"parodywave/projection"
	"parodywave/server/internal/wire"

	"github.com/oklog/ulid/v2"
	"golang.org/x/text/unicode/norm"
)

// importBytes bounds the body of an import.
const importBytes = 1 << 30

// Import makes a thread of an export that verified, all or nothing: its
// records as they are, and after them one that says by whom they were imported.
// Its authors get their names first, as imported ones; one that is known here
// keeps the name it has. A thread that is here already, with the same records,
// is no error and nothing is appended; another thread of that id is refused.
func (s *Server) Import(ctx context.Context, doc *ndjson.Document, as Identity) (eventlog.Stream, error) {
	if same, err := s.imported(ctx, doc); same || err != nil {
		return doc.Stream, err
	}
	t, err := foldImport(doc, s.limits)
	if err != nil {
		return "", err
	}
	author, err := s.identify(ctx, as)
	if err != nil {
		return "", err
	}
	for _, a := range doc.Authors {
		if err := s.people.introduce(ctx, a.ID, Identity{a.Name, event.ImportedKind}); err != nil {
			return "", err
		}
	}
	last := event.Encode(event.Imported{Revisions: doc.Head.Revision, Head: doc.Head.Chain, Digest: doc.Digest})
	last.Author, last.Client, last.Time = author, eventlog.ClientID(ulid.Make()), doc.Head.Stamp(now())
	head, err := s.log.Append(context.WithoutCancel(ctx), doc.Stream, 0, append(doc.Records, last)...)
	if errors.Is(err, eventlog.ErrConflict) { // somebody imported it meanwhile
		_, err := s.imported(ctx, doc)
		return doc.Stream, err
	}
	if err != nil {
		return "", fmt.Errorf("import %s: %w", doc.Stream, err)
	}
	e, err := event.Decode(eventlog.Record{
		Stream: doc.Stream, Revision: head.Revision, Time: last.Time, Author: last.Author, Client: last.Client,
		Kind: last.Kind, Schema: last.Schema, Shape: last.Shape,
	})
	if err == nil {
		_, err = t.Apply(e)
	}
	if err != nil {
		return "", err
	}
	s.hub.update(t.Summary())
	return doc.Stream, nil
}

// imported reports whether the document's records are here already. The error
// says that another thread of that id is.
func (s *Server) imported(ctx context.Context, doc *ndjson.Document) (bool, error) {
	head, err := s.log.Head(ctx, doc.Stream)
	if err != nil || head.Revision == 0 {
		return false, err
	}
	if head.Revision >= doc.Head.Revision {
		c, err := s.log.ChainAt(ctx, doc.Stream, doc.Head.Revision)
		if err != nil {
			return false, err
		}
		if c == doc.Head.Chain {
			return true, nil
		}
	}
	return false, refusal(wire.Forbidden, "", "thread %s is here already, with %d revisions, and is not what the file has: nothing was imported", doc.Stream, head.Revision)
}

// CheckImport reports what is wrong with a document that verifies and yet
// cannot be imported, since its records make no thread.
func CheckImport(doc *ndjson.Document) error {
	_, err := foldImport(doc, wire.DefaultLimits())
	return err
}

// foldImport folds the document as the thread will be folded for ever after,
// so that nothing gets into the log that could not be opened again.
func foldImport(doc *ndjson.Document, limits wire.Limits) (*projection.Thread, error) {
	t := projection.NewThread(doc.Stream)
	for i, e := range doc.Events {
		if _, ok := e.Fact.(event.Opened); i == 0 && !ok {
			return nil, refusal(wire.BadValue, "", "revision 1 does not open the thread")
		}
		if c, ok := t.Client(e.Client); ok && c.Author != e.Author && e.Client != (eventlog.ClientID{}) {
			return nil, refusal(wire.BadValue, "", "revision %d is by another author than its client", e.Revision)
		}
		if f, ok := e.Fact.(event.Changed); ok && f.Change.Len() == t.Len() && f.Change.CutsPair(t.Unit) {
			return nil, refusal(wire.BadValue, "", "revision %d cuts a surrogate pair", i+1)
		}
		switch f := e.Fact.(type) {
		case event.Version:
			if f.Revision == 0 || f.Revision >= e.Revision {
				return nil, refusal(wire.BadValue, "", "revision %d names revision %d, which is not before it", e.Revision, f.Revision)
			}
		case event.Imported:
			if f.Revisions != e.Revision-1 {
				return nil, refusal(wire.BadValue, "", "revision %d says that %d revisions were imported", e.Revision, f.Revisions)
			}
		}
		if _, err := t.Apply(e); err != nil {
			return nil, refusal(wire.BadValue, "", "the records do not make a thread: %s", strings.TrimSuffix(err.Error(), ": "+eventlog.ErrDamaged.Error()))
		}
	}
	if text := t.Text(); len(text) > limits.Text {
		return nil, refusal(wire.TooLarge, "", "the text has %d bytes and a thread at most %d", len(text), limits.Text)
	}
	if clean, bad := wire.CleanTitle(t.Title, limits); bad != nil {
		return nil, bad
	} else if clean != t.Title {
		return nil, refusal(wire.BadValue, "", "the title %.200q is not as titles are kept", t.Title)
	}
	for _, a := range doc.Authors {
		if clean, bad := wire.CleanUser(a.Name, limits); bad != nil || clean != a.Name {
			return nil, refusal(wire.BadValue, "", "the name %.200q of author %s is not as names are kept", a.Name, event.AuthorString(a.ID))
		}
	}
	return t, nil
}

// ImportName returns what the name of somebody who comes from elsewhere, or of a
// version, is here, so that CheckImport takes it: without what no name may hold,
// and cut where it is too long; otherwise if nothing is left to be seen.
func ImportName(name, otherwise string) string {
	limits := wire.DefaultLimits()
	return fit(name, otherwise, limits.User, func(s string) (string, *wire.Error) { return wire.CleanUser(s, limits) })
}

// ImportTitle is ImportName for the title of a thread.
func ImportTitle(title, otherwise string) string {
	limits := wire.DefaultLimits()
	return fit(title, otherwise, limits.Title, func(s string) (string, *wire.Error) { return wire.CleanTitle(s, limits) })
}

func fit(name, otherwise string, most int, clean func(string) (string, *wire.Error)) string {
	name = strings.Map(func(r rune) rune {
		if _, bad := clean("x" + string(r)); bad != nil || r == utf8.RuneError {
			return -1
		}
		return r
	}, name)
	runes := []rune(strings.TrimSpace(norm.NFC.String(name)))
	name, bad := clean(string(runes[:min(most, len(runes))]))
	if bad != nil {
		return otherwise
	}
	return name
}

// controlImport takes an export, and ?digest= of the file if the export was
// made of one.
func (s *Server) controlImport(w http.ResponseWriter, r *http.Request) {
	doc, err := ndjson.Read(http.MaxBytesReader(w, r.Body, importBytes))
	if err != nil {
		writeError(w, refusal(wire.BadValue, "", "%v", err))
		return
	}
	if of := r.URL.Query().Get("digest"); of != "" { // the document was made of another file
		if doc.Digest, err = chain.ParseDigest(of); err != nil {
			writeError(w, refusal(wire.BadValue, "", "digest: %v", err))
			return
		}
	}
	stream, err := s.Import(r.Context(), doc, command(r))
	if err != nil {
		writeError(w, err)
		return
	}
	writeJSON(w, http.StatusCreated, map[string]any{"id": stream})
}
