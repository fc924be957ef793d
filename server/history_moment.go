package server

import (
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
	Author int               `json:"author"` // of it; index into the authors of blame
	Text   string            `json:"text"`

	blame wire.Blame
	// deleted is nil where since was not said: [position, text, rev, author].
	deleted []row
}

// appendJSON appends the answer. The blame, which is most of it, goes past
// encoding/json, which would read it over again.
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

// getMoment answers the text and blame of a moment and, with since, what was
// deleted between.
func (s *Server) getMoment(w http.ResponseWriter, r *http.Request) {
	m, err := s.moment(r)
	if err != nil {
		writeError(w, err)
		return
	}
	since, compare, err := m.since(r)
	var body momentJSON
	switch {
	case err != nil:
	case !compare:
		err = s.look(r, &m, func(t *projection.Thread) { body = s.momentOf(t) })
	default:
		var d *projection.Difference
		if d, err = projection.ReplayDifference(r.Context(), s.log, m.stream, since, m.rev); err == nil {
			body = s.momentOf(d.Thread())
			body.deleted = deletedRows(d)
		}
	}
	if err != nil {
		writeError(w, err)
		return
	}
	body.Head = m.head
	b, err := body.appendJSON(nil)
	if err != nil {
		writeError(w, err)
		return
	}
	m.headers(w)
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_, _ = w.Write(b) // the client has gone, if at all
}

func (s *Server) momentOf(t *projection.Thread) momentJSON {
	return momentJSON{
		Thread: string(t.Stream), Title: t.Title, Rev: t.Revision,
		At: t.UpdatedAt, Author: slices.Index(t.Authors(), t.UpdatedBy),
		Text: t.Text(), blame: s.blame(t),
	}
}

func deletedRows(d *projection.Difference) []row {
	rows := []row{}
	for _, del := range d.Deletions() {
		rows = append(rows, row{del.Pos, del.Text, del.Revision, del.Author})
	}
	return rows
}

// getDeletions answers the whole lines that are missing since a revision.
func (s *Server) getDeletions(w http.ResponseWriter, r *http.Request) {
	m, err := s.moment(r)
	var since eventlog.Revision
	if err == nil {
		since, _, err = m.since(r)
	}
	var d *projection.Difference
	if err == nil {
		d, err = projection.ReplayDifference(r.Context(), s.log, m.stream, since, m.rev)
	}
	if err != nil {
		writeError(w, err)
		return
	}
	body := struct {
		Thread  eventlog.Stream   `json:"thread"`
		Rev     eventlog.Revision `json:"rev"`
		Authors []authorJSON      `json:"authors"`
		Lines   []row             `json:"lines"` // [line, count, rev, author, at, text]
	}{m.stream, m.rev, s.authorsJSON(d.Thread().Authors()), []row{}}
	for _, l := range d.Missing() {
		body.Lines = append(body.Lines, row{l.Line, l.Count, l.Revision, l.Author, l.Time, l.Text})
	}
	m.answer(w, body)
}
