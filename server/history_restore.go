package server

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"strconv"

	"parodywave/eventlog"
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
	var done reversed
	if err == nil {
		since := projection.ReversalQuery{From: m.rev + 1, To: wire.MaxNumber, Until: math.MaxInt64}
		done, err = s.reverse(r.Context(), m.stream, since, expected, as)
	}
	if err != nil {
		writeError(w, err)
		return
	}
	writeJSON(w, http.StatusOK, map[string]any{"thread": m.stream, "rev": done.Rev})
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
	return m, expected, s.locate(r, &m, "at", at)
}

// A reversed thread is one of which edits were taken back, or would be.
type reversed struct {
	projection.Reversion
	Thread *projection.Thread // that the reversion is of
	Head   eventlog.Revision  // when it was asked for: later edits are not taken back
	Rev    eventlog.Revision  // the head now
}

// reverseTries is how often a change that takes edits back is made anew, since
// others wrote meanwhile, before it is carried over what they wrote.
const reverseTries = 8

// reverse takes edits of a thread back in one change; nothing is recorded where
// nothing is left of them. Where expected is not 0, the head must be there.
func (s *Server) reverse(ctx context.Context, stream eventlog.Stream, q projection.ReversalQuery, expected eventlog.Revision, as Identity) (reversed, error) {
	back, done, err := s.lookBack(ctx, stream, &q)
	if err != nil || done.Change.IsEmpty() && expected == 0 {
		return done, err
	}
	if expected != 0 {
		done.Rev, err = s.Revise(ctx, stream, done.Change, done.Revision, expected, as)
		return done, err
	}
	err = s.takeBack(ctx, back, &done, q, as)
	return done, err
}

// takeBack records the change of done, made for the text as it is then: a change
// that is carried over others' does not follow the lines that those move.
func (s *Server) takeBack(ctx context.Context, back *projection.Reversal, done *reversed, q projection.ReversalQuery, as Identity) (err error) {
	stream := done.Thread.Stream
	for try := 1; ; try++ {
		at := done.Revision
		if try == reverseTries {
			at = 0
		}
		done.Rev, err = s.Revise(ctx, stream, done.Change, done.Revision, at, as)
		if err == nil || at == 0 || !errors.Is(err, &wire.Error{Code: wire.Stale}) {
			return err
		}
		if err = back.Advance(ctx, s.log); errors.Is(err, projection.ErrRedacted) {
			back, err = q.Replay(ctx, s.log, stream, s.people.name)
		}
		if err != nil {
			return err
		}
		done.Reversion, done.Thread = back.Reversion(), back.Thread()
	}
}

// lookBack folds what takes edits back, and has q ask for none that come later.
func (s *Server) lookBack(ctx context.Context, stream eventlog.Stream, q *projection.ReversalQuery) (*projection.Reversal, reversed, error) {
	back, err := q.Replay(ctx, s.log, stream, s.people.name)
	if err != nil {
		return nil, reversed{}, err
	}
	head := back.Thread().Revision
	q.To = min(q.To, head)
	return back, reversed{back.Reversion(), back.Thread(), head, head}, nil
}
