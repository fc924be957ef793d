package api

import (
	"context"
	"errors"
	"net/http"

	"parodywave/eventlog"
	"parodywave/projection"
	"parodywave/server/internal/wire"
)

type linesJSON struct {
	Thread  eventlog.Stream   `json:"thread"`
	Rev     eventlog.Revision `json:"rev"`
	Total   int               `json:"total"`
	Authors []authorJSON      `json:"authors"`
	Lines   []array           `json:"lines"` // [rev, author, at, submitted, id]

	// Words is there with words=true: for each line [length, rev, author, at].
	Words *[][][4]int64 `json:"words,omitempty"`
}

// getLines answers the last change of the lines from…to-1 and, with words=true,
// the author and the time of every part of them.
func (a *API) getLines(w http.ResponseWriter, r *http.Request, m moment) error {
	q := queryOf(r)
	from, to := q.number("from", 0, wire.MaxNumber), q.number("to", wire.MaxNumber, wire.MaxNumber)
	if from > to {
		q.fail("from=%d is after to=%d: swap them", from, to)
	}
	if q.err != nil {
		return q.err
	}
	words := q.is("words")
	var body linesJSON
	if err := a.look(r, &m, func(t *projection.Thread) { body = a.linesOf(t, from, to, words) }); err != nil {
		return err
	}
	if words {
		if err := a.timeWords(r.Context(), m.stream, *body.Words); err != nil {
			return err
		}
	}
	m.answer(w, body)
	return nil
}

// linesOf returns rows for the lines from…to-1, as far as the text has them. The
// words lack their times.
func (a *API) linesOf(t *projection.Thread, from, to uint64, words bool) linesJSON {
	total := t.LineCount()
	b := linesJSON{Thread: t.Stream, Rev: t.Revision, Total: total, Authors: a.authorsJSON(t.Authors()), Lines: []array{}}
	if words {
		b.Words = new([][][4]int64{})
	}
	number := map[eventlog.AuthorID]int{}
	for i, id := range t.Authors() {
		number[id] = i
	}
	for i := min(from, uint64(total)); i < min(to, uint64(total)); i++ {
		line := t.Row(int(i))
		b.Lines = append(b.Lines, array{line.Revision, number[line.Author], line.Time, line.Submitted, line.ID.String()})
		if !words {
			continue
		}
		spans := [][4]int64{}
		for sp := range t.Spans(line.Start, line.Start+line.Length) {
			spans = append(spans, [4]int64{int64(sp.Length), int64(sp.Revision), int64(sp.Author)})
		}
		*b.Words = append(*b.Words, spans)
	}
	return b
}

// timeWords sets the time of each word, the time of its revision.
func (a *API) timeWords(ctx context.Context, stream eventlog.Stream, words [][][4]int64) error {
	first, last := int64(wire.MaxNumber), int64(0)
	for _, spans := range words {
		for _, sp := range spans {
			first, last = min(first, sp[1]), max(last, sp[1])
		}
	}
	if last == 0 {
		return nil
	}
	times := make([]int64, 0, last-first+1)
	for r, err := range a.Log.Read(ctx, stream, eventlog.Revision(first-1)) {
		if err != nil {
			return err
		}
		if times = append(times, r.Time); r.Revision >= eventlog.Revision(last) {
			break
		}
	}
	for _, spans := range words {
		for i := range spans {
			spans[i][3] = times[spans[i][1]-first]
		}
	}
	return nil
}

type passageJSON struct {
	Line   string            `json:"line"` // id of the line that it happened to: lines are split and joined
	From   eventlog.Revision `json:"from"`
	To     eventlog.Revision `json:"to"`
	Start  int64             `json:"start"` // Unix milliseconds
	End    int64             `json:"end"`
	Author int               `json:"author"`
	Kinds  []string          `json:"kinds"`
	Parts  []array           `json:"parts"` // [text, 0 kept, 1 inserted, -1 deleted]
}

// getLineHistory answers what happened to a line, newest first: limit (50, at
// most 200) entries that ended before a revision.
func (a *API) getLineHistory(w http.ResponseWriter, r *http.Request, m moment) error {
	q := queryOf(r)
	limit, before := q.limit(50, 200), q.revision("before")
	id, ok := projection.ParseLineID(r.PathValue("line"))
	if !ok {
		q.fail("%.40q is not a line id: use one like 12.0", r.PathValue("line"))
	}
	if q.err != nil {
		return q.err
	}
	h, err := projection.ReplayLine(r.Context(), a.Log, m.stream, projection.LineQuery{Line: id, At: m.rev, Before: before, Limit: limit})
	if errors.Is(err, eventlog.ErrNotFound) {
		err = wire.Errorf(wire.NotFound, "thread %s has had no line %s up to revision %d", m.stream, id, m.rev)
	}
	if err != nil {
		return err
	}
	m.answer(w, a.lineHistoryJSON(m, h))
	return nil
}

func (a *API) lineHistoryJSON(m moment, h *projection.LineHistory) any {
	body := struct {
		Thread  eventlog.Stream    `json:"thread"`
		Line    string             `json:"line"`
		Rev     eventlog.Revision  `json:"rev"`
		Authors []authorJSON       `json:"authors"`
		Entries []passageJSON      `json:"entries"`
		Next    *eventlog.Revision `json:"next"` // ask for the older entries with before=next; null: there are none
	}{m.stream, h.Line.String(), h.Revision, a.authorsJSON(h.Authors), []passageJSON{}, nil}
	if h.Next != 0 {
		body.Next = &h.Next
	}
	for _, p := range h.Passages {
		e := passageJSON{
			p.Line.String(), p.From, p.To, p.Start, p.End, p.Author, p.Kinds, []array{},
		}
		for _, part := range p.Parts() {
			e.Parts = append(e.Parts, array{part.Text, part.Kind})
		}
		body.Entries = append(body.Entries, e)
	}
	return body
}
