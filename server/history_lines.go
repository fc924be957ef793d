package server

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
	Lines   []row             `json:"lines"` // [rev, author, at, submitted, id]

	// Words is there with words=true: for each line [length, rev, author, at].
	Words *[][][4]int64 `json:"words,omitempty"`
}

// getLines answers who changed the lines from…to-1 last and, with words=true,
// who wrote what in them and when.
func (s *Server) getLines(w http.ResponseWriter, r *http.Request) {
	m, err := s.moment(r)
	var from, to uint64
	if err == nil {
		from, err = number(r, "from", 0, wire.MaxNumber)
	}
	if err == nil {
		to, err = number(r, "to", wire.MaxNumber, wire.MaxNumber)
	}
	if err == nil && from > to {
		err = refusal(wire.BadValue, "", "from=%d is above to=%d", from, to)
	}
	words := r.URL.Query().Get("words") == "true"
	var body linesJSON
	if err == nil {
		err = s.look(r, &m, func(t *projection.Thread) { body = s.linesOf(t, from, to, words) })
	}
	if err == nil && words {
		err = s.timeWords(r.Context(), m.stream, *body.Words)
	}
	if err != nil {
		writeError(w, err)
		return
	}
	m.answer(w, body)
}

// linesOf returns rows for the lines from…to-1, as far as they are there. The
// times of the words are missing.
func (s *Server) linesOf(t *projection.Thread, from, to uint64, words bool) linesJSON {
	total := t.LineCount()
	b := linesJSON{Thread: t.Stream, Rev: t.Revision, Total: total, Authors: s.authorsJSON(t.Authors()), Lines: []row{}}
	if words {
		b.Words = new([][][4]int64{})
	}
	number := map[eventlog.AuthorID]int{}
	for i, id := range t.Authors() {
		number[id] = i
	}
	for i := min(from, uint64(total)); i < min(to, uint64(total)); i++ {
		line := t.Row(int(i))
		b.Lines = append(b.Lines, row{line.Revision, number[line.Author], line.Time, line.Submitted, line.ID.String()})
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

// timeWords puts the time of its revision to each word.
func (s *Server) timeWords(ctx context.Context, stream eventlog.Stream, words [][][4]int64) error {
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
	for r, err := range s.log.Read(ctx, stream, eventlog.Revision(first-1)) {
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
	Line   string            `json:"line"` // which of those that the line is made of
	From   eventlog.Revision `json:"from"`
	To     eventlog.Revision `json:"to"`
	Start  int64             `json:"start"` // Unix milliseconds
	End    int64             `json:"end"`
	Author int               `json:"author"`
	Kinds  []string          `json:"kinds"`
	Parts  []row             `json:"parts"` // [text, 0 stayed, 1 inserted, -1 deleted]
}

// getLineHistory answers what happened to a line, the newest first: limit (50,
// at most 200) entries that ended before a revision.
func (s *Server) getLineHistory(w http.ResponseWriter, r *http.Request) {
	m, err := s.moment(r)
	var limit, before uint64
	if err == nil {
		limit, err = number(r, "limit", 50, 200)
	}
	if err == nil {
		before, err = number(r, "before", 0, wire.MaxNumber)
	}
	id, ok := projection.ParseLineID(r.PathValue("line"))
	switch {
	case err != nil:
	case !ok:
		err = refusal(wire.BadValue, "", "%.40q is not the id of a line, which is like 12.0", r.PathValue("line"))
	case limit == 0:
		err = refusal(wire.BadValue, "", "limit=0 asks for nothing")
	}
	var h *projection.LineHistory
	if err == nil {
		h, err = projection.ReplayLine(r.Context(), s.log, m.stream, projection.LineQuery{
			Line: id, At: m.rev, Before: eventlog.Revision(before), Limit: int(limit),
		})
		if errors.Is(err, eventlog.ErrNotFound) {
			err = refusal(wire.NotFound, "", "thread %s has had no line %s up to revision %d", m.stream, id, m.rev)
		}
	}
	if err != nil {
		writeError(w, err)
		return
	}
	m.answer(w, s.lineHistoryJSON(m, h))
}

func (s *Server) lineHistoryJSON(m moment, h *projection.LineHistory) any {
	body := struct {
		Thread  eventlog.Stream    `json:"thread"`
		Line    string             `json:"line"`
		Rev     eventlog.Revision  `json:"rev"`
		Authors []authorJSON       `json:"authors"`
		Entries []passageJSON      `json:"entries"`
		Next    *eventlog.Revision `json:"next"` // before which the older ones ended; null: there are none
	}{m.stream, h.Line.String(), h.Revision, s.authorsJSON(h.Authors), []passageJSON{}, nil}
	if h.Next != 0 {
		body.Next = &h.Next
	}
	for _, p := range h.Passages {
		e := passageJSON{
			p.Line.String(), p.From, p.To, p.Start, p.End, p.Author, p.Kinds, []row{},
		}
		for _, part := range p.Parts() {
			e.Parts = append(e.Parts, row{part.Text, part.Kind})
		}
		body.Entries = append(body.Entries, e)
	}
	return body
}
