package api

import (
	"fmt"
	"io"
	"math"
	"net/http"

	"parodywave/eventlog"
	"parodywave/projection"
	"parodywave/server/jsonrow"
)

func (a *API) threadRow(s *projection.Summary) jsonrow.Thread {
	r := jsonrow.NewThread(s, a.People.Name)
	connections, here, typing := a.Threads.Present(s.Stream)
	r.Connections, r.Rev, r.Here, r.Typing, r.Last = &connections, s.Revision, here, typing, &s.Last
	if why := a.Threads.Damaged(s.Stream); why != nil {
		r.Damaged = why.Error()
	}
	return r
}

// getThreads answers a page of the list: offset (0) and limit (100, at most
// 1000).
func (a *API) getThreads(w http.ResponseWriter, r *http.Request) error {
	q := queryOf(r)
	offset, limit := q.number("offset", 0, 1<<31), q.number("limit", 100, 1000)
	if q.err != nil {
		return q.err
	}
	threads, total := a.Threads.Newest(int(offset), int(limit))
	page := struct {
		Threads []jsonrow.Thread `json:"threads"`
		Total   int              `json:"total"`
		Next    *int             `json:"next"` // offset of the next page, null on the last
	}{Threads: make([]jsonrow.Thread, len(threads)), Total: total}
	for i := range threads {
		page.Threads[i] = a.threadRow(&threads[i])
	}
	if next := int(offset) + len(threads); next < total && len(threads) > 0 {
		page.Next = &next
	}
	writeJSON(w, http.StatusOK, page)
	return nil
}

// controlDamaged answers the threads that cannot be read.
func (a *API) controlDamaged(w http.ResponseWriter, _ *http.Request) error {
	rows := []jsonrow.Thread{}
	threads, _ := a.Threads.Newest(0, math.MaxInt)
	for i := range threads {
		if a.Threads.Damaged(threads[i].Stream) != nil {
			rows = append(rows, a.threadRow(&threads[i]))
		}
	}
	writeJSON(w, http.StatusOK, rows)
	return nil
}

func (a *API) getThread(w http.ResponseWriter, r *http.Request) error {
	t, err := a.thread(r)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, a.threadRow(&t))
	return nil
}

// thread returns what the list says of the thread that a request names.
func (a *API) thread(r *http.Request) (projection.Summary, error) {
	stream := threadOf(r)
	t, ok := a.Threads.Get(stream)
	if !ok {
		return t, fmt.Errorf("thread %s: %w", stream, eventlog.ErrNotFound)
	}
	return t, nil
}

func (a *API) getText(w http.ResponseWriter, r *http.Request, m moment) error {
	text := ""
	if err := a.look(r, &m, func(t *projection.Thread) { text = t.Text() }); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("ETag", fmt.Sprintf("\"%d\"", m.rev))
	_, _ = io.WriteString(w, text)
	return nil
}

func (a *API) getBlame(w http.ResponseWriter, r *http.Request, m moment) error {
	body := struct {
		Thread eventlog.Stream   `json:"thread"`
		Title  string            `json:"title"`
		Rev    eventlog.Revision `json:"rev"`
		Lines  []jsonrow.Blame   `json:"lines"`
	}{m.stream, "", 0, []jsonrow.Blame{}}
	if err := a.look(r, &m, func(t *projection.Thread) {
		body.Title, body.Rev = t.Title, t.Revision
		count := t.CountedLines()
		for row := range t.Rows() {
			if row.Line == count {
				break
			}
			body.Lines = append(body.Lines, jsonrow.NewBlame(t, row, a.People.Name))
		}
	}); err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, body)
	return nil
}
