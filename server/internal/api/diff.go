package api

import (
	"net/http"

	"parodywave/eventlog"
	"parodywave/projection"
	"parodywave/server/internal/wire"
	"parodywave/server/jsonrow"
)

// getDiff answers the lines in which the moments from and to (the head) differ,
// with context (3) lines around them.
func (a *API) getDiff(w http.ResponseWriter, r *http.Request, to moment) error {
	from, err := a.ends(r, &to)
	if err != nil {
		return err
	}
	q := queryOf(r)
	around := q.number("context", 3, wire.MaxNumber)
	if q.err != nil {
		return q.err
	}
	c, err := projection.ReplayDiff(r.Context(), a.Log, to.stream, from.rev, to.rev)
	if err != nil {
		return err
	}
	rows := []*jsonrow.Diff{}
	for i, shown := range nearby(c.Lines, int(around)) {
		if shown {
			rows = append(rows, jsonrow.NewDiff(c, i, a.People.Name))
		}
	}
	to.fixed = to.fixed && from.fixed
	to.answer(w, struct {
		Thread eventlog.Stream   `json:"thread"`
		From   eventlog.Revision `json:"from"`
		To     eventlog.Revision `json:"to"`
		Rows   []*jsonrow.Diff   `json:"rows"`
	}{to.stream, c.From, c.To, rows})
	return nil
}

// ends reads ?from= and, in place of to, ?to=.
func (a *API) ends(r *http.Request, to *moment) (from moment, err error) {
	from = *to
	at := r.URL.Query().Get("from")
	if at == "" {
		return from, wire.Errorf(wire.BadValue, "name the older moment: from=REVISION, a time or a version")
	}
	if err = a.locate(r, &from, "from", at); err != nil {
		return from, err
	}
	if at = r.URL.Query().Get("to"); at != "" {
		to.live = false
		err = a.locate(r, to, "to", at)
	}
	return from, err
}

// nearby reports for each line whether it is at most around lines away from one
// that was inserted or deleted.
func nearby(lines []projection.DiffLine, around int) []bool {
	shown := make([]bool, len(lines))
	around = min(around, len(lines))
	next := 0 // after the last line that is shown
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
