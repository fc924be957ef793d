package api

import (
	"fmt"
	"io"
	"math"
	"net/http"

	"parodywave/eventlog"
	"parodywave/projection"
	"parodywave/server/internal/wire"
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

// A threadPage is a page of the list.
type threadPage struct {
	Threads []jsonrow.Thread `json:"threads"`
	Total   int              `json:"total"`
	Next    *int             `json:"next"`   // offset of the next page; null on the last, and by cursor
	Cursor  *string          `json:"cursor"` // of the next page; null on the last, and by offset
}

// getThreads answers a page of the list, of limit threads (100, at most 1000): by
// offset (0), the newest activity first, or by cursor, see threadsByCursor.
func (a *API) getThreads(w http.ResponseWriter, r *http.Request) error {
	q := queryOf(r)
	offset, limit := q.number("offset", 0, 1<<31), q.number("limit", 100, 1000)
	var page threadPage
	switch {
	case q.err != nil:
		return q.err
	case q.Has("cursor") && q.Has("offset"):
		return wire.Errorf(wire.BadValue, "the query has a cursor and an offset: use one of them")
	case q.Has("cursor"):
		cursor := q.Get("cursor")
		behind, err := wire.ParseThreadID(cursor)
		if cursor != "" && err != nil {
			return wire.Errorf(wire.BadValue, "cursor=%.40q is not a cursor of this list: begin with cursor= and use the cursor of each page for the next", cursor)
		}
		page = a.threadsByCursor(behind, int(limit))
	default:
		threads, total := a.Threads.Newest(int(offset), int(limit))
		page = a.page(threads, total)
		if next := int(offset) + len(threads); next < total && len(threads) > 0 {
			page.Next = &next
		}
	}
	writeJSON(w, http.StatusOK, page)
	return nil
}

// threadsByCursor returns the threads behind the cursor, the last opened first. Threads
// change their places in the list by activity while people write, so that pages by offset
// miss some; their order of opening stays. The cursor is the id of the page's last thread.
func (a *API) threadsByCursor(behind eventlog.Stream, limit int) threadPage {
	threads, total := a.Threads.Opened(behind, limit+1)
	more := len(threads) > limit
	threads = threads[:min(len(threads), limit)]
	page := a.page(threads, total)
	if more && limit > 0 {
		cursor := string(threads[limit-1].Stream)
		page.Cursor = &cursor
	}
	return page
}

func (a *API) page(threads []projection.Summary, total int) threadPage {
	page := threadPage{Threads: make([]jsonrow.Thread, len(threads)), Total: total}
	for i := range threads {
		page.Threads[i] = a.threadRow(&threads[i])
	}
	return page
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
