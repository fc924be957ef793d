package api

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"

	"parodywave/eventlog"
	"parodywave/projection"
	"parodywave/server/internal/wire"
)

type momentJSON struct {
	Thread string            `json:"thread"`
	Title  string            `json:"title"`
	Rev    eventlog.Revision `json:"rev"`
	Head   eventlog.Revision `json:"head"`
	At     int64             `json:"at"`     // Unix milliseconds of the record rev
	Author int               `json:"author"` // of that record; index into the authors of blame
	Text   string            `json:"text"`

	blame   wire.Blame
	deleted []array // [position, text, rev, author]; nil: the request has no since
}

// appendJSON appends the answer. The blame is most of it, and is appended as
// bytes: encoding/json would parse it again.
func (m *momentJSON) appendJSON(dst []byte) ([]byte, error) {
	b, err := json.Marshal(m)
	if err != nil {
		return dst, err
	}
	dst = append(dst, b[:len(b)-1]...)
	dst = m.blame.AppendJSON(append(dst, `,"blame":`...))
	if m.deleted != nil {
		if b, err = json.Marshal(m.deleted); err != nil {
			return dst, err
		}
		dst = append(append(dst, `,"deleted":`...), b...)
	}
	return append(dst, '}', '\n'), nil
}

// getMoment answers the text and the blame of a moment and, with since, the text
// that was deleted between the two.
func (a *API) getMoment(w http.ResponseWriter, r *http.Request, m moment) error {
	since, compare, err := m.since(r)
	if err != nil {
		return err
	}
	var body momentJSON
	if compare {
		err = a.beside(r.Context(), func(ctx context.Context) error {
			d, err := projection.ReplayTombstones(ctx, a.Log, m.stream, since, m.rev)
			if err == nil {
				body = a.momentOf(d.Thread())
				body.deleted = deletedRows(d)
			}
			return err
		})
	} else {
		err = a.look(r, &m, func(t *projection.Thread) { body = a.momentOf(t) })
	}
	if err != nil {
		return err
	}
	body.Head = m.head
	b, err := body.appendJSON(nil)
	if err != nil {
		return err
	}
	m.headers(w)
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_, _ = w.Write(b) // it fails only where the client has gone
	return nil
}

func (a *API) momentOf(t *projection.Thread) momentJSON {
	return momentJSON{
		Thread: string(t.Stream), Title: t.Title, Rev: t.Revision,
		At: t.UpdatedAt, Author: slices.Index(t.Authors(), t.UpdatedBy),
		Text: t.Text(), blame: a.People.Blame(t),
	}
}

func deletedRows(d *projection.Tombstones) []array {
	rows := []array{}
	for _, del := range d.Deletions() {
		rows = append(rows, array{del.Pos, del.Text, del.Revision, del.Author})
	}
	return rows
}

// getDeletions answers the whole lines that are missing since a revision.
func (a *API) getDeletions(w http.ResponseWriter, r *http.Request, m moment) error {
	since, _, err := m.since(r)
	if err != nil {
		return err
	}
	d, err := projection.ReplayTombstones(r.Context(), a.Log, m.stream, since, m.rev)
	if err != nil {
		return err
	}
	body := struct {
		Thread  eventlog.Stream   `json:"thread"`
		Rev     eventlog.Revision `json:"rev"`
		Authors []authorJSON      `json:"authors"`
		Lines   []array           `json:"lines"` // [line, count, rev, author, at, text]
	}{m.stream, m.rev, a.authorsJSON(d.Thread().Authors()), []array{}}
	for _, l := range d.Missing() {
		body.Lines = append(body.Lines, array{l.Line, l.Count, l.Revision, l.Author, l.Time, l.Text})
	}
	m.answer(w, body)
	return nil
}
