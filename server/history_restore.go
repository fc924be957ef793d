package server

import (
	"encoding/json"
	"net/http"
	"strconv"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/projection"
	"parodywave/server/internal/wire"
)

// postRestore brings the text of a moment back: {"at": …, "rev": HEAD}. It is
// one change on top that takes back all that was written and deleted since, so
// that what stood there all the time stays whose it is; nothing that happened is
// taken away. Where rev is said, the head must be there.
func (s *Server) postRestore(w http.ResponseWriter, r *http.Request) {
	as, err := identityOf(r)
	var fields map[string]json.RawMessage
	if err == nil {
		fields, err = s.fields(w, r)
	}
	var m moment
	var expected eventlog.Revision
	if err == nil {
		m, expected, err = s.restoring(r, fields)
	}
	var back *projection.Reversal
	if err == nil {
		back, err = projection.ReplayReversal(r.Context(), s.log, m.stream, func(e *event.Event) bool { return e.Revision > m.rev })
	}
	var rev eventlog.Revision
	if err == nil {
		x := back.Reversion()
		rev, err = s.Revise(r.Context(), m.stream, x.Change, x.Revision, expected, as)
	}
	if err != nil {
		writeError(w, err)
		return
	}
	writeJSON(w, http.StatusOK, map[string]any{"thread": m.stream, "rev": rev})
}

// restoring reads which moment is to be brought back, and where the head must
// be: 0 for anywhere.
func (s *Server) restoring(r *http.Request, fields map[string]json.RawMessage) (m moment, expected eventlog.Revision, err error) {
	if m, err = s.moment(r); err != nil {
		return m, 0, err
	}
	if raw := fields["rev"]; raw != nil && string(raw) != "null" {
		n, err := strconv.ParseUint(string(raw), 10, 53)
		if err != nil || n == 0 {
			return m, 0, refusal(wire.BadValue, "", `"rev" is %.40s and no revision: send the head as a number`, raw)
		}
		expected = eventlog.Revision(n)
	}
	at := string(fields["at"])
	if at == "" || at == "null" {
		return m, 0, refusal(wire.BadMessage, "", `"at" is missing: send a revision, a time or the name of a version`)
	}
	if _, err := strconv.ParseUint(at, 10, 53); err != nil && json.Unmarshal(fields["at"], &at) != nil {
		return m, 0, refusal(wire.BadMessage, "", `"at" is of the wrong type: send a string or a number`)
	}
	return m, expected, s.locate(r, &m, at)
}
