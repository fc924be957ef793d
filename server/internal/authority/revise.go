package authority

import (
	"context"

	"parodywave/eventlog"
	"parodywave/eventlog/event"
	"parodywave/eventlog/ot"
	"parodywave/server/internal/wire"
)

// Revise appends, as one record, a change to the text of revision at by an
// author who is not connected. It is carried over what was logged since, entry
// by entry, as a push is; nothing is recorded if nothing is left of it. Statements
// of f must hold for the text of revision at; they are recorded if nothing was logged since. If text
// was redacted since, it is refused as stale: the change was made from a text
// that may contain the redacted part. If expected is not 0, the head must be at
// that revision. Revise returns the head after it.
func (a *Authority) Revise(ctx context.Context, author eventlog.AuthorID, f event.Changed, at, expected eventlog.Revision) (eventlog.Revision, error) {
	// A fresh client id: none of the entries is the change's own.
	push, bad := a.ahead(ctx, wire.Push{Client: a.cfg.NewClient(), Seq: 1, Rev: at, Changes: []ot.Change{f.Change}}, notRedacted)
	if bad != nil {
		return 0, a.wait(ctx, request{edit: func() *wire.Error { return bad }})
	}
	return a.append(ctx, author, expected, func() (event.Changed, *wire.Error) {
		c, err := a.carry(push)
		if at == a.thread.Revision {
			return f, err
		}
		return event.Changed{Change: c}, err
	})
}

func notRedacted(e event.Event) *wire.Error {
	if _, black := e.Payload.(event.Redacted); black {
		return tooFar("text was redacted at revision %d: load the thread again", e.Revision)
	}
	return nil
}

// carry returns the change of a push for the thread's text now.
func (a *Authority) carry(push wire.Push) (ot.Change, *wire.Error) {
	c := push.Changes[0]
	if push.Rev == 0 || push.Rev > a.thread.Revision {
		return c, a.stale("revision %d does not exist: the head is %d", push.Rev, a.thread.Revision)
	}
	over, ok := a.since(push.Rev)
	if !ok || !a.walk(cost(push.Changes, over)) {
		return c, a.stale("the change is %d entries behind: load the thread again", a.thread.Revision-push.Rev)
	}
	for _, e := range over {
		if f := notRedacted(e); f != nil {
			return c, f
		}
	}
	if f := checkLengths(push.Changes, lengthAt(over, a.thread.Len())); f != nil {
		return c, f
	}
	changes, _, err := a.rebase(push, over)
	if err != nil {
		return c, wire.Errorf(wire.BadChange, "%v", err)
	}
	return changes[0], a.validate(changes)
}
