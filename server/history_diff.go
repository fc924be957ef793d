package server

import (
	"net/http"

	"parodywave/eventlog"
	"parodywave/projection"
	"parodywave/server/internal/wire"
	"parodywave/server/jsonrow"
)

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
	rows := []*jsonrow.Diff{}
	for i, shown := range nearby(c.Lines, int(around)) {
		if shown {
			rows = append(rows, jsonrow.NewDiff(c, i, s.people.name))
		}
	}
	to.fixed = to.fixed && from.fixed
	to.answer(w, struct {
		Thread eventlog.Stream   `json:"thread"`
		From   eventlog.Revision `json:"from"`
		To     eventlog.Revision `json:"to"`
		Rows   []*jsonrow.Diff   `json:"rows"`
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
	if err = s.locate(r, &from, "from", at); err != nil {
		return to, from, err
	}
	if at = r.URL.Query().Get("to"); at != "" {
		to.live = false
		err = s.locate(r, &to, "to", at)
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
