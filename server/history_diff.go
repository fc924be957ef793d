package server

import (
	"net/http"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/projection"
	"parodywave/server/internal/wire"
)

// A diffRow has the fields that the command line's rows of diff have.
type diffRow struct {
	Thread   eventlog.Stream   `json:"thread"`
	From     eventlog.Revision `json:"from"`
	To       eventlog.Revision `json:"to"`
	Op       string            `json:"op"`  // " " stays, "-" went, "+" came
	Old      int               `json:"old"` // from 1; 0: not there
	New      int               `json:"new"` // from 1; 0: not there
	Text     string            `json:"text"`
	Break    bool              `json:"break"`
	How      string            `json:"how"`
	Revision eventlog.Revision `json:"revision"`
	Time     string            `json:"time"`
	Author   string            `json:"author"`
	AuthorID string            `json:"author_id"`
	Pair     int               `json:"pair"`  // from 1; 0: none
	Words    []row             `json:"words"` // [text, 0 stayed, -1 went or 1 came]
}

func (s *Server) diffRow(c *projection.Comparison, l *projection.ComparedLine) diffRow {
	id := c.Thread.Authors()[l.By.Author]
	r := diffRow{
		Thread: c.Thread.Stream, From: c.From, To: c.To, Op: []string{"-", " ", "+"}[l.Kind+1], Old: l.Old + 1, New: l.New + 1,
		Text: l.Text, Break: !l.Open, How: l.How, Revision: l.By.Revision, Time: formatTime(l.By.Time),
		Author: s.people.name(id), AuthorID: event.AuthorString(id), Words: []row{},
	}
	if l.Pair >= 0 {
		other := &c.Lines[l.Pair]
		r.Pair = max(other.Old, other.New) + 1
		if l.Kind > 0 {
			for _, w := range projection.Words(other.Text, l.Text) {
				r.Words = append(r.Words, row{w.Text, w.Kind})
			}
		}
	}
	return r
}

// getDiff answers what tells the moments from and to (the head) apart, with
// context (3) lines around it.
func (s *Server) getDiff(w http.ResponseWriter, r *http.Request) {
	to, from, err := s.ends(r)
	var around uint64
	if err == nil {
		around, err = number(r, "context", 3, wire.MaxNumber)
	}
	var c *projection.Comparison
	if err == nil {
		c, err = projection.ReplayComparison(r.Context(), s.log, to.stream, from.rev, to.rev)
	}
	if err != nil {
		writeError(w, err)
		return
	}
	rows := []diffRow{}
	for i, shown := range nearby(c.Lines, int(around)) {
		if shown {
			rows = append(rows, s.diffRow(c, &c.Lines[i]))
		}
	}
	to.fixed = to.fixed && from.fixed
	to.answer(w, struct {
		Thread eventlog.Stream   `json:"thread"`
		From   eventlog.Revision `json:"from"`
		To     eventlog.Revision `json:"to"`
		Rows   []diffRow         `json:"rows"`
	}{to.stream, c.From, c.To, rows})
}

// ends reads ?from= and ?to=.
func (s *Server) ends(r *http.Request) (to, from moment, err error) {
	if to, err = s.moment(r); err != nil {
		return to, from, err
	}
	from = to
	at := r.URL.Query().Get("from")
	if at == "" {
		return to, from, refusal(wire.BadValue, "", "say since when: from=REVISION, a time or a version")
	}
	if err = s.locate(r, &from, at); err != nil {
		return to, from, err
	}
	if at = r.URL.Query().Get("to"); at != "" {
		to.live = false
		err = s.locate(r, &to, at)
	}
	return to, from, err
}

// nearby reports for each line whether one that does not stay is at most so
// many lines away.
func nearby(lines []projection.ComparedLine, around int) []bool {
	shown := make([]bool, len(lines))
	around = min(around, len(lines))
	next := 0 // behind the last that is shown
	for i := range lines {
		if lines[i].Kind == 0 {
			continue
		}
		for next = max(next, i-around); next < min(len(lines), i+around+1); next++ {
			shown[next] = true
		}
	}
	return shown
}
