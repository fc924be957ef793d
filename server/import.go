package server

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sort"
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

// ImportMost returns how many bytes an export may have that is imported.
func ImportMost() int { return importBytes }

// An Imported is what became of an import.
type Imported struct {
	ID eventlog.Stream `json:"id"`
	// Here: all of it was here already, and nothing was appended.
	Here      bool              `json:"here"`
	Revisions eventlog.Revision `json:"revisions"` // of the document
	Head      eventlog.Revision `json:"head"`      // of the thread as it is now
}

// Import makes a thread of an export that verified, all or nothing: its
// records as they are, and after them one that says by whom they were imported.
// Its authors get their names first, as imported ones; one that is known here
// keeps the name it has. Where a thread is here already that has or begins with
// the same records nothing is appended, which is no error; any other thread of
// that id is refused.
func (s *Server) Import(ctx context.Context, doc *ndjson.Document, as Identity) (Imported, error) {
	if done, err := s.imported(ctx, doc); done.Here || err != nil {
		return done, err
	}
	t, err := foldImport(doc, s.limits)
	if err != nil {
		return Imported{}, err
	}
	author, err := s.identify(ctx, as)
	if err != nil {
		return Imported{}, err
	}
	for _, a := range doc.Authors {
		if err := s.people.introduce(ctx, a.ID, Identity{a.Name, event.ImportedKind}); err != nil {
			return Imported{}, err
		}
	}
	last := event.Encode(event.Imported{Revisions: doc.Head.Revision, Head: doc.Head.Chain, Digest: doc.Digest})
	last.Author, last.Client, last.Time = author, eventlog.ClientID(ulid.Make()), doc.Head.Stamp(now())
	records := append(doc.Records, last)
	head, err := s.log.Append(context.WithoutCancel(ctx), doc.Stream, 0, records...)
	s.appends.report(doc.Stream, 0, records, err)
	if errors.Is(err, eventlog.ErrConflict) { // somebody imported it meanwhile
		return s.imported(ctx, doc)
	}
	if err != nil {
		return Imported{}, fmt.Errorf("import %s: %w", doc.Stream, err)
	}
	e, err := event.Decode(eventlog.Record{
		Stream: doc.Stream, Revision: head.Revision, Time: last.Time, Author: last.Author, Client: last.Client,
		Kind: last.Kind, Schema: last.Schema, Shape: last.Shape,
	})
	if err == nil {
		_, err = t.Apply(e)
	}
	if err != nil {
		return Imported{}, err
	}
	s.hub.update(t.Summary())
	return Imported{doc.Stream, false, doc.Head.Revision, head.Revision}, nil
}

// imported looks whether the document's records are here already. The error
// says that another thread of that id is, and where the two part.
//
// A document that goes on where the thread here ends is refused, too: an import
// vouches for whole threads, by the record that it adds, and editors may be
// writing on the thread that is here.
func (s *Server) imported(ctx context.Context, doc *ndjson.Document) (Imported, error) {
	head, err := s.log.Head(ctx, doc.Stream)
	if err != nil || head.Revision == 0 {
		return Imported{}, err
	}
	same, err := s.agree(ctx, doc, head.Revision)
	if err != nil {
		return Imported{}, err
	}
	theirs := doc.Head.Revision
	if same == theirs {
		return Imported{doc.Stream, true, theirs, head.Revision}, nil
	}
	parts := fmt.Sprintf("has revisions 1 to %d, and no record that is the file's", head.Revision)
	switch {
	case same == head.Revision:
		parts = fmt.Sprintf("ends at revision %d; the file goes on from there to %d, and an import adds nothing to a thread", same, theirs)
	case same > 0:
		parts = fmt.Sprintf("has revisions 1 to %d, the file 1 to %d, and from revision %d on they are not the same", head.Revision, theirs, same+1)
	}
	return Imported{}, refusal(wire.Forbidden, "", "thread %s is here already and %s: nothing was imported", doc.Stream, parts)
}

// agree returns the last revision up to which a document and the thread of its
// id, which ends at head, have the same records: 0 where they have none.
func (s *Server) agree(ctx context.Context, doc *ndjson.Document, head eventlog.Revision) (eventlog.Revision, error) {
	var failed error
	differ := func(i int) bool { // at revision i+1, and so from there on: a chain covers all before it
		c, err := s.log.ChainAt(ctx, doc.Stream, eventlog.Revision(i+1))
		if err != nil {
			failed = errors.Join(failed, err)
		}
		return err != nil || c != doc.Records[i].Proof.Chain
	}
	n := int(min(head, doc.Head.Revision))
	if !differ(n - 1) {
		return eventlog.Revision(n), failed
	}
	return eventlog.Revision(sort.Search(n, differ)), failed
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
		if _, ok := e.Payload.(event.Opened); i == 0 && !ok {
			return nil, refusal(wire.BadValue, "", "revision 1 does not open the thread")
		}
		if c, ok := t.Client(e.Client); ok && c.Author != e.Author && e.Client != (eventlog.ClientID{}) {
			return nil, refusal(wire.BadValue, "", "revision %d is by another author than its client", e.Revision)
		}
		if f, ok := e.Payload.(event.Changed); ok && f.Change.Len() == t.Len() && f.Change.CutsPair(t.Unit) {
			return nil, refusal(wire.BadValue, "", "revision %d cuts a surrogate pair", i+1)
		}
		switch f := e.Payload.(type) {
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

// TextMost returns how many bytes the text of a thread has at most, in UTF-8.
func TextMost() int { return wire.DefaultLimits().Text }

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
	var over *http.MaxBytesError
	if errors.As(err, &over) {
		writeError(w, refusal(wire.TooLarge, "", "the export has more than %d bytes", over.Limit))
		return
	}
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
	done, err := s.Import(r.Context(), doc, command(r))
	if err != nil {
		writeError(w, err)
		return
	}
	writeJSON(w, http.StatusCreated, done)
}
