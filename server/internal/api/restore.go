package api

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"strconv"

	"parodywave/eventlog"
	"parodywave/projection"
	"parodywave/projection/revert"
	"parodywave/server/internal/people"
	"parodywave/server/internal/pool"
	"parodywave/server/internal/wire"
)

// postRestore brings the text of a moment back: {"at": …, "rev": HEAD}. It
// appends one change that reverses all edits since, so that text which stood
// there all the time keeps its author; nothing leaves the log. Where rev is
// given, the head must be there.
func (a *API) postRestore(w http.ResponseWriter, r *http.Request, as people.Identity) error {
	fields, err := a.fields(w, r)
	if err != nil {
		return err
	}
	m, expected, err := a.restoring(r, fields)
	if err != nil {
		return err
	}
	since := revert.Query{From: m.rev + 1, To: wire.MaxNumber, Until: math.MaxInt64}
	done, err := a.reverse(r.Context(), m.stream, since, expected, as)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, map[string]any{"thread": m.stream, "rev": done.Rev})
	return nil
}

// restoring reads the moment to bring back, and where the head must be: 0 for
// anywhere.
func (a *API) restoring(r *http.Request, fields map[string]json.RawMessage) (m moment, expected eventlog.Revision, err error) {
	if m, err = a.moment(r); err != nil {
		return m, 0, err
	}
	if raw := fields["rev"]; raw != nil && string(raw) != "null" {
		n, err := strconv.ParseUint(string(raw), 10, 53)
		if err != nil || n == 0 {
			return m, 0, wire.Errorf(wire.BadValue, `"rev" is %.40s, which is not a revision: send the head as a number`, raw)
		}
		expected = eventlog.Revision(n)
	}
	at := string(fields["at"])
	if at == "" || at == "null" {
		return m, 0, wire.Errorf(wire.BadMessage, `"at" is missing: send a revision, a time or the name of a version`)
	}
	if _, err := strconv.ParseUint(at, 10, 53); err != nil && json.Unmarshal(fields["at"], &at) != nil {
		return m, 0, wire.Errorf(wire.BadMessage, `"at" is of the wrong type: send a string or a number`)
	}
	return m, expected, a.locate(r, &m, "at", at)
}

// A reversed thread is one whose edits were reversed, or would be.
type reversed struct {
	revert.Plan
	Thread *projection.Thread // for which the reversion is made
	Head   eventlog.Revision  // when the reversal was asked for: later edits stay
	Rev    eventlog.Revision  // the head now
}

// reverseTries is how many times a reversal is computed, if edits of others
// arrive meanwhile, before its change is rebased over them instead.
const reverseTries = 8

// reverse reverses edits of a thread in one change. It records nothing where
// nothing is left of the edits. Where expected is not 0, the head must be there.
func (a *API) reverse(ctx context.Context, stream eventlog.Stream, q revert.Query, expected eventlog.Revision, as people.Identity) (reversed, error) {
	back, done, err := a.findReversal(ctx, stream, &q)
	if err != nil || done.Change.IsEmpty() && expected == 0 {
		return done, err
	}
	if expected != 0 {
		done.Rev, err = a.Revise(ctx, stream, done.Changed, done.Revision, expected, as)
		return done, err
	}
	err = a.recordReversal(ctx, back, &done, q, as)
	return done, err
}

// recordReversal appends the change of done while the head is the revision for
// which the change was made, and else computes it again: a change that is
// rebased over moved lines does not follow them.
func (a *API) recordReversal(ctx context.Context, back *revert.Reversal, done *reversed, q revert.Query, as people.Identity) (err error) {
	stream := done.Thread.Stream
	for try := 1; ; try++ {
		at := done.Revision
		if try == reverseTries {
			at = 0
		}
		done.Rev, err = a.Revise(ctx, stream, done.Changed, done.Revision, at, as)
		if err == nil || at == 0 || !errors.Is(err, &wire.Error{Code: wire.Stale}) {
			return err
		}
		if err = back.Advance(ctx, a.Log); errors.Is(err, revert.ErrRedacted) {
			back, err = q.Replay(ctx, a.Log, stream, a.People.Name)
		}
		if err != nil {
			return err
		}
		done.Plan, done.Thread = back.Plan(), back.Thread()
	}
}

// findReversal folds the reversal that q asks for, and limits q to the edits
// that are in the log now.
func (a *API) findReversal(ctx context.Context, stream eventlog.Stream, q *revert.Query) (*revert.Reversal, reversed, error) {
	back, err := pool.Do(ctx, a.Pool, "", func(ctx context.Context) (*revert.Reversal, error) {
		return q.Replay(ctx, a.Log, stream, a.People.Name)
	})
	if err != nil {
		return nil, reversed{}, err
	}
	head := back.Thread().Revision
	q.To = min(q.To, head)
	return back, reversed{back.Plan(), back.Thread(), head, head}, nil
}
