package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sort"

	"parodywave/eventlog"
	"parodywave/eventlog/chain"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ndjson"
	"parodywave/projection/linediff"
	"parodywave/server/intake"
	"parodywave/server/internal/people"
	"parodywave/server/internal/wire"
	"parodywave/server/jsonrow"

	"github.com/oklog/ulid/v2"
)

// Import appends the records of a verified export as they are, but none of a time
// later than now, and after them a record that says by whom they were imported, all in
// one append. Before that it names the authors of the export, unless the log knows them.
// Where the log has a thread with this id that begins with the same records, or that
// came from this file, Import appends nothing, and returns no error; if the records
// differ it refuses.
//
// The text of the export's source may be another than its records give. If text is not
// nil, one change by the importer makes it the thread's, in the same append.
func (a *API) Import(ctx context.Context, doc *ndjson.Document, text *string, as people.Identity) (jsonrow.Imported, error) {
	if done, err := a.imported(ctx, doc); done.Here || err != nil {
		return done, err
	}
	late := intake.Retime(doc, a.Now().UnixMilli())
	t, err := intake.Fold(ctx, doc)
	if err != nil {
		return jsonrow.Imported{}, err
	}
	author, err := a.identify(ctx, as)
	if err != nil {
		return jsonrow.Imported{}, err
	}
	for _, author := range doc.Authors {
		if err := a.People.Introduce(ctx, author.ID, people.Identity{Name: author.Name, Kind: event.ImportedKind}); err != nil {
			return jsonrow.Imported{}, err
		}
	}
	last := event.Encode(event.Imported{Revisions: doc.Head.Revision, Head: doc.Head.Chain, Digest: doc.Digest})
	last.Author, last.Client, last.Time = author, eventlog.ClientID(ulid.Make()), doc.Head.Stamp(a.Now().UnixMilli())
	records := append(doc.Records, last)
	if text != nil {
		c, err := linediff.Diff(t.Text(), *text)
		if err != nil {
			return jsonrow.Imported{}, wire.Errorf(wire.BadValue, "%v", err)
		}
		if !c.IsEmpty() {
			final := event.Encode(event.Changed{Change: c})
			final.Author, final.Client, final.Time = last.Author, last.Client, last.Time
			records = append(records, final)
		}
	}
	head, err := a.Log.Append(context.WithoutCancel(ctx), doc.Stream, 0, records...)
	a.Appended(doc.Stream, 0, records, err)
	if errors.Is(err, eventlog.ErrConflict) { // another request imported it meanwhile
		return a.imported(ctx, doc)
	}
	if err != nil {
		return jsonrow.Imported{}, fmt.Errorf("import %s: %w", doc.Stream, err)
	}
	for _, r := range records[len(doc.Records):] {
		r.Stream, r.Revision = doc.Stream, t.Revision+1
		e, err := event.Decode(r)
		if err == nil {
			_, err = t.Apply(e)
		}
		if err != nil {
			return jsonrow.Imported{}, err
		}
	}
	a.Threads.Update(t.Summary())
	return jsonrow.Imported{ID: doc.Stream, Revisions: doc.Head.Revision, Head: head.Revision, Late: late}, nil
}

// imported returns the outcome if the log has the document's records already. It
// returns an error if the log has other records in a thread with that id, which
// says where the two differ.
//
// It also refuses a document that continues the thread in the log: the record
// that an import appends vouches for a whole thread, and editors may be writing
// in this one.
func (a *API) imported(ctx context.Context, doc *ndjson.Document) (jsonrow.Imported, error) {
	head, err := a.Log.Head(ctx, doc.Stream)
	if err != nil || head.Revision == 0 {
		return jsonrow.Imported{}, err
	}
	same, err := a.agree(ctx, doc, head.Revision)
	if err != nil {
		return jsonrow.Imported{}, err
	}
	theirs := doc.Head.Revision
	if same < theirs && theirs < head.Revision {
		if cameFrom, err := a.cameFrom(ctx, doc); err != nil {
			return jsonrow.Imported{}, err
		} else if cameFrom {
			same = theirs
		}
	}
	if same == theirs {
		return jsonrow.Imported{ID: doc.Stream, Here: true, Revisions: theirs, Head: head.Revision}, nil
	}
	differs := fmt.Sprintf("has revisions 1 to %d, none of which is in the file", head.Revision)
	switch {
	case same == head.Revision:
		differs = fmt.Sprintf("ends at revision %d; the file continues to %d, and an import cannot extend a thread", same, theirs)
	case same > 0:
		differs = fmt.Sprintf("has revisions 1 to %d, the file 1 to %d, and they differ from revision %d on", head.Revision, theirs, same+1)
	}
	return jsonrow.Imported{}, wire.Errorf(wire.Forbidden, "thread %s exists and %s: nothing was imported", doc.Stream, differs)
}

// cameFrom reports whether the thread with a document's id was imported from the same
// file: its times may differ from the document's.
func (a *API) cameFrom(ctx context.Context, doc *ndjson.Document) (bool, error) {
	for r, err := range a.Log.Read(ctx, doc.Stream, doc.Head.Revision) {
		if err != nil {
			return false, err
		}
		e, err := event.Decode(r)
		return e.Payload == event.Imported{Revisions: doc.Head.Revision, Head: doc.Head.Chain, Digest: doc.Digest}, err
	}
	return false, nil
}

// agree returns the last revision up to which a document and the thread with its
// id, which ends at head, have the same records: 0 where the first differs.
func (a *API) agree(ctx context.Context, doc *ndjson.Document, head eventlog.Revision) (eventlog.Revision, error) {
	var failed error
	differ := func(i int) bool { // at revision i+1, and so at all later ones: a chain value covers all records before it
		c, err := a.Log.ChainAt(ctx, doc.Stream, eventlog.Revision(i+1))
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

// controlImport imports an export; ?digest= is the digest of the file from which the
// export was made, if there is one. With ?text=N the body begins with N bytes of text,
// the thread's after the import.
func (a *API) controlImport(w http.ResponseWriter, r *http.Request, as people.Identity) error {
	body := http.MaxBytesReader(w, r.Body, intake.ExportMost)
	text, err := a.textBefore(r, body)
	if err != nil {
		return err
	}
	doc, err := ndjson.Read(body)
	var over *http.MaxBytesError
	if errors.As(err, &over) {
		return wire.Errorf(wire.TooLarge, "the export has more than %d bytes", over.Limit)
	}
	if err != nil {
		return wire.Errorf(wire.BadValue, "%v", err)
	}
	if of := r.URL.Query().Get("digest"); of != "" {
		if doc.Digest, err = chain.ParseDigest(of); err != nil {
			return wire.Errorf(wire.BadValue, "digest: %v", err)
		}
	}
	done, err := a.Import(r.Context(), doc, text, as)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusCreated, done)
	return nil
}

// textBefore reads the text at the beginning of the body of an import, if there is one.
func (a *API) textBefore(r *http.Request, body io.Reader) (*string, error) {
	q := queryOf(r)
	n := q.number("text", 0, uint64(a.Limits.Text))
	if q.err != nil || !q.Has("text") {
		return nil, q.err
	}
	b := make([]byte, n)
	if _, err := io.ReadFull(body, b); err != nil {
		return nil, wire.Errorf(wire.BadMessage, "the body cannot be read: %v", err)
	}
	text := string(b)
	return &text, a.checkText(text)
}
