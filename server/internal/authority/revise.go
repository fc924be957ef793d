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
	return a.append(ctx, author, expected, func() (event.Changed, *wire.Error) {
		c, err := a.carry(f.Change, at)
		if at == a.thread.Revision {
			return f, err
		}
		return event.Changed{Change: c}, err
	})
}

// carry returns the change for the thread's text now.
func (a *Authority) carry(c ot.Change, at eventlog.Revision) (ot.Change, *wire.Error) {
	if at == 0 || at > a.thread.Revision {
		return c, a.stale("revision %d does not exist: the head is %d", at, a.thread.Revision)
	}
	if behind := int(a.thread.Revision - at); behind > a.costMax {
		return c, a.stale("the change is %d entries behind: load the thread again", behind)
	}
	over, err := a.since(at)
	if err != nil {
		return c, wire.Errorf(wire.Unavailable, "the entries since revision %d cannot be read: %v", at, err)
	}
	for _, e := range over {
		if _, black := e.Payload.(event.Redacted); black {
			return c, a.stale("text was redacted at revision %d: load the thread again", e.Revision)
		}
	}
	changes := []ot.Change{c}
	if f := checkLengths(changes, lengthAt(over, a.thread.Len())); f != nil {
		return c, f
	}
	// A fresh client id: none of the entries is the change's own.
	if changes, _, err = a.rebase(wire.Push{Client: a.cfg.NewClient(), Seq: 1, Changes: changes}, over); err != nil {
		return c, wire.Errorf(wire.BadChange, "%v", err)
	}
	return changes[0], a.validate(changes)
}
